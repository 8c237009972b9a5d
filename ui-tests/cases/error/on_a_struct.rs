// An error that is a struct.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
#[status(404, "no such post")]
struct NotFound;

fn main() {}

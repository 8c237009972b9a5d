// A struct around something PostgreSQL has no column for.
use hyperdjango::prelude::*;

#[derive(Field, Debug)]
struct Letter(char);

fn main() {}

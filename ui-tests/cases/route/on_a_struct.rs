// The attribute on something else than a function.
use hyperdjango::prelude::*;

#[get("/")]
pub struct Index;

fn main() {}

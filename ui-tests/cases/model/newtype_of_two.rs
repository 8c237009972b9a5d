// A column holds one value.
use hyperdjango::prelude::*;

#[derive(Field, Debug)]
struct Point(f64, f64);

fn main() {}

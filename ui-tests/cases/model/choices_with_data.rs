// A choice that holds data, an option nobody knows, and two choices of one value.
use hyperdjango::prelude::*;

#[derive(Choices, Debug)]
enum Status {
    Draft,
    #[choices(lable = "Live")]
    Published(i64),
    #[choices(value = "draft")]
    Sketch,
}

fn main() {}

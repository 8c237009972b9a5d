// Choices are an enum.
use hyperdjango::prelude::*;

#[derive(Choices, Debug)]
struct Status(String);

fn main() {}

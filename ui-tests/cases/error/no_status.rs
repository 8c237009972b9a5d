// A variant says neither its status nor what it is made from.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    NotFound(i64),
}

fn main() {}

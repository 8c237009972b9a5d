// The client reads nothing.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[status(404)]
    NotFound(i64),
}

fn main() {}

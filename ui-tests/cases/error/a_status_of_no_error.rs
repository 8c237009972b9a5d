// 999 is not the status of an error.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[status(999, "no post {0}")]
    NotFound(i64),
}

fn main() {}

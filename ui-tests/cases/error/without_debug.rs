// An error can be printed for developers, too.
use hyperdjango::prelude::*;

#[derive(HttpError)]
enum PostError {
    #[status(404, "no post {0}")]
    NotFound(i64),
}

fn main() {}

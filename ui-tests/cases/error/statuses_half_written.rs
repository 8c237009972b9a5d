// Statuses by name and without their sentence, and a cause beside other fields.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[status(NOT_FOUND, "no post {0}")]
    NotFound(i64),
    #[status("no post", 404)]
    Gone,
    #[from]
    Io(std::io::Error, String),
}

fn main() {}

// The option is misspelt.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[status(404, "no post {0}", cod = "no_post")]
    NotFound(i64),
}

fn main() {}

// What is no error has no message.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[from]
    Number(i64),
}

fn main() {}

// `?` could make either of them.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[from]
    Read(std::io::Error),
    #[from]
    Write(std::io::Error),
}

fn main() {}

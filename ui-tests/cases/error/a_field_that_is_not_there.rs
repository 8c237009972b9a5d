// The sentence names a field that the variant has not.
use hyperdjango::prelude::*;

#[derive(Debug, HttpError)]
enum PostError {
    #[status(409, "slug `{slog}` is taken")]
    Taken { slug: String },
}

fn main() {}

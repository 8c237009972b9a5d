// Options that do not fit the field.
use hyperdjango::prelude::*;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10)]
    score: i32,
    #[field(ge = 1)]
    title: String,
    #[field(on_delete = cascade)]
    url: Option<String>,
}

fn main() {}

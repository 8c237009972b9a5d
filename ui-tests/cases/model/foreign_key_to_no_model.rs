// A foreign key to what is no model.
use hyperdjango::prelude::*;

struct User;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<User>,
}

fn main() {}

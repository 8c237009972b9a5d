//! Relates to structs that are no models, or are not there.

use hyperdjango::prelude::*;

pub struct Comment;

#[derive(Model)]
#[model(reverse(posts = Pots.author, comments = Comment.author), many_to_many(tags = Tagg))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

fn main() {}

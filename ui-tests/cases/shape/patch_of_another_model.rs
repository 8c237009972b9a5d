// A patch of one model for rows of another.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;

use blog::{Post, User};

#[derive(Patch)]
#[patch(User)]
struct UserPatch {
    name: Patch<String>,
}

async fn change(db: &Db, patch: UserPatch) {
    let _ = Post::objects().filter(Post.id.eq(1)).patch(db, patch).await;
}

fn main() {}

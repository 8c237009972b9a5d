// What only reads is asked to write.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::{Post, User};

async fn queries(db: &Db) {
    let _ = User.id;
    let _ = Post::objects().filter(Post.id.eq(1)).update(&db.replica(), Post.score.set(3)).await;
    let _ = db.replica().execute("DELETE FROM posts", &[]).await;
    let _: Result<()> = db
        .replica()
        .atomic(async |tx| {
            Post::objects().filter(Post.id.eq(1)).delete(tx).await?;
            Ok(())
        })
        .await;
}

fn main() {}

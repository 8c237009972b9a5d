// What the other cases do, done right.
use hyperdjango::prelude::*;

#[path = "../blog.rs"]
mod blog;
use blog::Post;

async fn queries(db: &Db) -> hyperdjango::orm::Result<()> {
    let post = Post::objects()
        .create(db, (Post.title.set("Hello"), Post.author.set(1), Post.views.set(0), Post.url.set(None::<&str>)))
        .await?;
    Post::objects().filter(Post.id.eq(post.id)).update(db, Post.score.set(Post.score + 1)).await?;
    let _ = Post::objects().filter(Post.author.name.eq("bob") & Post.score.gt(1)).select_related(Post.author).all(db).await?;
    Post::objects().all_rows().delete(db).await?;
    Ok(())
}

fn main() {
    let _ = queries;
}

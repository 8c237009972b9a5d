//! What `cargo run -p hypernews -- benchmark` measures of this site: what its busiest pages ask, on the made-up community.

use hyperdjango::prelude::*;

use crate::data;
use crate::models::{Post, User};
use crate::thread::CommentRow;
use crate::views::Tab;

/// The front page.
///
/// # Errors
/// The database cannot be reached, as for all of these.
pub async fn front_page(db: &impl Executor) -> Result<Vec<(Post, User)>> {
    data::listing(db, Tab::Hot, None).await
}

/// The newest posts, from the middle of all on.
///
/// # Errors
/// There is no such post.
pub async fn far_down(db: &impl Executor) -> Result<Vec<(Post, User)>> {
    data::listing(db, Tab::New, Some(25_000)).await
}

/// The posts of whoever has the first account.
///
/// # Errors
/// There is no account.
pub async fn one_author(db: &impl Executor) -> Result<Vec<(Post, User)>> {
    let author = User::objects().get(db, 1).await?;
    data::by_author(db, &author, None).await
}

/// The comments of the post with the highest score.
///
/// # Errors
/// There is no post.
pub async fn top_thread(db: &impl Executor) -> Result<Vec<CommentRow>> {
    let top = Post::objects().order_by((Post.score.desc(), Post.id.desc())).values(Post.id);
    let id = top.first(db).await?.ok_or_else(|| Error::not_found("There is no post."))?;
    data::thread(db, id).await
}

/// A search, with how much it finds.
///
/// # Errors
/// As above.
pub async fn search(db: &impl Executor) -> Result<(Vec<(Post, User)>, i64)> {
    Ok((data::search(db, "garden", None).await?, data::search_total(db, "garden").await?))
}

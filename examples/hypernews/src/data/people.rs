//! Accounts and what somebody wrote.

use hyperdjango::prelude::*;

use super::listing::PAGE;
use crate::models::{Comment, User};
use crate::views::Remark;

/// The account of this name.
///
/// # Errors
/// There is none, or the database cannot be reached.
pub async fn by_name(db: &Db, name: &str) -> Result<User> {
    // A name with a NUL in it is nobody's, and PostgreSQL could not even look it up.
    if name.contains('\0') {
        return Err(Error::not_found("There is nobody of that name."));
    }
    Ok(User::objects().filter(User.name.eq(name)).one(db).await?)
}

/// A page of somebody's comments, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn remarks(db: &Db, author: &User, before: Option<i64>) -> Result<Vec<Remark>> {
    let rows = Comment::objects()
        .filter(Comment.author.eq(author) & Comment.id.lt(before.unwrap_or(i64::MAX)))
        .order_by(Comment.id.desc())
        .limit(PAGE)
        .values((Comment.id, Comment.body, Comment.created, Comment.post.key(), Comment.post.title))
        .all(db)
        .await?;
    let remark = |(id, body, created, post_id, post_title)| Remark { id, body, created, post_id, post_title };
    Ok(rows.into_iter().map(remark).collect())
}

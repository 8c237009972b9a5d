//! Comments.

use hyperdjango::prelude::*;

use crate::models::{Comment, Post, User};
use crate::thread::CommentRow;

/// All comments of a post.
///
/// # Errors
/// The database cannot be reached.
pub async fn thread(db: &impl Executor, post_id: i64) -> Result<Vec<CommentRow>> {
    let rows = Comment::objects()
        .filter(Comment.post.eq(post_id))
        .order_by(Comment.id)
        .values((Comment.id, Comment.parent.key(), Comment.author.name, Comment.body, Comment.created))
        .all(db)
        .await?;
    let row = |(id, parent, author, body, created)| CommentRow { id, parent, author, body, created };
    Ok(rows.into_iter().map(row).collect())
}

/// A comment with the title of its post, and what is below it.
///
/// # Errors
/// There is no such comment, or the database cannot be reached.
pub async fn comment(db: &Db, id: i64) -> Result<(Comment, Post, Vec<CommentRow>)> {
    let (comment, post) = Comment::objects().select_related(Comment.post).get(db, id).await?;
    let mut below = thread(db, post.id).await?;
    // Answers have greater ids than what they answer, so one look at each, in order, finds all of them.
    let mut known = std::collections::HashSet::from([id]);
    below.retain_mut(|row| {
        if row.id == id {
            row.parent = None;
            return true;
        }
        let belongs = row.parent.is_some_and(|parent| known.contains(&parent));
        if belongs {
            known.insert(row.id);
        }
        belongs
    });
    Ok((comment, post, below))
}

/// Adds an answer to a post, or to one of its comments.
///
/// # Errors
/// What is wrong with the text; there is no such post or comment; or the database cannot be reached.
pub async fn reply(db: &Db, author: &User, post_id: i64, parent: Option<i64>, body: &str) -> Result<Comment> {
    db.atomic(async |tx| {
        let values = (
            Comment.post.set(post_id),
            Comment.parent.set_or_null(parent),
            Comment.author.set(author),
            Comment.body.set(body.trim()),
        );
        let comment = Comment::objects().create(tx, values).await?;
        let post = Post::objects().filter(Post.id.eq(post_id));
        if post.update(tx, Post.comments.set(Post.comments + 1)).await? == 0 {
            return Err(Error::not_found("There is no such post."));
        }
        Ok(comment)
    })
    .await
}

//! Posts and votes, and the numbers that follow from them.

use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Post, User, Vote};
use crate::ranking;
use crate::views::PostForm;

/// Adds a post, which has no votes yet.
///
/// # Errors
/// What is wrong with the form, by field; or the database cannot be reached.
pub async fn submit(db: &Db, author: &User, form: &PostForm) -> Result<Post> {
    let given = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let (url, body) = (given(&form.url), given(&form.body));
    if url.is_none() && body.is_none() {
        let mut errors = ValidationErrors::new();
        errors.add("url", "Give a link, or write a text below.");
        return Err(errors.into());
    }
    let now = Timestamp::now();
    let values = (
        Post.author.set(author),
        Post.title.set(form.title.trim()),
        Post.url.set(url),
        Post.body.set(body),
        Post.hot.set(ranking::hot(0, now)),
        Post.rising.set(ranking::rising_start(now)),
        Post.created.set(now),
    );
    Ok(Post::objects().create(db, values).await?)
}

/// Sets somebody's vote on a post: up, down, or none.
///
/// # Errors
/// There is no such post; it is their own; or the database cannot be reached.
pub async fn vote(db: &Db, user: &User, post_id: i64, up: Option<bool>) -> Result<()> {
    db.atomic(async |tx| {
        // The row is locked by a change that changes nothing, so that votes on one post take turns.
        let this = Post::objects().filter(Post.id.eq(post_id));
        this.update(tx, Post.ups.set(Post.ups + 0)).await?;
        let post = Post::objects().get(tx, post_id).await?;
        if post.author.id == user.id {
            return Err(Error::forbidden("Nobody votes on a post of their own."));
        }
        let mine = Vote::objects().filter(Vote.user.eq(user) & Vote.post.eq(post_id));
        let before = mine.first(tx).await?;
        if before.as_ref().map(|vote| vote.up) == up {
            return Ok(());
        }
        let now = Timestamp::now();
        mine.delete(tx).await?;
        if let Some(up) = up {
            Vote::objects()
                .create(
                    tx,
                    (Vote.user.set(user), Vote.post.set(post_id), Vote.up.set(up), Vote.created.set(now)),
                )
                .await?;
        }
        let count = |side: bool, now: i32| {
            now - i32::from(before.as_ref().is_some_and(|vote| vote.up == side)) + i32::from(up == Some(side))
        };
        let (ups, downs) = (count(true, post.ups), count(false, post.downs));
        let mut rising = post.rising;
        if let Some(vote) = before.as_ref().filter(|vote| vote.up) {
            rising = ranking::unrise(rising, vote.created, post.created);
        }
        if up == Some(true) {
            rising = ranking::rise(rising, now);
        }
        this.update(
            tx,
            (
                Post.ups.set(ups),
                Post.downs.set(downs),
                Post.score.set(ups - downs),
                Post.hot.set(ranking::hot((ups - downs).into(), post.created)),
                Post.controversy.set(ranking::controversy(ups.unsigned_abs(), downs.unsigned_abs())),
                Post.rising.set(rising),
            ),
        )
        .await?;
        let change = i64::from(ups - downs - post.score);
        User::objects()
            .filter(User.id.eq(post.author.id))
            .update(tx, User.karma.set(User.karma + change))
            .await
            .map_err(orm::Error::into)
            .map(drop)
    })
    .await
}

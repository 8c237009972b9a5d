//! Puts the made-up community into an empty database, by COPY.

use std::io::{IsTerminal, Write};
use std::time::Instant;

use hyperdjango::orm;
use hyperdjango::prelude::*;

use crate::models::{Comment, Post, User, Vote};
use crate::seed::{Seed, Size, instant};

/// Loads the community, unless there are people already. Says how far it is on the standard error.
///
/// # Errors
/// The database cannot be reached, or refuses a row; then nothing was loaded.
pub async fn load_if_empty(db: &Db, size: Size) -> Result<()> {
    if User::objects().exists(db).await? {
        return Ok(());
    }
    let started = Instant::now();
    let seed = Seed::generate(size);
    let now = Timestamp::now();
    let ranks = seed.ranks(now);
    let total = seed.users.len() + seed.posts.len() + seed.comments.len() + seed.votes.len();
    let mut progress = Progress { done: 0, total, shown: usize::MAX };
    let loaded: Result<bool, orm::Error> = db
        .atomic(async move |tx| {
            // Two programs may start on one empty database: the second waits here, and finds it full.
            tx.execute_batch("LOCK TABLE users IN EXCLUSIVE MODE").await?;
            if User::objects().exists(tx).await? {
                return Ok(false);
            }
            // Every row refers to another of the same community, so a million checks that it does are left out where the
            // database allows that.
            tx.execute_batch(
                "DO $$ BEGIN SET LOCAL session_replication_role = replica; \
                 EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
            )
            .await?;
            let users = seed.users.into_iter().map(|user| {
                progress.step();
                (user.id, user.name, user.about, user.karma, instant(user.age, now))
            });
            let columns = (User.id, User.name, User.about, User.karma, User.joined);
            User::objects().copy_in(tx, columns, users).await?;

            let posts = seed.posts.into_iter().zip(ranks).map(|(post, ranks)| {
                progress.step();
                (
                    post.id,
                    post.author,
                    post.title,
                    post.url,
                    post.body,
                    post.ups.cast_signed(),
                    post.downs.cast_signed(),
                    post.ups.cast_signed() - post.downs.cast_signed(),
                    post.comments.cast_signed(),
                    ranks.hot,
                    ranks.controversy,
                    ranks.rising,
                    instant(post.age, now),
                )
            });
            let columns = (
                Post.id,
                Post.author,
                Post.title,
                Post.url,
                Post.body,
                Post.ups,
                Post.downs,
                Post.score,
                Post.comments,
                Post.hot,
                Post.controversy,
                Post.rising,
                Post.created,
            );
            Post::objects().copy_in(tx, columns, posts).await?;

            let comments = seed.comments.into_iter().map(|comment| {
                progress.step();
                let at = instant(comment.age, now);
                (comment.id, comment.post, comment.parent, comment.author, comment.body, at)
            });
            let columns =
                (Comment.id, Comment.post, Comment.parent, Comment.author, Comment.body, Comment.created);
            Comment::objects().copy_in(tx, columns, comments).await?;

            let votes = seed.votes.into_iter().map(|vote| {
                progress.step();
                (vote.id, vote.user, vote.post, vote.up, instant(vote.age, now))
            });
            Vote::objects()
                .copy_in(tx, (Vote.id, Vote.user, Vote.post, Vote.up, Vote.created), votes)
                .await?;
            Ok(true)
        })
        .await;
    if loaded? {
        db.execute_batch("ANALYZE users, posts, comments, votes").await?;
        eprintln!("\rLoaded {total} rows in {:.1} s.{:30}", started.elapsed().as_secs_f64(), "");
    }
    Ok(())
}

/// A bar where somebody watches, nothing in a file.
struct Progress {
    done: usize,
    total: usize,
    shown: usize,
}

impl Progress {
    fn step(&mut self) {
        self.done += 1;
        let percent = self.done * 100 / self.total.max(1);
        if percent != self.shown && std::io::stderr().is_terminal() {
            self.shown = percent;
            let full = percent / 4;
            eprint!("\rLoading the community [{:=<full$}{:width$}] {percent:3} %", "", "", width = 25 - full);
            let _ = std::io::stderr().flush();
        }
    }
}

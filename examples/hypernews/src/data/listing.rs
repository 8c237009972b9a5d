//! Pages of posts.
//!
//! A page starts behind a post, named by its id: where that stands in the order is looked up, and an index on the
//! ordering number and the id is read from there. A page far down costs what the first one does.

use hyperdjango::orm::functions::configs::English;
use hyperdjango::orm::functions::{search_query, search_vector};
use hyperdjango::orm::row::JsonRows;
use hyperdjango::prelude::*;

use crate::models::{Post, User, Vote};
use crate::views::{PostRow, Tab};

/// How many posts a page has.
pub const PAGE: u64 = 30;

/// Runs a query of posts in the order of a column, from behind the post `after` on.
macro_rules! page {
    ($db:expr, $after:expr, $column:ident, $fetch:ident) => {{
        let query = Post::objects()
            .select_related(Post.author)
            .order_by((Post.$column.desc(), Post.id.desc()))
            .limit(PAGE);
        match $after {
            None => query.$fetch($db).await?,
            Some(id) => {
                let last = Post::objects().values(Post.$column).get($db, id).await?;
                query.filter(row((Post.$column, Post.id)).lt((last, id))).$fetch($db).await?
            }
        }
    }};
}

/// A page of a listing.
///
/// # Errors
/// There is no post `after`, or the database cannot be reached.
pub async fn listing(db: &impl Executor, tab: Tab, after: Option<i64>) -> Result<Vec<(Post, User)>> {
    Ok(match tab {
        Tab::Hot => page!(db, after, hot, all),
        Tab::New => page!(db, after, created, all),
        Tab::Rising => page!(db, after, rising, all),
        Tab::Top => page!(db, after, score, all),
        Tab::Controversial => page!(db, after, controversy, all),
    })
}

/// The same as JSON.
///
/// # Errors
/// As [`listing`].
pub async fn listing_json(db: &Db, tab: Tab, after: Option<i64>) -> Result<JsonRows> {
    Ok(match tab {
        Tab::Hot => page!(db, after, hot, json),
        Tab::New => page!(db, after, created, json),
        Tab::Rising => page!(db, after, rising, json),
        Tab::Top => page!(db, after, score, json),
        Tab::Controversial => page!(db, after, controversy, json),
    })
}

/// A page of one person's posts, newest first.
///
/// # Errors
/// The database cannot be reached.
pub async fn by_author(db: &impl Executor, author: &User, after: Option<i64>) -> Result<Vec<(Post, User)>> {
    Ok(Post::objects()
        .filter(Post.author.eq(author) & Post.id.lt(after.unwrap_or(i64::MAX)))
        .select_related(Post.author)
        .order_by(Post.id.desc())
        .limit(PAGE)
        .all(db)
        .await?)
}

/// Posts whose titles have all these words, in any of their forms; what is in quotes as it stands, and not what has a `-`
/// before it.
fn matching(words: &str) -> impl orm::Query<Post> {
    let query = search_query(words).websearch().config(English);
    Post::objects().filter(search_vector(Post.title).config(English).matches(query))
}

/// A page of what a search finds.
///
/// # Errors
/// There is no post `after`, or the database cannot be reached.
pub async fn search(db: &impl Executor, words: &str, after: Option<i64>) -> Result<Vec<(Post, User)>> {
    let query =
        matching(words).select_related(Post.author).order_by((Post.score.desc(), Post.id.desc())).limit(PAGE);
    Ok(match after {
        None => query.all(db).await?,
        Some(id) => {
            let last = Post::objects().values(Post.score).get(db, id).await?;
            query.filter(row((Post.score, Post.id)).lt((last, id))).all(db).await?
        }
    })
}

/// How many posts a search finds in all.
///
/// # Errors
/// The database cannot be reached.
pub async fn search_total(db: &impl Executor, words: &str) -> Result<i64> {
    Ok(matching(words).count(db).await?.cast_signed())
}

/// Posts as the pages show them to a reader: with the reader's own votes.
///
/// # Errors
/// The database cannot be reached.
pub async fn posts_for(db: &Db, reader: Option<&User>, posts: Vec<(Post, User)>) -> Result<Vec<PostRow>> {
    let votes = match reader {
        Some(reader) if !posts.is_empty() => {
            let ids: Vec<i64> = posts.iter().map(|(post, _)| post.id).collect();
            Vote::objects()
                .filter(Vote.user.eq(reader) & Vote.post.key().within(&ids))
                .values((Vote.post.key(), Vote.up))
                .all(db)
                .await?
        }
        _ => Vec::new(),
    };
    let voted = |id: i64| votes.iter().find(|(post, _)| *post == id).map(|(_, up)| *up);
    let row = |(post, author): (Post, User)| PostRow {
        voted: voted(post.id),
        id: post.id,
        title: post.title,
        url: post.url,
        author: author.name,
        score: post.score.into(),
        comments: post.comments.into(),
        created: post.created,
    };
    Ok(posts.into_iter().map(row).collect())
}

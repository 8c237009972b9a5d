//! The same as JSON, under `/api/v1`.

use hyperdjango::orm::row::{JsonRow, JsonRows};
use hyperdjango::prelude::*;

use crate::accounts::Accounts;
use crate::data;
use crate::models::{Comment, Post, User};
use crate::views::{PostForm, Tab};

routes! { pub Urls: posts, post, create_post, comments, create_comment, users, vote }

/// Which listing, and where it begins.
#[derive(Debug, serde::Deserialize)]
pub struct Listing {
    order: Option<String>,
    after: Option<i64>,
}

/// Lists thirty posts: `order` is hot (the default), new, rising, top or controversial; `after` the id of the last post
/// of the page before.
#[get("/posts")]
pub async fn posts(listing: Query<Listing>, db: &Db) -> Result<JsonRows> {
    let tab = match listing.0.order.as_deref().map(str::parse::<Tab>) {
        Some(Ok(tab)) => tab,
        None => Tab::default(),
        Some(Err(problem)) => {
            let mut errors = ValidationErrors::new();
            errors.add("order", problem);
            return Err(errors.into());
        }
    };
    data::listing_json(db, tab, listing.0.after).await
}

/// Shows a post with its author.
#[get("/posts/{id}")]
pub async fn post(id: i64, db: &Db) -> Result<JsonRow> {
    Ok(Post::objects().select_related(Post.author).json_get(db, id).await?)
}

/// Adds a post: `title`, and `url` or `body`.
#[post("/posts")]
pub async fn create_post(
    form: Json<PostForm>,
    cookies: Cookies,
    db: &Db,
    accounts: &Accounts,
) -> Result<(StatusCode, Json<Post>)> {
    let author = author(db, accounts, &cookies).await?;
    Ok((StatusCode::CREATED, Json(data::submit(db, &author, &form.0).await?)))
}

/// Lists the comments of a post, oldest first.
#[get("/posts/{id}/comments")]
pub async fn comments(id: i64, db: &Db) -> Result<JsonRows> {
    Post::objects().values(Post.id).get(db, id).await?;
    let comments = Comment::objects().filter(Comment.post.eq(id)).order_by(Comment.id);
    Ok(comments.json(db).await?)
}

/// An answer to a post, or to a comment of it.
#[derive(Debug, serde::Deserialize)]
pub struct NewComment {
    body: String,
    parent: Option<i64>,
}

/// Adds a comment: `body`, and `parent` when it answers another.
#[post("/posts/{id}/comments")]
pub async fn create_comment(
    id: i64,
    comment: Json<NewComment>,
    cookies: Cookies,
    db: &Db,
    accounts: &Accounts,
) -> Result<(StatusCode, Json<Comment>)> {
    let author = author(db, accounts, &cookies).await?;
    let Json(NewComment { body, parent }) = comment;
    if let Some(parent) = parent
        && !Comment::objects().filter(Comment.id.eq(parent) & Comment.post.eq(id)).exists(db).await?
    {
        let mut errors = ValidationErrors::new();
        errors.add("parent", format!("Post {id} has no comment {parent}."));
        return Err(errors.into());
    }
    Ok((StatusCode::CREATED, Json(data::reply(db, &author, id, parent, &body).await?)))
}

/// A vote: up, down, or none.
#[derive(Debug, serde::Deserialize)]
pub struct NewVote {
    // Left out it is a mistake, and not a vote that is taken back.
    #[serde(deserialize_with = "serde::Deserialize::deserialize")]
    up: Option<bool>,
}

/// Sets one's vote on a post: `up` is true, false, or null to take it back.
#[put("/posts/{id}/vote")]
pub async fn vote(
    id: i64,
    vote: Json<NewVote>,
    cookies: Cookies,
    db: &Db,
    accounts: &Accounts,
) -> Result<Json<Post>> {
    let user = author(db, accounts, &cookies).await?;
    data::vote(db, &user, id, vote.0.up).await?;
    Ok(Json(Post::objects().get(db, id).await?))
}

/// Shows an account.
#[get("/users/{name}")]
pub async fn users(name: String, db: &Db) -> Result<Json<User>> {
    Ok(Json(data::by_name(db, &name).await?))
}

async fn author(db: &Db, accounts: &Accounts, cookies: &Cookies) -> Result<User> {
    accounts.reader(db, cookies).await?.ok_or_else(|| Error::unauthorized("Log in first."))
}

//! A post with its comments.

use hyperdjango::prelude::*;

use super::{Sent, chrome, wrong};
use crate::accounts::Accounts;
use crate::models::{Post, User};
use crate::thread::{Order, lay_out};
use crate::views::{Errors, PostPage, ReplyForm};
use crate::{data, links};

/// How the comments are ordered.
#[derive(Debug, serde::Deserialize)]
pub struct Comments {
    comments: Option<String>,
}

/// A click on an arrow.
#[derive(Debug, serde::Deserialize)]
pub struct VoteForm {
    /// 1 up, -1 down, 0 takes the vote back.
    value: i8,
    /// The page it was clicked on.
    #[serde(default)]
    next: String,
}

/// Shows a post with its comments.
#[get("/posts/{id}")]
pub async fn show(
    id: i64,
    comments: Query<Comments>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<PostPage>> {
    let order = match comments.0.comments.as_deref().map(str::parse) {
        Some(Ok(order)) => order,
        Some(Err::<_, String>(problem)) => {
            let mut errors = ValidationErrors::new();
            errors.add("comments", problem);
            return Err(errors.into());
        }
        None => Order::default(),
    };
    let reader = accounts.reader(db, &cookies).await?;
    page(db, reader.as_ref(), id, order, &uri, ReplyForm::default(), Errors::none()).await.map(Html)
}

async fn page(
    db: &Db,
    reader: Option<&User>,
    id: i64,
    order: Order,
    uri: &Uri,
    reply: ReplyForm,
    errors: Errors,
) -> Result<PostPage> {
    let (mut post, author) = Post::objects().select_related(Post.author).get(db, id).await?;
    let body = post.body.take();
    let comments = lay_out(data::thread(db, id).await?, order);
    let posts = data::posts_for(db, reader, vec![(post, author)]).await?;
    let post = posts.into_iter().next().ok_or_else(|| Error::not_found("There is no such post."))?;
    Ok(PostPage { chrome: chrome(reader, None, uri), post, body, comments, order, reply, errors })
}

/// Sets the reader's vote on a post.
#[post("/posts/{id}/vote")]
pub async fn vote(
    id: i64,
    form: Form<VoteForm>,
    cookies: Cookies,
    db: &Db,
    accounts: &Accounts,
) -> Result<Redirect> {
    let Form(VoteForm { value, next }) = form;
    let up = match value {
        1 => Some(true),
        -1 => Some(false),
        0 => None,
        other => {
            let mut errors = ValidationErrors::new();
            errors.add("value", format!("A vote is 1, 0 or -1, not {other}."));
            return Err(errors.into());
        }
    };
    let Some(reader) = accounts.reader(db, &cookies).await? else {
        return Ok(Redirect::see_other(links::log_in(links::local(&next))));
    };
    data::vote(db, &reader, id, up).await?;
    Ok(Redirect::see_other(links::local(&next)))
}

/// Adds a comment to a post.
#[post("/posts/{id}/comments")]
pub async fn answer(
    id: i64,
    form: Form<ReplyForm>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Sent<PostPage>> {
    let Form(reply) = form;
    let Some(reader) = accounts.reader(db, &cookies).await? else {
        return Ok(Sent::On(links::log_in(&links::post(id))));
    };
    match data::reply(db, &reader, id, None, &reply.body).await {
        Ok(comment) => Ok(Sent::On(links::comment(comment.id))),
        Err(error) => {
            let errors = wrong(error)?;
            let mut again = page(db, Some(&reader), id, Order::default(), &uri, reply, errors).await?;
            // The path of this request answers no GET: a vote from here leads back to the post.
            again.chrome.path = links::post(id);
            Ok(Sent::Again(again))
        }
    }
}

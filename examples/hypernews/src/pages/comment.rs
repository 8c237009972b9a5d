//! A comment with what was answered to it.

use hyperdjango::prelude::*;

use super::{Sent, chrome, wrong};
use crate::accounts::Accounts;
use crate::models::User;
use crate::thread::{Order, lay_out};
use crate::views::{CommentPage, Errors, ReplyForm};
use crate::{data, links};

/// Shows a comment with what was answered to it.
#[get("/comments/{id}")]
pub async fn show_comment(
    id: i64,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<CommentPage>> {
    let reader = accounts.reader(db, &cookies).await?;
    page(db, reader.as_ref(), id, &uri, ReplyForm::default(), Errors::none()).await.map(Html)
}

async fn page(
    db: &Db,
    reader: Option<&User>,
    id: i64,
    uri: &Uri,
    reply: ReplyForm,
    errors: Errors,
) -> Result<CommentPage> {
    let (_, post, below) = data::comment(db, id).await?;
    Ok(CommentPage {
        chrome: chrome(reader, None, uri),
        post_id: post.id,
        post_title: post.title,
        id,
        comments: lay_out(below, Order::default()),
        reply,
        errors,
    })
}

/// Answers a comment.
#[post("/comments/{id}/comments")]
pub async fn answer_comment(
    id: i64,
    form: Form<ReplyForm>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Sent<CommentPage>> {
    let Form(reply) = form;
    let Some(reader) = accounts.reader(db, &cookies).await? else {
        return Ok(Sent::On(links::log_in(&links::comment(id))));
    };
    let (comment, post, _) = data::comment(db, id).await?;
    match data::reply(db, &reader, post.id, Some(comment.id), &reply.body).await {
        Ok(comment) => Ok(Sent::On(links::comment(comment.id))),
        Err(error) => {
            let mut again = page(db, Some(&reader), id, &uri, reply, wrong(error)?).await?;
            again.chrome.path = links::comment(id);
            Ok(Sent::Again(again))
        }
    }
}

//! The pages: a handler each, which asks [`data`](crate::data) and fills in a [view](crate::views).

pub mod account;
pub mod asset;
pub mod comment;
pub mod failure;
pub mod kept;
pub mod listing;
pub mod post;
pub mod search;
pub mod submit;
pub mod user;

use hyperdjango::prelude::*;
use sailfish::TemplateSimple;

use crate::data::PAGE;
use crate::models::User;
use crate::views::{Chrome, CurrentUser, Errors, PostRow, Tab};

/// Where a page begins: behind the row of this id.
#[derive(Debug, serde::Deserialize)]
pub struct After {
    after: Option<i64>,
}

fn chrome(reader: Option<&User>, tab: Option<Tab>, uri: &Uri) -> Chrome {
    Chrome {
        user: reader.map(|user| CurrentUser { name: user.name.clone(), karma: user.karma }),
        tab,
        path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        now: Timestamp::now(),
    }
}

/// The id behind which the next page begins, when there may be one.
fn next(posts: &[PostRow]) -> Option<String> {
    posts.last().filter(|_| posts.len() as u64 == PAGE).map(|last| last.id.to_string())
}

/// What is wrong with a form, as the page shows it; an error of another sort is the caller's.
fn wrong(error: Error) -> Result<Errors> {
    match error.errors() {
        Some(errors) => Ok(messages(errors)),
        None => Err(error),
    }
}

fn messages(errors: &ValidationErrors) -> Errors {
    let messages = errors.iter();
    messages
        .flat_map(|(field, messages)| messages.iter().map(move |message| (field, message.as_ref())))
        .collect()
}

/// What a form that was sent leads to.
#[derive(Debug)]
pub enum Sent<P> {
    /// On to this path of the site.
    On(String),
    /// On to this path, with a cookie to keep.
    With(String, Cookie),
    /// The form again, with what is wrong: 422.
    Again(P),
}

impl<P: TemplateSimple> IntoResponse for Sent<P> {
    fn into_response(self, request: &Request) -> Response {
        match self {
            Self::On(path) => Redirect::see_other(path).into_response(request),
            Self::With(path, cookie) => {
                let mut response = Redirect::see_other(path).into_response(request);
                match cookie.set(&mut response) {
                    Ok(()) => response,
                    Err(error) => error.into_response(request),
                }
            }
            Self::Again(page) => (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response(request),
        }
    }
}

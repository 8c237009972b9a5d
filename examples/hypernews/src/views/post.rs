//! A post: as a row of a listing, and with its comments.

use jiff::Timestamp;
use sailfish::TemplateSimple;

use super::{Chrome, Errors, ReplyForm};
use crate::thread::{CommentNode, Order};
use crate::wording::{host_of, web_url};
use crate::{links, wording};

/// A post as every listing shows it.
#[derive(Clone, Debug)]
pub struct PostRow {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub title: String,
    /// Where it leads; `None` is a text post.
    pub url: Option<String>,
    /// Who posted it.
    pub author: String,
    /// Votes up minus votes down.
    pub score: i64,
    /// How many comments it has.
    pub comments: i64,
    /// When it was posted.
    pub created: Timestamp,
    /// How the reader voted: up, down, or not.
    pub voted: Option<bool>,
}

impl PostRow {
    /// Where the title leads: the link, or the post's own page for a text or a link that is not to the web.
    #[must_use]
    pub fn href(&self) -> String {
        self.web_url().map_or_else(|| links::post(self.id), str::to_owned)
    }

    /// The link, if it leads to the web.
    #[must_use]
    pub fn web_url(&self) -> Option<&str> {
        self.url.as_deref().and_then(web_url)
    }

    /// The host of the link.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.url.as_deref().and_then(host_of)
    }

    /// The value that a click on an arrow sends: 1, -1, or 0 to take the same vote back.
    #[must_use]
    pub fn click(&self, up: bool) -> i8 {
        match (self.voted, up) {
            (Some(before), up) if before == up => 0,
            (_, true) => 1,
            (_, false) => -1,
        }
    }
}

/// A post with its text, its comments, and the form to answer.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "post.stpl")]
pub struct PostPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The post.
    pub post: PostRow,
    /// Its text, if it has one.
    pub body: Option<String>,
    /// Its comments, from [`lay_out`](crate::thread::lay_out).
    pub comments: Vec<CommentNode>,
    /// How they are ordered.
    pub order: Order,
    /// The answer being written.
    pub reply: ReplyForm,
    /// What is wrong with it.
    pub errors: Errors,
}

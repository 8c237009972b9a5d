//! One comment with what was answered to it.

use sailfish::TemplateSimple;
use serde::Deserialize;

use super::{Chrome, Errors};
use crate::thread::CommentNode;
use crate::{links, wording};

/// An answer to a post or a comment.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReplyForm {
    /// The text.
    #[serde(default)]
    pub body: String,
}

/// A comment, what was answered to it, and the form to answer.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "comment.stpl")]
pub struct CommentPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// The number of the post it belongs to.
    pub post_id: i64,
    /// The title of that post.
    pub post_title: String,
    /// The number of the comment.
    pub id: i64,
    /// The comment and what is below it, from [`lay_out`](crate::thread::lay_out).
    pub comments: Vec<CommentNode>,
    /// The answer being written.
    pub reply: ReplyForm,
    /// What is wrong with it.
    pub errors: Errors,
}

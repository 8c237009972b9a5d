//! A person's page.

use jiff::Timestamp;
use sailfish::TemplateSimple;

use super::{Chrome, PostRow};
use crate::{links, wording};

/// Who a page is about.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Their name.
    pub name: String,
    /// The sum of the scores of their posts.
    pub karma: i64,
    /// When they signed up.
    pub joined: Timestamp,
    /// What they say about themselves, as plain text.
    pub about: String,
    /// How many posts they made.
    pub posts: i64,
    /// How many comments they wrote.
    pub comments: i64,
}

/// A comment away from its post.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Its number.
    pub id: i64,
    /// What was written.
    pub body: String,
    /// When.
    pub created: Timestamp,
    /// The number of the post it belongs to.
    pub post_id: i64,
    /// The title of that post.
    pub post_title: String,
}

/// What a person's page lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserTab {
    /// Their posts.
    #[default]
    Posts,
    /// Their comments.
    Comments,
}

/// A person with their posts or their comments, newest first.
#[derive(Clone, Debug, TemplateSimple)]
#[template(path = "user.stpl")]
pub struct UserPage {
    /// What surrounds the page.
    pub chrome: Chrome,
    /// Who it is about.
    pub profile: Profile,
    /// What is listed.
    pub tab: UserTab,
    /// The posts, when posts are listed.
    pub posts: Vec<PostRow>,
    /// The comments, when comments are listed.
    pub remarks: Vec<Remark>,
    /// The link to the next page, if there is one.
    pub more: Option<String>,
}

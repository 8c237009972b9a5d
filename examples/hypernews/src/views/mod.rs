//! What each page shows: one struct and one template (`templates/`) a page.
//!
//! The structs hold plain values, no queries and no requests: a handler fills one in and answers with it, a test renders it
//! without a server. Whatever people wrote is escaped by the templates; none of them writes raw HTML.

mod account;
mod chrome;
mod comment;
mod errors;
mod failure;
mod listing;
mod post;
mod search;
mod submit;
mod user;

pub use account::{Credentials, LogInPage, SignUpPage};
pub use chrome::{Chrome, CurrentUser, Tab};
pub use comment::{CommentPage, ReplyForm};
pub use errors::Errors;
pub use failure::FailurePage;
pub use listing::ListingPage;
pub use post::{PostPage, PostRow};
pub use search::SearchPage;
pub use submit::{PostForm, SubmitPage};
pub use user::{Profile, Remark, UserPage, UserTab};

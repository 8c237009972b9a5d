//! Every path of the site, in one place: nothing else writes a path.

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::thread::Order;
use crate::views::{Tab, UserTab};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn segment(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, SEGMENT)
}

fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The stylesheet.
pub const STYLESHEET: &str = "/static/hypernews.css";
/// The icon.
pub const ICON: &str = "/static/icon.svg";
/// The front page.
pub const FRONT: &str = "/";
/// The form to submit a post, and where it is sent.
pub const SUBMIT: &str = "/submit";
/// The search form and its results.
pub const SEARCH: &str = "/search";
/// Where the log-in form is shown and sent.
pub const LOG_IN: &str = "/login";
/// Where the sign-up form is shown and sent.
pub const SIGN_UP: &str = "/signup";
/// Where the log-out button is sent.
pub const LOG_OUT: &str = "/logout";

/// A listing in one order, from a cursor on.
#[must_use]
pub fn listing(tab: Tab, after: Option<&str>) -> String {
    let path = if tab == Tab::Hot { FRONT.to_owned() } else { format!("/{}", tab.slug()) };
    with_query(&path, after.map(|cursor| ("after", cursor)))
}

/// A post with its comments.
#[must_use]
pub fn post(id: i64) -> String {
    format!("/posts/{id}")
}

/// A post with its comments in one order.
#[must_use]
pub fn post_by(id: i64, order: Order) -> String {
    let order = (order != Order::default()).then_some(("comments", order.slug()));
    with_query(&post(id), order)
}

/// Where a vote on a post is sent.
#[must_use]
pub fn vote(post_id: i64) -> String {
    format!("/posts/{post_id}/vote")
}

/// Where an answer to a post is sent.
#[must_use]
pub fn reply_to_post(post_id: i64) -> String {
    format!("/posts/{post_id}/comments")
}

/// A comment with what was answered to it.
#[must_use]
pub fn comment(id: i64) -> String {
    format!("/comments/{id}")
}

/// Where an answer to a comment is sent.
#[must_use]
pub fn reply_to_comment(id: i64) -> String {
    format!("/comments/{id}/comments")
}

/// What one person posted or said, from a cursor on.
#[must_use]
pub fn user(name: &str, tab: UserTab, after: Option<&str>) -> String {
    let path = match tab {
        UserTab::Posts => format!("/users/{}", segment(name)),
        UserTab::Comments => format!("/users/{}/comments", segment(name)),
    };
    with_query(&path, after.map(|cursor| ("after", cursor)))
}

/// The results of a search, from a cursor on.
#[must_use]
pub fn search(query: &str, after: Option<&str>) -> String {
    with_query(SEARCH, [("q", query)].into_iter().chain(after.map(|cursor| ("after", cursor))))
}

/// The log-in form, which leads back to a path.
#[must_use]
pub fn log_in(next: &str) -> String {
    with_query(LOG_IN, (next != FRONT).then_some(("next", next)))
}

/// The sign-up form, which leads back to a path.
#[must_use]
pub fn sign_up(next: &str) -> String {
    with_query(SIGN_UP, (next != FRONT).then_some(("next", next)))
}

/// A path of this site to go back to, or the front page: never another site.
///
/// ```
/// use hypernews::links::local;
/// assert_eq!(local("/posts/7"), "/posts/7");
/// assert_eq!(local("//evil.example/"), "/");
/// ```
#[must_use]
pub fn local(next: &str) -> &str {
    let elsewhere = !next.starts_with('/')
        || next.starts_with("//")
        || next.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    if elsewhere { FRONT } else { next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_encoded() {
        assert_eq!(listing(Tab::Hot, None), "/");
        assert_eq!(listing(Tab::Top, Some("12:7")), "/top?after=12%3A7");
        assert_eq!(search("a&b c", None), "/search?q=a%26b+c");
        assert_eq!(user("a/b?", UserTab::Posts, None), "/users/a%2Fb%3F");
        assert_eq!(post_by(3, Order::default()), "/posts/3");
        assert_eq!(log_in("/submit"), "/login?next=%2Fsubmit");
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        for next in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "evil",
            "/\t/evil.example",
            "/a\nb",
        ] {
            assert_eq!(local(next), "/", "{next:?}");
        }
    }

    proptest! {
        #[test]
        fn every_link_is_ascii_without_markup(text in "\\PC{0,30}") {
            for link in [user(&text, UserTab::Comments, Some(&text)), search(&text, Some(&text)), log_in(&text)] {
                prop_assert!(link.is_ascii() && link.starts_with('/') && !link.contains(['"', '<', '>', ' ']));
            }
        }
    }
}

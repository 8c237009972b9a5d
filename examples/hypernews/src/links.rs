//! Every path of the site, in one place: nothing else writes a path.

use hyperdjango::http::Url;

use crate::pages::{
    account, comment as comments, listing as listings, post as posts, search as searches, user as users,
};
use crate::thread::Order;
use crate::views::{Tab, UserTab};

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

fn with(url: Url, key: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => url.query(key, value).into(),
        None => url.into(),
    }
}

/// A listing in one order, from a cursor on.
#[must_use]
pub fn listing(tab: Tab, after: Option<&str>) -> String {
    let url = match tab {
        Tab::Hot => listings::front::url(),
        Tab::New => listings::new::url(),
        Tab::Rising => listings::rising::url(),
        Tab::Top => listings::top::url(),
        Tab::Controversial => listings::controversial::url(),
    };
    with(url, "after", after)
}

/// A post with its comments.
#[must_use]
pub fn post(id: i64) -> String {
    posts::show::url(id).into()
}

/// A post with its comments in one order.
#[must_use]
pub fn post_by(id: i64, order: Order) -> String {
    with(posts::show::url(id), "comments", (order != Order::default()).then_some(order.slug()))
}

/// Where a vote on a post is sent.
#[must_use]
pub fn vote(post_id: i64) -> String {
    posts::vote::url(post_id).into()
}

/// Where an answer to a post is sent.
#[must_use]
pub fn reply_to_post(post_id: i64) -> String {
    posts::answer::url(post_id).into()
}

/// A comment with what was answered to it.
#[must_use]
pub fn comment(id: i64) -> String {
    comments::show_comment::url(id).into()
}

/// Where an answer to a comment is sent.
#[must_use]
pub fn reply_to_comment(id: i64) -> String {
    comments::answer_comment::url(id).into()
}

/// What one person posted or said, from a cursor on.
#[must_use]
pub fn user(name: &str, tab: UserTab, after: Option<&str>) -> String {
    let url = match tab {
        UserTab::Posts => users::posts_of::url(name),
        UserTab::Comments => users::comments_of::url(name),
    };
    with(url, "after", after)
}

/// The results of a search, from a cursor on.
#[must_use]
pub fn search(query: &str, after: Option<&str>) -> String {
    with(searches::search::url().query("q", query), "after", after)
}

/// The log-in form, which leads back to a path.
#[must_use]
pub fn log_in(next: &str) -> String {
    with(account::log_in_form::url(), "next", (next != FRONT).then_some(next))
}

/// The sign-up form, which leads back to a path.
#[must_use]
pub fn sign_up(next: &str) -> String {
    with(account::sign_up_form::url(), "next", (next != FRONT).then_some(next))
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
    fn the_constants_are_the_routes() {
        use crate::pages::{asset, submit};
        assert_eq!(asset::stylesheet::url(), STYLESHEET);
        assert_eq!(asset::icon::url(), ICON);
        assert_eq!(listings::front::url(), FRONT);
        assert_eq!([submit::submit_form::url(), submit::submit::url()], [SUBMIT; 2]);
        assert_eq!(searches::search::url(), SEARCH);
        assert_eq!([account::log_in_form::url(), account::log_in::url()], [LOG_IN; 2]);
        assert_eq!([account::sign_up_form::url(), account::sign_up::url()], [SIGN_UP; 2]);
        assert_eq!(account::log_out::url(), LOG_OUT);
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

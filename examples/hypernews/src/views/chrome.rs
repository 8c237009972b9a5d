//! What surrounds every page.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// What every page needs besides its own content: who reads it, where, and when.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// Who is logged in.
    pub user: Option<CurrentUser>,
    /// The listing that is marked in the navigation.
    pub tab: Option<Tab>,
    /// The path of this page with its query: where votes and logging in lead back to.
    pub path: String,
    /// The instant from which "3 hours ago" is counted.
    pub now: Timestamp,
}

/// The person who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    /// The name shown and linked.
    pub name: String,
    /// The sum of the scores of their posts.
    pub karma: i64,
}

/// A listing of posts, by what orders it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// By votes and age: the front page.
    #[default]
    Hot,
    /// The latest first.
    New,
    /// By votes that came lately.
    Rising,
    /// By score.
    Top,
    /// By disagreement.
    Controversial,
}

impl Tab {
    /// All listings, in the order of the navigation.
    pub const ALL: [Tab; 5] = [Tab::Hot, Tab::New, Tab::Rising, Tab::Top, Tab::Controversial];

    /// Its name in a path: `hot`, `new`, `rising`, `top`, `controversial`.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Tab::Hot => "hot",
            Tab::New => "new",
            Tab::Rising => "rising",
            Tab::Top => "top",
            Tab::Controversial => "controversial",
        }
    }

    /// Its name in the navigation.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Tab::Hot => "Hot",
            Tab::New => "New",
            Tab::Rising => "Rising",
            Tab::Top => "Top",
            Tab::Controversial => "Disputed",
        }
    }

    /// The heading and title of its page.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Tab::Hot => "What people read and argue about today",
            Tab::New => "Newest posts",
            Tab::Rising => "Posts gaining votes right now",
            Tab::Top => "Highest scores of all time",
            Tab::Controversial => "Posts that split the house",
        }
    }
}

impl fmt::Display for Tab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Tab {
    type Err = String;

    fn from_str(slug: &str) -> Result<Self, String> {
        Tab::ALL.into_iter().find(|tab| tab.slug() == slug).ok_or_else(|| {
            format!("there is no listing {slug:?}: it is one of hot, new, rising, top, controversial")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_found_by_its_slug() {
        for tab in Tab::ALL {
            assert_eq!(tab.to_string().parse(), Ok(tab));
        }
        assert!("hottest".parse::<Tab>().unwrap_err().contains("hot, new"));
    }
}

//! The cookies that a page may depend on.

use http::HeaderMap;
use http::header::COOKIE;

use crate::http::Cookies;

/// Those of a request that count.
#[derive(Debug, Default)]
pub(super) struct Counting {
    names: Vec<String>,
    /// Whether there is something that cannot be read, which counts always.
    has_unreadable: bool,
}

impl Counting {
    /// All but those that are ignored.
    pub(super) fn of(headers: &HeaderMap, ignored: &[String]) -> Self {
        let values = headers.get_all(COOKIE).iter();
        let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        let count = pairs.filter(|pair| !pair.trim_ascii().is_empty()).count();
        if count == 0 {
            return Self::default();
        }
        let cookies = Cookies::of_fields(headers);
        let counting = cookies.iter().map(|(name, _)| name).filter(|name| !is_ignored(name, ignored));
        Self { names: counting.map(str::to_owned).collect(), has_unreadable: cookies.iter().count() < count }
    }

    /// Whether there is one, beside these.
    pub(super) fn any_but(&self, ignored: &[String]) -> bool {
        self.has_unreadable || self.names.iter().any(|name| !is_ignored(name, ignored))
    }
}

fn is_ignored(name: &str, ignored: &[String]) -> bool {
    ignored.iter().any(|ignored| match ignored.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == ignored,
    })
}

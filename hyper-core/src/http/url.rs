//! Reverse URLs: what `show::url(7)` returns.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sailfish::runtime::{Buffer, Render, RenderError};

use crate::routing::{RouteDef, Segment};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, and the slash: what a `{*rest}` may hold.
const RESERVED_IN_REST: &AsciiSet = &RESERVED.remove(b'/');

/// A path on this site, percent-encoded. Displays in templates and redirects as it is.
///
/// ```
/// use hyper_core::http::Url;
///
/// let url = Url::from_path("/search").query("q", "rust & django").query("page", 2);
/// assert_eq!(url.to_string(), "/search?q=rust+%26+django&page=2");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Url(String);

impl Url {
    /// A path that is percent-encoded already, such as one written in the source.
    #[must_use]
    pub fn from_path(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The URL of a route, with these parameters from left to right.
    #[doc(hidden)]
    #[must_use]
    pub fn of(route: &RouteDef, params: &[&str]) -> Self {
        let prefix = (route.mount_point)().prefix();
        let mut url = String::with_capacity(prefix.len() + route.path.len() + 16);
        url.push_str(prefix);
        if !prefix.is_empty() && route.path == "/" {
            return Self(url);
        }
        let mut params = params.iter();
        for segment in route.segments {
            url.push('/');
            match segment {
                Segment::Literal(literal) => url.push_str(literal.text),
                Segment::Param(..) | Segment::Rest(_) => {
                    let keep_slashes = matches!(segment, Segment::Rest(_));
                    let set = if keep_slashes { RESERVED_IN_REST } else { RESERVED };
                    let text = params.next().copied().unwrap_or_default();
                    url.extend(utf8_percent_encode(text, set));
                }
            }
        }
        Self(url)
    }

    /// Adds `key=value` to the query string, encoded.
    #[must_use]
    pub fn query(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        let start = self.0.len();
        self.0 = form_urlencoded::Serializer::for_suffix(self.0, start)
            .append_pair(key, &value.to_string())
            .finish();
        self
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Url {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Url> for String {
    fn from(url: Url) -> Self {
        url.0
    }
}

impl PartialEq<&str> for Url {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl Render for Url {
    fn render(&self, buffer: &mut Buffer) -> Result<(), RenderError> {
        buffer.push_str(&self.0);
        Ok(())
    }
}

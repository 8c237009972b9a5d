//! What a client was answered, and what a test says about it.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use hyper_core::http::{HeaderMap, Method, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::snapshot;

/// How much of a body is shown when a test fails, in characters.
const SHOWN: usize = 4000;

/// What a [`Client`](super::Client) was answered. What a test says about it is checked where it stands, and what fails
/// shows the answer.
#[derive(Clone)]
pub struct Answer {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) redirects: Vec<(u16, String)>,
}

impl Answer {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its header fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// One header field, the first of several; `None` when it is missing or not visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The URL that was answered: after redirects the last one.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The redirects that were followed: the status of each, and where it led.
    #[must_use]
    pub fn redirects(&self) -> &[(u16, String)] {
        &self.redirects
    }

    /// Its body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Its body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap_or_else(|error| panic!("the body is no text: {error}\n{self}"))
    }

    /// Reads its body as JSON.
    ///
    /// # Panics
    /// When it is no JSON, or not of a `T`.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => {
                panic!("the body is not JSON of a `{}`: {error}\n{self}", std::any::type_name::<T>())
            }
        }
    }

    /// Goes on if it has this status: `200`, or `StatusCode::OK`.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn expect(self, status: impl TryInto<StatusCode, Error: fmt::Debug>) -> Self {
        let status = status.try_into().expect("a status has three digits");
        assert!(self.status == status, "expected {status}, not this:\n{self}");
        self
    }

    /// Goes on if it leads to this URL, by a status of 301, 302, 303, 307 or 308.
    ///
    /// # Panics
    /// When it leads elsewhere, or nowhere.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn expect_redirect(self, url: impl AsRef<str>) -> Self {
        let (url, is_redirect) = (url.as_ref(), matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308));
        assert!(
            is_redirect && self.header("location") == Some(url),
            "expected a redirect to {url}, not this:\n{self}"
        );
        self
    }

    /// Goes on if this is in its body.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn expect_text(self, text: &str) -> Self {
        assert!(self.text().contains(text), "expected `{text}` in the body of this:\n{self}");
        self
    }

    /// Goes on if this is not in its body.
    ///
    /// # Panics
    /// When it is.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn expect_no_text(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "did not expect `{text}` in the body of this:\n{self}");
        self
    }

    /// Goes on if it says this of a field: the JSON `{"errors": {"title": ["is required"]}}` has a message in which `message`
    /// is. What is wrong with no single field is of `"__all__"`.
    ///
    /// ```
    /// # use hyperdjango::prelude::*;
    /// # async fn f<A: App>(client: hyperdjango::test::Client<A>) {
    /// client.post("/posts").form(&[("title", "")]).await.expect(422).field_error("title", "required");
    /// # }
    /// ```
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn field_error(self, field: &str, message: &str) -> Self {
        let json: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let Some(errors) = json.get("errors").and_then(Value::as_object) else {
            panic!(
                "expected errors by field, as `{{\"errors\": {{..}}}}`, which are sent to who accepts JSON; not this:\n{self}"
            );
        };
        let of_field = errors.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let said = |error: &Value| error.as_str().is_some_and(|error| error.contains(message));
        assert!(of_field.iter().any(said), "expected the error `{message}` of `{field}`, not this:\n{self}");
        self
    }

    /// Goes on if it is as the file `tests/snapshots/{name}.snap` of the package has it: status, header fields and body,
    /// JSON with line breaks and its members sorted. `UPDATE=1 cargo test` writes the file, and what it wrote is
    /// read before it is committed.
    ///
    /// Header fields that are different each time (`date`, `etag`, `last-modified`, `x-request-id`, `server-timing` and the
    /// like) are left out, values of cookies and nonces replaced by `[..]`.
    ///
    /// ```no_run
    /// # use hyperdjango::prelude::*;
    /// # async fn f<A: App>(client: hyperdjango::test::Client<A>) {
    /// client.get("/posts").await.expect(200).assert_snapshot("posts");
    /// # }
    /// ```
    ///
    /// # Panics
    /// When it is not, with the lines that differ; and when there is no such file.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn assert_snapshot(self, name: &str) -> Self {
        self.assert_snapshot_without(name, &[])
    }

    /// The same where some members of the JSON are different each time, such as `["id", "created"]`: their values are
    /// replaced by `"[id]"` and `"[created]"`, at any depth.
    ///
    /// # Panics
    /// As [`assert_snapshot`](Self::assert_snapshot).
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that it does not panic is enough for many tests")]
    pub fn assert_snapshot_without(self, name: &str, members: &[&str]) -> Self {
        if let Err(problem) = snapshot::compare(name, &snapshot::text(&self, members)) {
            panic!("{problem}");
        }
        self
    }

    /// Where it leads on this site.
    pub(super) fn redirect(&self, from: &str, host: &str) -> Option<String> {
        if !matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        local(self.header("location")?, from, host)
    }

    pub(super) fn is_json(&self) -> bool {
        self.header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind == "application/json" || kind.ends_with("+json")
        })
    }
}

/// A target as a path of this site (RFC 3986, 5.2), none if it leads to another one.
fn local(location: &str, from: &str, host: &str) -> Option<String> {
    let from = from.split(['?', '#']).next().unwrap_or_default();
    let rest = location.strip_prefix("http:").or_else(|| location.strip_prefix("https:")).unwrap_or(location);
    if let Some(rest) = rest.strip_prefix("//") {
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let there = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let slash = if path.starts_with('/') { "" } else { "/" };
        return there.eq_ignore_ascii_case(host).then(|| format!("{slash}{path}"));
    }
    match location.chars().next() {
        Some('/') => Some(location.to_owned()),
        Some('?') => Some(format!("{from}{location}")),
        None | Some('#') => Some(from.to_owned()),
        // Of another scheme.
        _ if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) => None,
        _ => {
            let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut rest = location;
            while let Some(further) = rest.strip_prefix("../") {
                folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
                rest = further;
            }
            Some(format!("{folder}/{}", rest.strip_prefix("./").unwrap_or(rest)))
        }
    }
}

/// All of it, as a test shows it that failed.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} was answered {}", self.method, self.url, self.status)?;
        for (status, url) in &self.redirects {
            writeln!(f, "after {status} to {url}")?;
        }
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        let text = match serde_json::from_slice::<Value>(&self.body) {
            Ok(json) if self.is_json() => format!("{json:#}"),
            _ => String::from_utf8_lossy(&self.body).into_owned(),
        };
        f.write_char('\n')?;
        match text.char_indices().nth(SHOWN) {
            Some((at, _)) => write!(f, "{}\n.. ({} bytes in all)", &text[..at], self.body.len()),
            None => f.write_str(&text),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn targets_are_of_this_site_or_of_none() {
        for (location, expected) in [
            ("/a?b", Some("/a?b")),
            ("?page=2", Some("/posts/7?page=2")),
            ("", Some("/posts/7")),
            ("8", Some("/posts/8")),
            ("./8", Some("/posts/8")),
            ("../users/1", Some("/users/1")),
            ("../../../x", Some("/x")),
            ("http://TestServer:80/a", Some("/a")),
            ("https://testserver", Some("/")),
            ("//testserver?x", Some("/?x")),
            ("https://testserver.example/a", None),
            ("//example.org/", None),
            ("mailto:a@b", None),
            ("a/b:c", Some("/posts/a/b:c")),
        ] {
            assert_eq!(local(location, "/posts/7?q#f", "testserver").as_deref(), expected, "{location}");
        }
    }
}

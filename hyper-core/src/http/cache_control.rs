//! `Cache-Control`: who may keep an answer, and for how long (RFC 9111, 5.2; RFC 5861; RFC 8246).

use std::fmt;

use http::header::{CACHE_CONTROL, EXPIRES, HeaderMap, HeaderValue};

use super::{IntoResponse, Request, Response};

/// Who may keep an answer, and for how long: a part of an answer, beside the rest.
///
/// Browsers, proxies such as nginx, and content delivery networks read it, and so does
/// [`PageCache`](crate::middleware::PageCache). It replaces a `Cache-Control` that is there.
///
/// ```
/// use hyper_core::http::{CacheControl, RawHtml};
///
/// async fn about() -> (CacheControl, RawHtml<&'static str>) {
///     (CacheControl::public().max_age(60).s_maxage(600).stale_while_revalidate(30), RawHtml("<h1>About us</h1>"))
/// }
/// # drop(about());
///
/// // A file whose name has the hash of what is in it.
/// let hashed = CacheControl::public().max_age(31_536_000).immutable();
/// assert_eq!(hashed.to_string(), "public, max-age=31536000, immutable");
/// // What is of one visitor, and what nobody is to keep.
/// assert_eq!(CacheControl::private().max_age(60).to_string(), "private, max-age=60");
/// assert_eq!(CacheControl::never().to_string(), "no-store, no-cache, must-revalidate, private, max-age=0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct CacheControl {
    public: bool,
    private: bool,
    no_store: bool,
    no_cache: bool,
    no_transform: bool,
    must_revalidate: bool,
    immutable: bool,
    max_age: Option<u32>,
    s_maxage: Option<u32>,
    stale_while_revalidate: Option<u32>,
    stale_if_error: Option<u32>,
}

impl CacheControl {
    /// Says nothing of who may keep it: [`max_age`](Self::max_age) alone lets everybody.
    pub const fn new() -> Self {
        Self {
            public: false,
            private: false,
            no_store: false,
            no_cache: false,
            no_transform: false,
            must_revalidate: false,
            immutable: false,
            max_age: None,
            s_maxage: None,
            stale_while_revalidate: None,
            stale_if_error: None,
        }
    }

    /// Everybody may keep it, and send it to everybody: it is the same for all visitors, who is logged in or has sent an
    /// `Authorization` included.
    pub const fn public() -> Self {
        Self { public: true, ..Self::new() }
    }

    /// The visitor's browser may keep it, and nobody between.
    pub const fn private() -> Self {
        Self { private: true, ..Self::new() }
    }

    /// It is kept, and each time the site is asked whether it still is the same.
    pub const fn no_cache() -> Self {
        Self { no_cache: true, ..Self::new() }
    }

    /// Nobody keeps it, whatever he makes of these words: Django's `never_cache`.
    pub const fn never() -> Self {
        Self {
            private: true,
            no_store: true,
            no_cache: true,
            must_revalidate: true,
            max_age: Some(0),
            ..Self::new()
        }
    }

    /// For how many seconds it is good.
    pub const fn max_age(self, seconds: u32) -> Self {
        Self { max_age: Some(seconds), ..self }
    }

    /// For how many seconds it is good for caches that many share; it allows them to keep it as
    /// [`public`](Self::public) does.
    pub const fn s_maxage(self, seconds: u32) -> Self {
        Self { s_maxage: Some(seconds), ..self }
    }

    /// For how many seconds after that it may be sent while a new one is fetched.
    pub const fn stale_while_revalidate(self, seconds: u32) -> Self {
        Self { stale_while_revalidate: Some(seconds), ..self }
    }

    /// For how many seconds after that it may be sent when the site fails.
    pub const fn stale_if_error(self, seconds: u32) -> Self {
        Self { stale_if_error: Some(seconds), ..self }
    }

    /// It is never changed, so that a browser does not ask again when its user reloads the page.
    pub const fn immutable(self) -> Self {
        Self { immutable: true, ..self }
    }

    /// Once it is too old it is never sent without asking.
    pub const fn must_revalidate(self) -> Self {
        Self { must_revalidate: true, ..self }
    }

    /// Nobody between changes it: it is not compressed either.
    pub const fn no_transform(self) -> Self {
        Self { no_transform: true, ..self }
    }

    /// What header fields say. A number that is none is 0, and of two the smaller counts: who cannot be understood is to
    /// be asked again (RFC 9111, 4.2.1).
    ///
    /// ```
    /// use hyper_core::http::{CacheControl, HeaderMap};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("cache-control", "Public, max-age=\"60\", of-tomorrow=1".parse().unwrap());
    /// assert_eq!(CacheControl::of(&headers), CacheControl::public().max_age(60));
    /// ```
    pub fn of(headers: &HeaderMap) -> Self {
        let mut this = Self::new();
        for value in headers.get_all(CACHE_CONTROL) {
            // What is no text could say anything.
            let text = value.to_str().unwrap_or("no-store");
            directives(text, |name, argument| this.add(name, argument));
        }
        this
    }

    fn add(&mut self, name: &str, argument: Option<&str>) {
        let number = |before: Option<u32>| {
            let digits = argument.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            // More than it can hold is as much as it can.
            let number =
                digits.filter(|text| !text.is_empty()).map_or(0, |text| text.parse().unwrap_or(u32::MAX));
            Some(before.map_or(number, |before| before.min(number)))
        };
        match name.to_ascii_lowercase().as_str() {
            "public" => self.public = true,
            // Of a single field or of all, it is not for everybody.
            "private" => self.private = true,
            "no-cache" => self.no_cache = true,
            "no-store" => self.no_store = true,
            "no-transform" => self.no_transform = true,
            "must-revalidate" => self.must_revalidate = true,
            "immutable" => self.immutable = true,
            "max-age" => self.max_age = number(self.max_age),
            "s-maxage" => self.s_maxage = number(self.s_maxage),
            "stale-while-revalidate" => self.stale_while_revalidate = number(self.stale_while_revalidate),
            "stale-if-error" => self.stale_if_error = number(self.stale_if_error),
            _ => {}
        }
    }

    /// Whether a cache that many share must not keep it, or not without asking.
    pub(crate) fn forbids_sharing(&self) -> bool {
        self.private || self.no_store || self.no_cache
    }

    /// Whether it says that it is the same for all visitors.
    pub(crate) fn is_for_all(&self) -> bool {
        self.public || self.s_maxage.is_some()
    }

    /// For how many seconds a cache that many share may keep it, if it says so.
    pub(crate) fn shared_age(&self) -> Option<u32> {
        self.s_maxage.or(self.max_age)
    }

    pub(crate) fn has_age(&self) -> bool {
        self.max_age.is_some()
    }

    pub(crate) fn is_no_store(&self) -> bool {
        self.no_store
    }

    /// Whether a request with this asks for what was made just now.
    pub(crate) fn asks_anew(&self) -> bool {
        self.no_cache || self.max_age == Some(0)
    }

    /// Writes it into header fields, in place of what is there.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        // What it says are words and digits, and an empty value is allowed.
        let value = HeaderValue::try_from(self.to_string()).unwrap_or(HeaderValue::from_static("no-store"));
        headers.insert(CACHE_CONTROL, value);
    }
}

/// Calls `each` with the name and the argument of each directive.
fn directives(text: &str, mut each: impl FnMut(&str, Option<&str>)) {
    let mut rest = text;
    while !rest.is_empty() {
        let mut quoted = false;
        let end = rest.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ',' && !quoted
        });
        let (one, after) = end.map_or((rest, ""), |(at, _)| (&rest[..at], &rest[at + 1..]));
        let (name, argument) = one.split_once('=').map_or((one, None), |(name, text)| (name, Some(text)));
        each(name.trim(), argument.map(|text| text.trim().trim_matches('"')));
        rest = after;
    }
}

/// As it stands in the header field.
impl fmt::Display for CacheControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            ("public", self.public),
            ("no-store", self.no_store),
            ("no-cache", self.no_cache),
            ("must-revalidate", self.must_revalidate),
            ("no-transform", self.no_transform),
            ("private", self.private),
        ];
        let numbers = [
            ("max-age", self.max_age),
            ("s-maxage", self.s_maxage),
            ("stale-while-revalidate", self.stale_while_revalidate),
            ("stale-if-error", self.stale_if_error),
        ];
        let mut comma = "";
        for (word, _) in words.into_iter().filter(|(_, is_said)| *is_said) {
            write!(f, "{comma}{word}")?;
            comma = ", ";
        }
        for (name, number) in numbers {
            if let Some(number) = number {
                write!(f, "{comma}{name}={number}")?;
                comma = ", ";
            }
        }
        if self.immutable { write!(f, "{comma}immutable") } else { Ok(()) }
    }
}

/// Says who may keep the answer. An `Expires` that says otherwise goes.
impl<T: IntoResponse> IntoResponse for (CacheControl, T) {
    fn into_response(self, request: &Request) -> Response {
        let mut response = self.1.into_response(request);
        response.headers_mut().remove(EXPIRES);
        self.0.write(response.headers_mut());
        response
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[&str]) -> CacheControl {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CACHE_CONTROL, value.parse().unwrap());
        }
        CacheControl::of(&headers)
    }

    #[test]
    fn what_cannot_be_understood_is_too_old() {
        for text in ["max-age", "max-age=", "max-age=x", "max-age=-1", "max-age=1.5", "max-age=60, max-age=0"]
        {
            assert_eq!(of(&[text]).shared_age(), Some(0), "{text}");
        }
        assert_eq!(of(&["max-age=99999999999999999999"]).shared_age(), Some(u32::MAX));
        assert_eq!(of(&["max-age=60", "max-age=30"]).shared_age(), Some(30));
        assert_eq!(of(&["max-age=60, s-maxage=90"]).shared_age(), Some(90));
        // In quotes a comma parts nothing, and what is said of a field is said of all.
        assert!(of(&["private=\"set-cookie, public\""]).forbids_sharing());
        assert!(!of(&["private=\"set-cookie, public\""]).is_for_all());
        assert!(of(&["x=\"", "NO-STORE"]).forbids_sharing());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            words in any::<[bool; 7]>(),
            numbers in any::<[Option<u32>; 4]>(),
        ) {
            let [public, private, no_store, no_cache, no_transform, must_revalidate, immutable] = words;
            let [max_age, s_maxage, stale_while_revalidate, stale_if_error] = numbers;
            let this = CacheControl {
                public, private, no_store, no_cache, no_transform, must_revalidate, immutable,
                max_age, s_maxage, stale_while_revalidate, stale_if_error,
            };
            let mut headers = HeaderMap::new();
            this.write(&mut headers);
            prop_assert_eq!(CacheControl::of(&headers), this);
        }

        #[test]
        fn any_field_is_read(text in "[ -~]{0,60}") {
            let read = of(&[&text]);
            prop_assert_eq!(of(&[&read.to_string()]), read);
        }
    }
}

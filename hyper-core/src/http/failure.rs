//! How an error answers: `{"detail", "status", "code", "errors"}` as JSON or problem+json, or a page.

use std::cell::Cell;
use std::error::Error as _;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, HeaderValue, RETRY_AFTER, VARY};
use serde::Serialize;

use super::accept::{Preferred, preferred};
use super::into_response::{HTML, JSON, PROBLEM, with_type};
use super::{IntoResponse, OnError, Request, Response, debug_page};
use crate::{Error, ValidationErrors};

/// The body of an error, as programs read it. What only [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has comes
/// first; the rest is the same for all.
#[derive(Serialize)]
struct Failure<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    detail: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a ValidationErrors>,
}

impl IntoResponse for Error {
    fn into_response(self, request: &Request) -> Response {
        if self.status().is_server_error() {
            log(&self, request);
        }
        match request.context().on_error {
            Some(on_error) if !debug_page::is_for(&self, request) => by_site(on_error, &self, request),
            _ => self.default_answer(request),
        }
    }
}

impl Error {
    /// The framework's own answer, as it is without `#[app(on_error = ..)]`: JSON, problem+json or a page, whichever
    /// the client prefers.
    ///
    /// ```
    /// use hyper_core::Error;
    /// use hyper_core::http::{IntoResponse, Request, Response, Text};
    ///
    /// /// The answers of a site to errors: its own for what is missing, the framework's for the rest.
    /// fn failed(error: &Error, request: &Request) -> Response {
    ///     match error.status().as_u16() {
    ///         404 => Text("Nothing here.").into_response(request),
    ///         _ => error.default_answer(request),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn default_answer(&self, request: &Request) -> Response {
        if let Some(page) = debug_page::of(self, request) {
            return completed(own_page(page), self);
        }
        let kind = match preferred(request.headers()) {
            Preferred::Json if is_on(request.settings().get("PROBLEM_JSON")) => Preferred::Problem,
            kind => kind,
        };
        answer(self, kind)
    }
}

fn is_on(setting: Option<&str>) -> bool {
    setting.is_some_and(|value| ["true", "1", "yes", "on"].iter().any(|on| value.eq_ignore_ascii_case(on)))
}

/// The answer of the site's own function. While that makes one, errors are answered by the framework, and so they are
/// when it panics.
fn by_site(on_error: OnError, error: &Error, request: &Request) -> Response {
    thread_local! {
        static WITHIN: Cell<bool> = const { Cell::new(false) };
    }
    if WITHIN.replace(true) {
        return error.default_answer(request);
    }
    let answered = catch_unwind(AssertUnwindSafe(|| on_error(error, request)));
    WITHIN.set(false);
    match answered {
        Ok(response) => completed(response, error),
        Err(_) => {
            tracing::error!(path = request.path(), "the function of `on_error` panicked");
            error.default_answer(request)
        }
    }
}

/// Makes the answer in the kind that is preferred.
pub(crate) fn answer(error: &Error, kind: Preferred) -> Response {
    let status = error.status();
    let body = |is_problem: bool| {
        let failure = Failure {
            kind: is_problem.then_some("about:blank"),
            title: status.canonical_reason().filter(|_| is_problem),
            detail: error.detail(),
            status: status.as_u16(),
            code: error.code(),
            errors: error.errors(),
        };
        // A map of strings always serializes.
        serde_json::to_vec(&failure).unwrap_or_default()
    };
    let response = match kind {
        Preferred::Html => own_page(page(error)),
        Preferred::Json => with_type(body(false), JSON),
        Preferred::Problem => with_type(body(true), PROBLEM),
    };
    completed(response, error)
}

/// A page of the framework's own: with its style whatever the site allows its pages, and nothing else.
fn own_page(page: String) -> Response {
    let mut response = with_type(page, HTML);
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Adds the fields that all answers to an error have.
fn completed(mut response: Response, error: &Error) -> Response {
    // A page says nothing of its status.
    if response.status() == StatusCode::OK {
        *response.status_mut() = error.status();
    }
    let headers = response.headers_mut();
    headers.entry(VARY).or_insert(HeaderValue::from_static("accept"));
    if let Some(seconds) = error.retry_after() {
        headers.entry(RETRY_AFTER).or_insert(HeaderValue::from(seconds));
    }
    response
}

/// One record for the operator, with the chain of causes that the client does not see.
fn log(error: &Error, request: &Request) {
    let mut causes = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(causes, "{}{cause}", if causes.is_empty() { "" } else { ": " });
        source = cause.source();
    }
    tracing::error!(
        status = error.status().as_u16(),
        method = %request.method(),
        path = request.path(),
        request_id = request.id().map(tracing::field::display),
        causes,
        route = request.route().map(|route| route.def.name),
        at = %error.location(),
        "{}",
        error.detail(),
    );
}

fn page(error: &Error) -> String {
    let status = error.status();
    let reason = status.canonical_reason().unwrap_or("Error");
    let mut page = String::with_capacity(1200);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{code} {reason}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <p class=\"status\">{code}</p>\n<h1>{reason}</h1>\n<p>{detail}</p>\n",
        code = status.as_u16(),
        detail = Escaped(error.detail()),
    );
    if let Some(errors) = error.errors() {
        page.push_str("<dl>\n");
        for (field, messages) in errors.iter() {
            let _ = writeln!(page, "<dt>{}</dt>", Escaped(field));
            for message in messages {
                let _ = writeln!(page, "<dd>{}</dd>", Escaped(message));
            }
        }
        page.push_str("</dl>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

const STYLE: &str = "\
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f6f7f9; color: #1c2430;
  font: 17px/1.6 system-ui, sans-serif }
main { max-width: 34rem; padding: 2rem }
.status { margin: 0; font-size: 4.5rem; font-weight: 700; line-height: 1; color: #8a94a6 }
h1 { margin: .3rem 0 1rem; font-size: 1.5rem }
dt { margin-top: .6rem; font-weight: 600 } dd { margin: 0 }
@media (prefers-color-scheme: dark) { body { background: #14181f; color: #e4e8ee } }
";

/// Text as it may stand between tags.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                character => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_escapes_what_came_from_the_client() {
        let mut errors = ValidationErrors::new();
        errors.add("<b>", "\"&'");
        let page = page(&Error::invalid(errors));
        assert!(page.contains("<dt>&lt;b&gt;</dt>\n<dd>&quot;&amp;&#39;</dd>"), "{page}");
    }

    #[test]
    fn unavailable_says_when_to_come_back() {
        let response = answer(&Error::unavailable("The database cannot be reached.", 5), Preferred::Json);
        assert_eq!(response.headers()[RETRY_AFTER], "5");
        assert_eq!(
            response.body().as_bytes(),
            Some(&br#"{"detail":"The database cannot be reached.","status":503}"#[..])
        );
    }

    /// Keeps the fields of the events that are logged.
    #[derive(Default)]
    struct Kept(std::sync::Mutex<Vec<String>>);

    impl tracing::Subscriber for &'static Kept {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn event(&self, event: &tracing::Event<'_>) {
            let mut fields = String::new();
            event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                let _ = write!(fields, "{field}={value:?} ");
            });
            self.0.lock().unwrap().push(fields);
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
        fn enter(&self, _: &tracing::span::Id) {}
        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[test]
    fn a_5xx_is_logged_once_with_its_causes_and_a_4xx_not() {
        let kept: &'static Kept = Box::leak(Box::default());
        let answer = tracing::subscriber::with_default(kept, || {
            let request = Request::new(http::Method::GET, "/posts/7").unwrap();
            let inner = Error::not_found("no row").with_source(std::io::Error::other("the disk"));
            drop(Error::conflict("taken").into_response(&request));
            Error::internal(inner).into_response(&request)
        });
        let logged = kept.0.lock().unwrap();
        assert_eq!(logged.len(), 1, "{logged:?}");
        for part in [
            "status=500",
            "path=\"/posts/7\"",
            "causes=\"no row: the disk\"",
            "at=hyper-core/src/http/failure.rs:",
        ] {
            assert!(logged[0].contains(part), "{part} is missing in {logged:?}");
        }
        let body = String::from_utf8_lossy(answer.body().as_bytes().unwrap()).into_owned();
        assert!(!body.contains("row") && !body.contains("disk"), "{body}");
    }
}

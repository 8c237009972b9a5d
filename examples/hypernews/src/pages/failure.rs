//! The answers of the whole site to errors.

use hyperdjango::http::accept::{Preferred, preferred};
use hyperdjango::prelude::*;

use super::{chrome, messages};
use crate::views::FailurePage;

/// A page in the site's own look for those who read pages; programs get what every application of the framework answers.
pub fn failed(error: &Error, request: &Request) -> Response {
    if preferred(request.headers()) != Preferred::Html {
        return error.default_answer(request);
    }
    let status = error.status();
    let heading = match status.as_u16() {
        404 => "There is nothing here",
        500..=599 => "This broke on our side",
        _ => status.canonical_reason().unwrap_or("This cannot be shown"),
    };
    let page = FailurePage {
        chrome: chrome(None, None, request.uri()),
        status: status.as_u16(),
        heading: heading.to_owned(),
        detail: error.detail().to_owned(),
        errors: error.errors().map(messages).unwrap_or_default(),
    };
    (status, Html(page)).into_response(request)
}

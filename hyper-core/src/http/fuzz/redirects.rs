//! Where a client may be led by what it says itself.

use std::sync::LazyLock;

use http::Method;
use http::header::LOCATION;

use crate::Settings;
use crate::http::{Context, IntoResponse, Redirect, Request};

/// Where [`Redirect::to_untrusted`] leads with the fallback `/safe` at a site whose `ALLOWED_HOSTS` are `a.b`, `.c` and
/// `[::1]:8000`; nowhere with what no header field can hold.
pub fn led_to(next: &str) -> Option<String> {
    static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
        let settings = Settings::from_pairs([("ALLOWED_HOSTS", "a.b, .c [::1]:8000"), ("DEBUG", "false")]);
        let context = settings.and_then(|settings| Context::new(&settings, None));
        context.expect("these settings are well-formed")
    });
    let mut request = Request::new(Method::GET, "/").expect("a path");
    request.set_context(&CONTEXT);
    let response = Redirect::to_untrusted(next, "/safe").into_response(&request);
    let location = response.headers().get(LOCATION);
    assert!(location.is_some() || response.status() == 400, "{next:?}");
    location.map(|location| String::from_utf8_lossy(location.as_bytes()).into_owned())
}

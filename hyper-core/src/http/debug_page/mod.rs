//! What a browser sees of a failure in `DEBUG`: where it came from, what it was asked, and what it asked.
//!
//! There is one way in, [`of`], and it looks at `DEBUG` first.

mod secrets;
mod source;

use std::error::Error as _;
use std::fmt::Write as _;

use super::Request;
use super::accept::{Preferred, preferred};
use super::failure::Escaped;
use crate::Error;
use crate::app::Panicked;
use crate::db::QueryLog;

/// Whether the failure has such a page: the server's own, in `DEBUG`, for a browser.
pub(super) fn is_for(error: &Error, request: &Request) -> bool {
    request.settings().debug()
        && error.status().is_server_error()
        && preferred(request.headers()) == Preferred::Html
}

/// The page, where there is one.
pub(super) fn of(error: &Error, request: &Request) -> Option<String> {
    is_for(error, request).then(|| page(error, request))
}

fn page(error: &Error, request: &Request) -> String {
    let mut page = String::with_capacity(16 * 1024);
    head(&mut page, error, request);
    place(&mut page, error, request);
    route(&mut page, request);
    queries(&mut page, request);
    asked(&mut page, request);
    settings(&mut page, request);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn head(page: &mut String, error: &Error, request: &Request) {
    let status = error.status();
    let reason = status.canonical_reason().unwrap_or("Error");
    let mut chain = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        chain.push(error.to_string());
        cause = error.source();
    }
    // What the client reads says little of a 500; its first cause is what happened.
    let heading = chain.first().map_or(error.detail(), String::as_str);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{code} {reason}: {heading}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <p class=\"what\"><b>{code}</b> {reason} <span>{method} {target}</span></p>\n<h1>{heading}</h1>\n",
        code = status.as_u16(),
        heading = Escaped(heading),
        method = Escaped(request.method().as_str()),
        target = Escaped(&secrets::target(request.path(), request.query())),
    );
    if chain.len() > 1 {
        page.push_str("<ol class=\"chain\">\n");
        for cause in &chain[1..] {
            let _ = writeln!(page, "<li>caused by: {}</li>", Escaped(cause));
        }
        page.push_str("</ol>\n");
    }
    let _ = write!(
        page,
        "<p class=\"note\">Others read: <q>{}</q> This page is there because of <code>DEBUG</code>.</p>\n\
         </header>\n<main>\n",
        Escaped(error.detail())
    );
}

/// Where it was made, or where the panic was.
fn place(page: &mut String, error: &Error, request: &Request) {
    let panic = error.downcast_ref::<Panicked>();
    let panicked = panic.and_then(|panic| panic.place.as_ref());
    let (file, line) = match (panic, panicked) {
        (_, Some(place)) => (place.file.as_str(), place.line),
        // Of a panic that was not noted only the framework's own place is known.
        (Some(_), None) => return,
        (None, None) => (error.location().file(), error.location().line()),
    };
    let _ = writeln!(page, "<section>\n<h2>Where</h2>\n<p><code>{}:{line}</code></p>", Escaped(file));
    if let Some(excerpt) = source::around(request.settings().project(), file, line) {
        page.push_str("<div class=\"wide\"><pre class=\"source\">");
        for (number, text) in &excerpt.0 {
            let mark = if *number == line { " class=\"here\"" } else { "" };
            // Each is a block, so no line break is between them.
            let _ = write!(page, "<span{mark}><i>{number:>4}</i> {} </span>", Escaped(text));
        }
        page.push_str("</pre></div>\n");
    }
    if let Some(place) = panicked {
        let _ = writeln!(
            page,
            "<details><summary>Backtrace</summary><div class=\"wide\"><pre>{}</pre></div></details>",
            Escaped(&place.backtrace.to_string())
        );
    }
    page.push_str("</section>\n");
}

fn route(page: &mut String, request: &Request) {
    page.push_str("<section>\n<h2>Route</h2>\n");
    let Some(route) = request.route() else {
        page.push_str("<p>None: no handler was called.</p>\n</section>\n");
        return;
    };
    let def = route.def;
    let _ = writeln!(
        page,
        "<table>\n<tr><th>Path</th><td><code>{} {}{}</code></td></tr>\n\
         <tr><th>Handler</th><td><code>{}</code></td></tr>\n\
         <tr><th>Declared</th><td><code>{}:{}</code></td></tr>",
        request.method(),
        Escaped(&route.prefix()),
        Escaped(def.path),
        Escaped(def.name),
        Escaped(def.file),
        def.line,
    );
    let parameters = (0..).map_while(|index| request.param(index));
    for (index, parameter) in parameters.enumerate() {
        let _ = writeln!(
            page,
            "<tr><th>Parameter {}</th><td><code>{}</code></td></tr>",
            index + 1,
            Escaped(parameter)
        );
    }
    page.push_str("</table>\n</section>\n");
}

fn queries(page: &mut String, request: &Request) {
    let Some(log) = request.extensions().get::<QueryLog>() else { return };
    let queries = log.queries();
    let took: f64 = queries.iter().map(|query| query.duration.as_secs_f64()).sum();
    let _ = writeln!(
        page,
        "<section>\n<h2>Queries <small>{} in {:.2} ms</small></h2>",
        queries.len(),
        took * 1000.0
    );
    if !queries.is_empty() {
        page.push_str("<table class=\"queries\">\n<tr><th>ms</th><th>SQL</th></tr>\n");
    }
    for query in &queries {
        let _ = write!(
            page,
            "<tr><td>{:.2}</td><td><code>{}</code>",
            query.duration.as_secs_f64() * 1000.0,
            Escaped(&query.sql)
        );
        if let Some(problem) = &query.failure {
            let _ = write!(page, "<p class=\"problem\">{}</p>", Escaped(problem));
        }
        page.push_str("</td></tr>\n");
    }
    if !queries.is_empty() {
        page.push_str("</table>\n");
    }
    if log.is_full() {
        page.push_str("<p>Only the first are shown.</p>\n");
    }
    page.push_str("</section>\n");
}

fn asked(page: &mut String, request: &Request) {
    let _ = writeln!(
        page,
        "<section>\n<h2>Request</h2>\n<table>\n<tr><th>Target</th><td><code>{}</code></td></tr>\n\
         <tr><th>Protocol</th><td>{:?}</td></tr>\n<tr><th>From</th><td>{:?}</td></tr>",
        Escaped(&secrets::target(request.path(), request.query())),
        request.version(),
        request.peer(),
    );
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let shown = secrets::shown(name.as_str(), &value);
        let _ = writeln!(page, "<tr><th>{name}</th><td><code>{}</code></td></tr>", Escaped(&shown));
    }
    page.push_str("</table>\n</section>\n");
}

fn settings(page: &mut String, request: &Request) {
    page.push_str("<section>\n<details><summary><h2>Settings</h2></summary>\n<table>\n");
    for (name, value) in request.settings().values() {
        let shown = secrets::shown(name, value);
        let _ =
            writeln!(page, "<tr><th>{}</th><td><code>{}</code></td></tr>", Escaped(name), Escaped(&shown));
    }
    page.push_str("</table>\n</details>\n</section>\n");
}

const STYLE: &str = "\
:root { color-scheme: light dark; --paper: #fff; --ground: #f3f4f6; --ink: #1c2430; --soft: #5b6577; --line: #dfe3e9;
  --red: #a4161a; --mark: #fdecea }
@media (prefers-color-scheme: dark) { :root { --paper: #1b2028; --ground: #12161c; --ink: #e4e8ee; --soft: #9aa5b5;
  --line: #2e3642; --red: #ff8a80; --mark: #3b2226 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif }
header { padding: 1.5rem max(1rem, calc(50vw - 36rem)); background: var(--paper); border-bottom: 4px solid var(--red) }
main { padding: 1rem max(1rem, calc(50vw - 36rem)) 3rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 1rem }
h1 { margin: .3rem 0 .6rem; font-size: 1.5rem; line-height: 1.3; overflow-wrap: anywhere }
h2 { margin: 0 0 .6rem; font-size: 1.05rem; display: inline-block } h2 small { font-weight: 400; color: var(--soft) }
p { margin: 0 0 .5rem } summary { cursor: pointer } summary h2 { margin: 0 }
.what { color: var(--red) } .what span { color: var(--soft); overflow-wrap: anywhere; margin-left: .5rem }
.note { color: var(--soft) } .chain { margin: 0 0 .8rem; padding-left: 1.2rem } .chain li { overflow-wrap: anywhere }
code, pre { font: 13px/1.5 ui-monospace, monospace } code { overflow-wrap: anywhere }
.wide { overflow-x: auto } pre { margin: 0 } details pre { padding-top: .6rem }
.source { display: inline-block; min-width: 100% } .source span { display: block; padding-right: 1rem } .source i { color: var(--soft); font-style: normal; user-select: none }
.source .here { background: var(--mark); box-shadow: inset 3px 0 var(--red) }
table { width: 100%; border-collapse: collapse } td, th { padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line);
  text-align: left; vertical-align: top } tr:first-child > * { border-top: 0 }
th { width: 11rem; font-weight: 500; color: var(--soft); overflow-wrap: anywhere } .queries th { width: auto } .queries th:not(:last-child) { width: 4.5rem }
.queries td:not(:last-child) { font-variant-numeric: tabular-nums } .problem { color: var(--red) }
@media (max-width: 40rem) { th { width: 7rem } .queries th:not(:last-child) { width: 3.4rem } h1 { font-size: 1.25rem } }
";

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::http::IntoResponse;

    #[test]
    fn it_is_never_shown_outside_debug() {
        // A request that came to no site has `DEBUG=false`.
        let mut request = Request::new(Method::GET, "/x").unwrap();
        request.headers_mut().insert("accept", "text/html".parse().unwrap());
        let error = Error::internal("the cause");
        assert!(of(&error, &request).is_none());
        let response = error.into_response(&request);
        let page = String::from_utf8_lossy(response.body().as_bytes().unwrap()).into_owned();
        assert!(!page.contains("the cause") && !page.contains("DEBUG"), "{page}");
    }
}

//! The page that developers see.

use super::Served;
use super::site::OwnSite;

const HTML: &str = "accept: text/html,*/*;q=0.8";
const SECRETS: [&str; 3] =
    ["authorization: Bearer s3cr3t-bearer", "cookie: session=s3cr3t-cookie", "x-api-key: s3cr3t-key"];

#[test]
fn a_failure_is_explained_in_debug() {
    let served = Served::new("true");
    let fields = [HTML, SECRETS[0], SECRETS[1], SECRETS[2], "x-plain: <i>"];
    let page = served.get("/broken/7?token=s3cr3t-token&q=1", &fields);
    assert_eq!((page.status, page.header("content-type")), (500, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy");
    assert_eq!(policy, Some("default-src 'none'; style-src 'unsafe-inline'"));
    for part in [
        "the &lt;cause&gt; of 1",
        // Where it was made, with the line itself.
        "http/answers/site.rs:",
        "Err(Error::internal(cause))",
        "/broken/{id}",
        "site::broken",
        "<code>7</code>",
        "SELECT count(*)",
        "SELECT 1 AS &lt;angle&gt;",
        "syntax error",
        "q=1",
        "&lt;i&gt;",
        "MAIL_PASSWORD",
        "ALLOWED_HOSTS",
        "app.example",
    ] {
        assert!(page.body.contains(part), "{part:?} is missing in {}", page.body);
    }
    for secret in ["s3cr3t", "hunter2", "0123456789abcdef0123456789abcdef", "<angle>", "<i>"] {
        assert!(!page.body.replace("<i> ", "").contains(secret) || secret == "<i>", "{secret:?} is shown");
    }
    assert!(!page.body.contains("<td><code><i></code>"));

    let panic = served.get("/panics", &[HTML]);
    for part in
        ["the handler panicked: the &lt;reason&gt;", "http/answers/site.rs:", "nothing.expect(", "Backtrace"]
    {
        assert!(panic.body.contains(part), "{part:?} is missing in {}", panic.body);
    }
    // What becomes an `Error` only when it is answered comes from where the answer stands.
    assert!(served.get("/notes/sql", &[HTML]).body.contains("Result&lt;String, NoteError&gt;"));
    // A request has its own statements only.
    assert!(!panic.body.contains("SELECT"), "{}", panic.body);
    // Programs read what they always do, and mistakes of the client are no failures.
    assert_eq!(served.get("/broken/7", &[]).detail(), "Something went wrong on our side.");
    assert!(!served.get("/notes/7", &[HTML]).body.contains("DEBUG"));
}

#[test]
fn it_does_not_exist_without_debug() {
    for (own, served) in [(false, Served::new("false")), (true, Served::start::<OwnSite>("false", &[]))] {
        for target in ["/broken/7", "/panics", "/notes/sql", "/notes/9x", "/notes/shop"] {
            for accept in [HTML, "accept: text/html", "accept: */*"] {
                let page = served.get(target, &[accept, SECRETS[0]]);
                assert!(page.status >= 500, "{own} {target}: {page:?}");
                for part in [
                    "DEBUG", "Settings", "site.rs", "cause", "reason", "SELECT", "nonsense", "s3cr3t",
                    "FOLDER",
                ] {
                    assert!(!page.body.contains(part), "{own} {target}: {part} in {}", page.body);
                }
            }
        }
    }
}

#[test]
fn in_debug_it_comes_before_the_sites_own_page() {
    let served = Served::start::<OwnSite>("true", &[]);
    assert!(served.get("/panics", &[HTML]).body.contains("DEBUG"));
    assert_eq!(served.get("/panics", &[]).body, "own 500");
}

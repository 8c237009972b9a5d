//! Everything a client can get wrong with each route: a 4xx that says what, never a 500.

use catalog::site::Site;
use hyperdjango::App;
use hyperdjango::routing::FlatRoute;

use crate::served::{Answer, SITE};

fn routes() -> impl Iterator<Item = &'static FlatRoute> {
    Site::tree().routes.iter()
}

fn path(route: &FlatRoute, value: &str) -> String {
    route.path().replace("{label}", value).replace("{name}", value).replace("{id}", value)
}

/// That it is a client's error, with a body that says more than that.
#[track_caller]
fn assert_refused(answer: &Answer, statuses: &[u16], what: &str) {
    assert!(statuses.contains(&answer.status), "{what}: {answer:?}");
    let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(json["status"], answer.status, "{what}");
    assert!(json["detail"].as_str().unwrap().len() > 10, "{what}: {answer:?}");
}

#[test]
fn names_that_nothing_has_are_404() {
    let long = "n".repeat(6000);
    for route in routes().filter(|route| route.path().contains('{')) {
        for value in [
            "no-such-thing",
            "%C3%BC%F0%9F%8E%88",
            "..%2F..",
            "%27%20OR%201=1",
            "%25",
            "a:b:c",
            ":",
            "-1",
            "0",
            "9223372036854775807",
            "99999999999999999999999",
            "1e3",
            &long,
        ] {
            let target = path(route, value);
            assert_refused(&SITE.get(&target), &[404], &target);
        }
        for value in ["%00", "a%00b", "%", "%zz", "%ff", "%c3%28"] {
            let target = path(route, value);
            assert_refused(&SITE.get(&target), &[400], &target);
        }
        let mut target = path(route, "a").into_bytes();
        target.extend_from_slice(b"\xff\xfe");
        assert_refused(&SITE.get(&target), &[400], "bytes that are not UTF-8");
    }
}

#[test]
fn queries_that_make_no_sense_name_the_field() {
    let paged: Vec<String> =
        ["/search", "/api/v1/search", "/sections/libs", "/maintainers/1", "/virtual/awk"]
            .map(str::to_owned)
            .into_iter()
            .chain(["/packages/libc6/dependents".to_owned(), "/api/v1/packages/libc6/dependents".to_owned()])
            .collect();
    for target in &paged {
        for page in ["0", "1000001", "-1", "abc", "1.5", "18446744073709551616", "%201", "", "%F0%9F%8E%88"] {
            let target = format!("{target}?q=the&page={page}");
            let answer = SITE.get(&target);
            // Left empty it is not given.
            if page.is_empty() && answer.status == 200 {
                continue;
            }
            assert_refused(&answer, &[422], &target);
            assert!(answer.body.contains("\"page\""), "{answer:?}");
        }
        assert_eq!(
            SITE.get(format!("{target}?q=the&page=1000000")).status,
            200,
            "a page behind the last is empty"
        );
        for query in ["%", "q=%f", "page=%ff", "q=a%00b", "%00=1"] {
            let target = format!("{target}?{query}");
            assert_refused(&SITE.get(&target), &[400], &target);
        }
    }
    for kind in ["", "DEPENDS", "needs", "%F0%9F%8E%88", "depends%20"] {
        let answer = SITE.get(format!("/api/v1/packages/libc6/dependents?kind={kind}"));
        if kind.is_empty() && answer.status == 200 {
            continue;
        }
        assert_refused(&answer, &[422], kind);
    }
    assert_refused(&SITE.get("/api/v1/search"), &[422], "no words");
    assert_refused(&SITE.get("/api/v1/search?q=%20"), &[422], "no words");
}

#[test]
fn any_words_can_be_searched_for() {
    let long = "x".repeat(5000);
    let many = "a+".repeat(2500);
    for words in [
        "%27",
        "%22",
        "%22unclosed",
        "%26+%7C+%21+%28",
        "-",
        "--",
        "or",
        "%5C",
        "%25",
        "_",
        "%3Ascript%3E",
        "%F0%9F%8E%88",
        "%C3%BC",
        "%EE%80%80",
        "%3Cscript%3E",
        "the",
        "1",
        &long,
        &many,
    ] {
        for target in ["/search", "/api/v1/search"] {
            let target = format!("{target}?q={words}&section=none&tag=none");
            assert_eq!(SITE.get(&target).status, 200, "{target}");
            let target = target.replace("&section=none&tag=none", "&section=&tag=");
            let answer = SITE.get(&target);
            assert_eq!(answer.status, 200, "{target}");
            assert!(!answer.body.contains("<script>"), "{target}");
        }
    }
}

#[test]
fn nothing_is_changed_by_asking() {
    for route in routes() {
        let target = path(route, "libc6");
        for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            assert_refused(&SITE.ask(method, &target), &[405], &format!("{method} {target}"));
        }
    }
}

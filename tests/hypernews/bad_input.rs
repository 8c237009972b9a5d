//! Everything a client can get wrong with each route of the site: a 4xx that says what, never a 500.

use std::collections::{BTreeMap, BTreeSet};

use hyperdjango::App;
use hyperdjango::routing::{FlatRoute, Verb};
use serde_json::json;

use crate::client::{Answer, Client};
use crate::served::{Served, Site};

const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn routes() -> &'static [FlatRoute] {
    Site::tree().routes
}

/// The path of a route, with these in place of its parameters.
pub(crate) fn path(route: &FlatRoute, id: &str, name: &str) -> String {
    route.path().replace("{id}", id).replace("{name}", name)
}

fn is_api(route: &FlatRoute) -> bool {
    route.prefix() == "/api/v1"
}

/// Routes that read a body, and of which type.
fn with_bodies() -> impl Iterator<Item = (&'static FlatRoute, &'static str)> {
    let writes = routes().iter().filter(|route| route.def.verb != Verb::Get && route.path() != "/logout");
    writes.map(|route| (route, if is_api(route) { JSON } else { FORM }))
}

/// That it is a client's error of this status, with a body that says more than that.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, what: &str) -> String {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    let json = answer.json();
    assert_eq!(json["status"], status, "{what}");
    let detail = json["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.len() > 10 && detail.ends_with('.'), "{what}: {detail}");
    detail
}

fn site() -> (Served, Client) {
    let served = Served::on(hyper_tests::postgres().url(), &[("MAX_BODY_SIZE", "100000")]);
    let client = served.client_of(1);
    (served, client)
}

#[test]
fn every_route_refuses_the_methods_it_has_not() {
    let (_served, mut client) = site();
    let mut allowed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for route in routes() {
        allowed.entry(path(route, "7", "ada")).or_default().insert(route.def.verb.as_str());
    }
    for (path, mut verbs) in allowed {
        if verbs.contains("GET") {
            verbs.insert("HEAD");
        }
        verbs.insert("OPTIONS");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"] {
            if verbs.contains(method) {
                continue;
            }
            let answer = client.ask(method, &path, None, "");
            let detail = assert_refused(&answer, 405, &format!("{method} {path}"));
            assert!(detail.contains(method) && detail.contains(&path), "{detail}");
            let allow: BTreeSet<_> = answer.header("allow").unwrap().split(", ").collect();
            assert_eq!(allow, verbs, "{path}");
        }
        let answer = client.ask("OPTIONS", &path, None, "");
        assert_eq!(answer.header("allow").unwrap().split(", ").collect::<BTreeSet<_>>(), verbs);
        for unknown in [format!("{path}/nowhere/at/all"), format!("/%00{path}"), format!("/nowhere{path}")] {
            let answer = client.get(&unknown);
            assert!(matches!(answer.status, 400 | 404), "{unknown}: {answer:?}");
            assert_refused(&answer, answer.status, &unknown);
        }
    }
}

#[test]
fn ids_that_are_nobodys_are_404_and_say_why() {
    let (_served, mut client) = site();
    let long = "9".repeat(3000);
    for route in routes().iter().filter(|route| route.path().contains("{id}")) {
        let kind = with_bodies().find(|(other, _)| std::ptr::eq(*other, route)).map(|(_, kind)| kind);
        let body = match kind {
            Some(JSON) => r#"{"body": "x", "up": true}"#,
            Some(_) => "body=x&value=1",
            None => "",
        };
        let method = route.def.verb.as_str();
        for id in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
            let target = path(route, id, "");
            let answer = client.ask(method, &target, kind, body);
            assert_refused(&answer, 404, &format!("{method} {target}"));
        }
        for id in
            ["9223372036854775808", "abc", "1.0", "1e3", "+1", "0x1", "1%20", "%C3%BC", "NaN", "-", &long]
        {
            let target = path(route, id, "");
            let detail = assert_refused(&client.ask(method, &target, kind, body), 404, &target);
            assert!(detail.contains("is not a valid `id`: it should be a `i64`"), "{detail}");
        }
        for (id, what) in [("%00", "NUL"), ("1%00", "NUL")] {
            let target = path(route, id, "");
            let detail = assert_refused(&client.ask(method, &target, kind, body), 400, &target);
            assert!(detail.contains("`id`") && detail.contains(what), "{detail}");
        }
    }
    for route in routes().iter().filter(|route| route.path().contains("{name}")) {
        let long = "n".repeat(7000);
        for name in
            ["nobody-of-that-name", "%C3%BC%F0%9F%8E%88", "..%2F..", "a%2Fb", "%27%20OR%201=1", "%25", &long]
        {
            let target = path(route, "", name);
            assert_refused(&client.get(&target), 404, &target);
        }
        assert_refused(&client.get(path(route, "", "a%00b")), 400, "NUL in a name");
    }
}

#[test]
fn malformed_encodings_are_400_everywhere() {
    let (_served, mut client) = site();
    for route in routes() {
        let method = route.def.verb.as_str();
        for bad in ["%", "%f", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%c0%80"] {
            if route.path().contains('{') {
                let target = path(route, bad, bad);
                assert_refused(&client.ask(method, &target, None, ""), 400, &target);
            }
        }
        let mut target = path(route, "1", "ada").into_bytes();
        target.extend_from_slice(b"\xff\xfe");
        assert_refused(&client.ask(method, &target, None, ""), 400, "bytes that are not UTF-8");
    }
    // Those that read their query.
    for path in [
        "/",
        "/new",
        "/rising",
        "/top",
        "/controversial",
        "/search",
        "/posts/1",
        "/login",
        "/signup",
        "/api/v1/posts",
    ] {
        for bad in ["%", "q=%f", "after=%zz", "after=%ff", "next=%c3%28", "order=%00", "q=a%00b", "%00=1"] {
            let target = format!("{path}?{bad}");
            let detail = assert_refused(&client.get(&target), 400, &target);
            assert!(detail.starts_with("The query string "), "{detail}");
        }
    }
}

#[test]
fn queries_that_make_no_sense_name_the_field() {
    let (served, mut client) = site();
    let name = served.value("SELECT name FROM users WHERE id = 1");
    let (posts, comments) = (format!("/users/{name}"), format!("/users/{name}/comments"));
    for path in
        ["/", "/new", "/rising", "/top", "/controversial", "/search", &posts, &comments, "/api/v1/posts"]
    {
        for bad in [
            "abc",
            "1.5",
            "9223372036854775808",
            "-9223372036854775809",
            "%201",
            "0x10",
            "1,2",
            "%F0%9F%8E%88",
        ] {
            let message = client.get(format!("{path}?q=the&after={bad}")).wrong("after");
            assert!(message.len() > 10, "{message}");
        }
        let twice = client.get(format!("{path}?q=the&after=1&after=2"));
        assert!(twice.status == 422 || twice.status == 200, "{twice:?}");
        // Numbers of rows that are not there: an empty page, or a 404 where the row is needed.
        for id in ["0", "-1", "9223372036854775807", "-9223372036854775808"] {
            let answer = client.get(format!("{path}?q=the&after={id}"));
            assert!(matches!(answer.status, 200 | 404), "{path} {id}: {answer:?}");
        }
    }
    assert_eq!(client.get("/api/v1/posts?order=").status, 200);
    for order in ["hottest", "HOT", "hot%20", "%27"] {
        let message = client.get(format!("/api/v1/posts?order={order}")).wrong("order");
        assert!(message.contains("it is one of hot, new, rising, top, controversial"), "{message}");
    }
    let message = client.get("/posts/1?comments=best").wrong("comments");
    assert!(message.contains("discussed, newest or oldest"), "{message}");
    let long = "w".repeat(7000);
    for q in [&long, "%F0%9F%8E%88", "%25%5F%5C", "a+b+c+d+e+f+g"] {
        assert_eq!(client.get(format!("/search?q={q}")).status, 200);
    }
}

#[test]
fn bodies_that_are_not_what_they_say() {
    let (_served, mut client) = site();
    for (route, kind) in with_bodies() {
        let (method, target) = (route.def.verb.as_str(), path(route, "1", ""));
        let mut send = |kind: Option<&str>, body: &[u8]| client.ask(method, &target, kind, body);
        let other = if kind == JSON { FORM } else { JSON };
        for wrong in [other, "text/plain", "multipart/form-data; boundary=x", "application/jsonx", "ü", ";;;"]
        {
            let detail = assert_refused(&send(Some(wrong), b"{}"), 415, &target);
            assert!(detail.contains(kind), "{detail}");
        }
        assert_refused(&send(None, b""), 415, &target);
        assert_refused(&send(None, b"{}"), 415, &target);
        let detail = assert_refused(&send(Some(kind), &[b' '; 100_001]), 413, &target);
        assert!(detail.contains("100000 bytes"), "{detail}");
        if kind == JSON {
            for bad in [
                &b""[..],
                b"{",
                b"nonsense",
                b"{\"up\": true,}",
                b"{\"up\" true}",
                b"{\"body\": \"\xff\"}",
                b"{\"body\": \"\\ud800\"}",
                b"{\"body\": \"a\nb\"}",
                b"{\"body\": \"\\u00\"}",
                b"{} {}",
                b"\0",
                &[b'['; 50_000],
                &b"{\"a\":".repeat(10_000),
            ] {
                let answer = send(Some(kind), bad);
                assert!(
                    matches!(answer.status, 400 | 422),
                    "{target} {:?}: {answer:?}",
                    String::from_utf8_lossy(&bad[..bad.len().min(40)])
                );
                assert_refused(&answer, answer.status, &target);
            }
            for bad in ["[]", "null", "1", "\"text\"", "[1, 2, 3, 4, 5]"] {
                let answer = send(Some(kind), bad.as_bytes());
                assert_refused(&answer, 422, &format!("{target} {bad}"));
            }
        } else {
            for bad in ["body=%", "title=%zz", "body=%ff", "name=a%00b", "%00=1", "next=\0"] {
                let detail = assert_refused(&send(Some(kind), bad.as_bytes()), 400, &target);
                assert!(detail.starts_with("The form "), "{detail}");
            }
            assert_refused(&send(Some(kind), b"body=\xff\xfe"), 400, &target);
        }
    }
}

#[test]
fn fields_of_a_wrong_type_or_value_are_named() {
    let (served, mut client) = site();
    let other = served.value("SELECT id FROM posts WHERE author_id <> 1 LIMIT 1");
    let (posts, comments, vote) =
        ("/api/v1/posts", format!("/api/v1/posts/{other}/comments"), format!("/api/v1/posts/{other}/vote"));
    let long = "t".repeat(3000);
    for (method, target, body, field) in [
        ("POST", posts, json!({"title": 5, "body": "x"}), "title"),
        ("POST", posts, json!({"title": null, "body": "x"}), "title"),
        ("POST", posts, json!({"title": ["x"], "body": "x"}), "title"),
        ("POST", posts, json!({"body": "no title"}), "title"),
        ("POST", posts, json!({"title": "  ", "body": "blank title"}), "title"),
        ("POST", posts, json!({"title": long, "body": "x"}), "title"),
        ("POST", posts, json!({"title": "a\0b", "body": "x"}), "title"),
        ("POST", posts, json!({"title": "x", "body": "a\0b"}), "body"),
        ("POST", posts, json!({"title": "x", "body": "b".repeat(20_001)}), "body"),
        ("POST", posts, json!({"title": "x", "url": "https://a.example/\0"}), "url"),
        ("POST", posts, json!({"title": "x", "url": "nowhere"}), "url"),
        ("POST", posts, json!({"title": "x", "url": format!("https://a.example/{long}")}), "url"),
        ("POST", posts, json!({"title": "x"}), "url"),
        ("POST", posts, json!({}), "url"),
        ("POST", &comments, json!({}), "body"),
        ("POST", &comments, json!({"body": 5}), "body"),
        ("POST", &comments, json!({"body": ""}), "body"),
        ("POST", &comments, json!({"body": "a\0b"}), "body"),
        ("POST", &comments, json!({"body": "c".repeat(10_001)}), "body"),
        ("POST", &comments, json!({"body": "x", "parent": "1"}), "parent"),
        ("POST", &comments, json!({"body": "x", "parent": 1.5}), "parent"),
        ("POST", &comments, json!({"body": "x", "parent": 0}), "parent"),
        ("POST", &comments, json!({"body": "x", "parent": -1}), "parent"),
        ("POST", &comments, json!({"body": "x", "parent": i64::MAX}), "parent"),
        ("POST", &comments, json!({"body": "x", "parent": i64::MAX as u64 + 1}), "parent"),
        ("PUT", &vote, json!({"up": 1}), "up"),
        ("PUT", &vote, json!({"up": "true"}), "up"),
        ("PUT", &vote, json!({"up": []}), "up"),
    ] {
        let answer = client.json(method, target, &body);
        let shown: String = body.to_string().chars().take(60).collect();
        assert_eq!(answer.status, 422, "{method} {target} {shown}: {answer:?}");
        assert!(answer.wrong(field).len() > 5, "{shown}");
        assert!(answer.body.len() < 5000, "{shown}: the answer repeats what was sent");
    }
    // A vote of nothing at all is not one that is taken back.
    assert!(client.json("PUT", &vote, &json!({})).wrong("up").contains("required"));

    let vote = format!("/posts/{other}/vote");
    for (fields, field) in [
        (vec![("value", "2")], "value"),
        (vec![("value", "")], "value"),
        (vec![("value", "up")], "value"),
        (vec![("value", "128")], "value"),
        (vec![("value", "9".repeat(3000).leak() as &str)], "value"),
        (vec![("next", "/")], "value"),
        (vec![("value", "1"), ("value", "-1")], "value"),
    ] {
        let answer = client.form(&vote, &fields);
        assert!(answer.wrong(field).len() > 5, "{fields:?}");
    }
    for target in ["/login", "/signup"] {
        let password = "p".repeat(90_000);
        for (name, password) in
            [("", ""), ("x", &*password), ("\u{202e}evil", "long enough"), ("ü", "long enough")]
        {
            let answer = served.client().form(target, &[("name", name), ("password", password)]);
            assert_eq!(answer.status, 422, "{target} {name:?}: {answer:?}");
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        }
    }
    served.assert_counted();
}

#[test]
fn errors_are_pages_for_who_wants_pages() {
    let (_served, mut client) = site();
    client.accept = Some("text/html,application/xhtml+xml,*/*;q=0.8");
    for (method, target, status, says) in [
        ("GET", "/nowhere", 404, "There is no page at `/nowhere`."),
        ("GET", "/posts/0", 404, "does not exist"),
        ("GET", "/posts/abc", 404, "`abc` is not a valid `id`"),
        ("GET", "/?after=abc", 422, "<dt>after</dt>"),
        ("GET", "/search?q=%00", 400, "NUL"),
        ("DELETE", "/", 405, "it allows GET, HEAD, OPTIONS"),
        ("POST", "/submit", 415, "The content type should be"),
        ("GET", "/api/v1/posts?order=x", 422, "<dt>order</dt>"),
    ] {
        let answer = client.ask(method, target, None, "");
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some("text/html; charset=utf-8"))
        );
        assert!(answer.body.contains(says), "{target}: {}", answer.body);
    }
}

//! Errors of the site's own, and in the form that each client prefers.

use serde_json::json;

use super::Served;
use super::site::OwnSite;

const HTML: &str = "accept: text/html,application/xhtml+xml,*/*;q=0.8";
const PROBLEM: &str = "accept: application/problem+json, application/json";

#[test]
fn a_derived_error_has_status_sentence_code_and_fields() {
    let served = Served::new("false");
    for (kind, expected) in [
        ("7", json!({"detail": "no note 7", "status": 404, "code": "not_found"})),
        (
            "taken",
            json!({"detail": "`<b>` is taken", "status": 409, "code": "text_taken",
                "errors": {"text": ["`<b>` is taken"]}}),
        ),
        (
            "invalid",
            json!({"detail": "The note is not valid.", "status": 422, "code": "invalid",
                "errors": {"text": ["Too short."]}}),
        ),
        ("shop", json!({"detail": "The shop does not answer.", "status": 502, "code": "shop"})),
        // The status of the cause: the ORM's, the database's, and of one that has none.
        ("9x", json!({"detail": "Something went wrong on our side.", "status": 500})),
        ("sql", json!({"detail": "Something went wrong on our side.", "status": 500})),
    ] {
        let answer = served.get(&format!("/notes/{kind}"), &[]);
        assert_eq!(answer.error(), expected, "{kind}");
    }
    assert_eq!(served.get("/notes/9", &[]).status, 200);
    assert_eq!(served.get("/notes/shop", &[]).header("retry-after"), Some("5"));
}

#[test]
fn problem_json_is_for_those_who_ask() {
    let served = Served::new("false");
    let answer = served.get("/notes/taken", &[PROBLEM]);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("vary"), Some("accept"));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let expected = json!({"type": "about:blank", "title": "Conflict", "detail": "`<b>` is taken", "status": 409,
        "code": "text_taken", "errors": {"text": ["`<b>` is taken"]}});
    assert_eq!(body, expected);
    assert_eq!(served.get("/nowhere", &[PROBLEM]).header("content-type"), Some("application/problem+json"));
    assert_eq!(served.get("/nowhere", &[HTML]).header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(served.get("/nowhere", &[]).header("content-type"), Some("application/json"));

    let always = Served::start::<super::Site>("false", &[("PROBLEM_JSON", "true")]);
    assert_eq!(always.get("/nowhere", &[]).header("content-type"), Some("application/problem+json"));
    assert_eq!(always.get("/nowhere", &[HTML]).header("content-type"), Some("text/html; charset=utf-8"));
}

#[test]
fn a_site_answers_in_its_own_way() {
    let served = Served::start::<OwnSite>("false", &[]);
    // From within the framework answers; the status is the error's unless another is said.
    assert_eq!(served.get("/nowhere", &[]).detail(), "inner");
    let refused = served.ask("PUT", "/table", &["content-length: 0"]);
    assert_eq!((refused.status, refused.body.as_str()), (405, "own 405"));
    assert_eq!(refused.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(refused.header("vary"), Some("accept"));
    let taken = served.get("/notes/taken", &[]);
    assert_eq!((taken.status, taken.body.as_str()), (418, "own true"));
    let shop = served.get("/notes/shop", &[]);
    assert_eq!((shop.status, shop.body.as_str(), shop.header("retry-after")), (502, "own 502", Some("5")));
    // One that panics costs nothing but itself.
    assert_eq!(served.get("/notes/invalid", &[]).detail(), "The note is not valid.");
    let panicked = served.get("/panics", &[HTML]);
    assert_eq!((panicked.status, panicked.body.as_str()), (500, "own 500"));
    assert_eq!(served.get("/broken/1", &[]).body, "own 500");
}

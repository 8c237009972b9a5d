//! Streams, events, and the small answers.

use super::Served;

#[test]
fn streams_come_whole_or_are_cut() {
    let served = Served::new("false");
    let numbers = served.get("/numbers", &[]);
    assert_eq!((numbers.body.as_str(), numbers.header("content-type")), ("1\n2\n3\n", Some("text/plain")));
    let mut client = served.connect();
    client.send("GET /half HTTP/1.1\r\nhost: t\r\n\r\n");
    let half = String::from_utf8(client.rest()).unwrap();
    assert!(!half.ends_with("0\r\n\r\n"), "{half}");
}

#[test]
fn rows_are_streamed_as_json() {
    let served = Served::new("false");
    let export = served.get("/notes.json", &[]);
    assert_eq!(export.header("content-type"), Some("application/json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&export.body).unwrap();
    assert_eq!((rows.len(), &rows[4999]["text"]), (5000, &"note 5000".into()));
}

#[test]
fn events_go_on_behind_the_last_that_was_seen() {
    let served = Served::new("false");
    let all = served.get("/events", &[]);
    assert_eq!(all.header("content-type"), Some("text/event-stream"));
    assert_eq!(all.header("cache-control"), Some("no-cache"));
    assert!(all.body.starts_with("event: news\nid: 1\ndata: no 1\ndata: <b>\n\n"), "{}", all.body);
    assert_eq!(all.body.matches("id: ").count(), 3);
    let rest = served.get("/events", &["last-event-id: 2"]);
    assert_eq!(rest.body, "event: news\nid: 3\ndata: no 3\ndata: <b>\n\n");
    assert_eq!(served.get("/events", &["last-event-id: \u{fc}\u{0}x"]).status, 400);
    assert_eq!(served.get("/events", &["last-event-id: \u{fc}x"]).body.matches("id: ").count(), 3);
}

#[test]
fn redirects_lead_to_safe_places() {
    let served = Served::new("false");
    for (next, expected) in [
        ("/notes/7%3Fa=b", "/notes/7?a=b"),
        ("https://app.example/x", "https://app.example/x"),
        ("https://evil.example/x", "/welcome"),
        ("//evil.example", "/welcome"),
        ("/%5Cevil.example", "/welcome"),
        ("javascript:alert(1)", "/welcome"),
        ("/%0D%0Aset-cookie:a=b", "/welcome"),
        ("/%09/evil.example", "/welcome"),
        ("https://app.example%40evil.example", "/welcome"),
    ] {
        let answer = served.get(&format!("/go?next={next}"), &[]);
        assert_eq!((answer.status, answer.header("location")), (302, Some(expected)), "{next}");
    }
}

#[test]
fn small_answers() {
    let served = Served::new("false");
    let made = served.ask("POST", "/made", &["content-length: 0"]);
    assert_eq!((made.status, made.header("location"), made.body.as_str()), (201, Some("/notes/7"), "[7]"));
    assert_eq!(served.ask("POST", "/done", &["content-length: 0"]).status, 204);
    let fields = served.get("/fields", &[]);
    assert_eq!(
        (fields.status, fields.header("cache-control"), fields.header("x-note")),
        (202, Some("no-store"), Some("1"))
    );
    assert_eq!(served.get("/wrong-fields", &[]).status, 500);
}

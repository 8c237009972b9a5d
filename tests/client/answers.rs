//! What a client sends, keeps and says of an answer.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use hyperdjango::http::Signer;
use hyperdjango::prelude::*;
use hyperdjango::test::{Client, Multipart};

use crate::site::{Seen, Site, add, events, fails, never, panics, people, redirect, round, seen};

/// What a piece of a test that fails says.
async fn failure<T>(work: impl Future<Output = T>) -> String {
    let Err(panic) = AssertUnwindSafe(work).catch_unwind().await else { panic!("it did not fail") };
    panic
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).to_owned())
}

#[hyperdjango::test]
async fn requests_have_what_they_were_given(client: Client<Site>) {
    let client = client.header("x-test", "client");
    let seen_by =
        async |request: hyperdjango::test::ClientRequest<'_, Site>| request.await.expect(200).json::<Seen>();
    let form = seen_by(client.post(seen::url()).query("a b", "ü").form(&[("x", "1 2"), ("x", "&")])).await;
    assert_eq!((form.method.as_str(), form.target.as_str()), ("POST", "/seen?a+b=%C3%BC"));
    assert_eq!((form.body.as_str(), form.test.as_deref()), ("x=1+2&x=%26", Some("client")));
    assert_eq!(form.kind.as_deref(), Some("application/x-www-form-urlencoded"));
    let json = seen_by(client.post("/seen").header("x-test", "own").json(&[1, 2])).await;
    assert_eq!((json.body.as_str(), json.test.as_deref()), ("[1,2]", Some("own")));
    let parts = Multipart::new().text("a", "b").file("f", "f.txt", "text/plain", "bytes");
    let multipart = seen_by(client.post("/seen").multipart(parts)).await;
    assert!(multipart.kind.unwrap().starts_with("multipart/form-data; boundary="));
    assert!(multipart.body.contains("filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n"));
    assert_eq!(seen_by(client.another().post("/seen")).await.test, None);
    client.get("/%zz").await.expect(400);
    client.post("/seen").body("text/plain", vec![b'x'; 11 << 20]).await.expect(413);
}

#[hyperdjango::test]
async fn heads_and_options_have_no_body(client: Client<Site>) {
    let head = client.head(people::url()).await.expect(200);
    assert_eq!(
        (head.bytes().len(), head.header("content-length")),
        (0, Some(r#"["admin"]"#.len().to_string().as_str()))
    );
    let options = client.options(people::url()).await.expect(204);
    assert_eq!((options.bytes().len(), options.header("allow")), (0, Some("GET, HEAD, POST, OPTIONS")));
    client.delete(people::url()).await.expect(405);
    client.request(Method::TRACE, people::url()).await.expect(405);
}

#[hyperdjango::test]
async fn redirects_are_followed_when_asked(client: Client<Site>) {
    let post =
        |status: u16, to: &str| client.post(redirect::url(status)).header("x-to", to).body("text/x", "y");
    for (status, expected) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")] {
        let first = post(status, "../seen?q").await.expect(status).expect_redirect("../seen?q");
        assert!(first.redirects().is_empty());
        let answer = post(status, "../seen?q").follow().await.expect(200);
        assert_eq!(answer.url(), "/seen?q");
        assert_eq!(answer.redirects(), [(status, "/seen?q".to_owned())]);
        if expected == "GET" {
            assert_eq!(answer.text(), "GET /seen?q None", "{status}");
        } else {
            let seen: Seen = answer.json();
            assert_eq!((seen.method.as_str(), seen.body.as_str()), ("POST", "y"), "{status}");
            assert_eq!(seen.cookies, [("way".to_owned(), status.to_string())], "cookies go along");
        }
    }
    post(302, "http://testserver/seen#part").follow().await.expect(200).expect_text("GET /seen None");
    let elsewhere = post(302, "https://example.org/").follow().await.expect(302);
    assert!(elsewhere.redirects().is_empty());
    let lost = failure(async { client.get("/people").await.expect_redirect("/login") }).await;
    assert!(
        lost.contains("expected a redirect to /login, not this:\nGET /people was answered 200 OK"),
        "{lost}"
    );
    let round = failure(async { client.get(round::url()).follow().await }).await;
    assert!(round.contains("more than 20 redirects"), "{round}");
}

#[hyperdjango::test]
async fn cookies_are_kept_and_can_be_given(client: Client<Site>) {
    client.post(redirect::url(302)).header("x-to", "/seen").await;
    assert_eq!(client.cookie("way").as_deref(), Some("302"));
    client.set_cookie("theme", "dark");
    client.set_cookie_of(&Cookie::new("hidden", "1").path("/elsewhere"));
    client.set_signed_cookie("session", "purpose", "7");
    let sent = client.post(seen::url()).await.json::<Seen>().cookies;
    assert_eq!(sent[..2], [("way".into(), "302".into()), ("theme".into(), "dark".into())]);
    let signed = &sent[2];
    let key = b"the secret key of the tests, which is no secret at all";
    assert_eq!((signed.0.as_str(), Signer::new(key, "purpose").verify(&signed.1)), ("session", Ok("7")));
    assert!(client.another().post(seen::url()).await.json::<Seen>().cookies.is_empty());
    client.remove_cookie("way");
    client.set_cookie_of(&Cookie::removal("theme"));
    assert_eq!(client.post(seen::url()).await.json::<Seen>().cookies.len(), 1);
    client.clear_cookies();
    assert!(client.post(seen::url()).await.json::<Seen>().cookies.is_empty());
}

#[hyperdjango::test]
async fn errors_of_fields_are_looked_at(client: Client<Site>) {
    let wrong = || client.post(add::url()).json("").into_future();
    wrong().await.expect(422).field_error("name", "");
    let said = failure(async { wrong().await.field_error("name", "is too blue") }).await;
    assert!(
        said.contains("expected the error `is too blue` of `name`, not this:\nPOST /people was"),
        "{said}"
    );
    let said = failure(async { wrong().await.field_error("title", "") }).await;
    assert!(said.contains("of `title`"), "{said}");
    let said = failure(async { client.get("/people").await.field_error("title", "") }).await;
    assert!(said.contains("expected errors by field"), "{said}");
}

#[hyperdjango::test]
async fn panics_and_failures_are_500_and_nothing_of_the_cause_is_sent(client: Client<Site>) {
    client.get(panics::url()).await.expect(500).expect_no_text("purpose");
    client.get(fails::url()).await.expect(500).expect_no_text("cause");
}

#[hyperdjango::test]
async fn answers_without_an_end_are_read_in_part_or_given_up(client: Client<Site>) {
    let events = client.get(events::url()).first_bytes(20).await.expect(200);
    assert!(events.text().starts_with("data: 0\n\ndata: 1\n\n"));
    let client = client.another().timeout(Duration::from_millis(50)).body_limit(1000);
    let long = failure(client.get(crate::site::events::url()).into_future()).await;
    assert!(long.contains("the body of GET /events is longer than 1000 bytes"), "{long}");
    let slow = failure(client.get(never::url()).into_future()).await;
    assert!(slow.contains("GET /never was not answered to its end within 50ms"), "{slow}");
}

#[hyperdjango::test]
async fn what_is_not_as_expected_is_shown(client: Client<Site>) {
    let answer = || client.get(people::url()).into_future();
    let said = failure(async { answer().await.json::<u32>() }).await;
    assert!(said.contains("the body is not JSON of a `u32`"), "{said}");
    let said = failure(async { answer().await.expect_text("nobody") }).await;
    assert!(said.contains("expected `nobody` in the body"), "{said}");
    assert!(said.contains("content-type: application/json") && said.contains("[\n  \"admin\"\n]"), "{said}");
    let said = failure(async { client.get("/").header("x\n", "") }).await;
    assert!(said.contains("cannot be the name of a header"), "{said}");
}

#[hyperdjango::test]
async fn answers_are_compared_with_files(client: Client<Site>) {
    client.get(people::url()).await.assert_snapshot("people");
    client.post(add::url()).json("ana").await.assert_snapshot_without("added", &["id"]);
    if std::env::var_os("UPDATE").is_none() {
        let said = failure(async { client.get(people::url()).await.assert_snapshot("people") }).await;
        assert!(said.contains("UPDATE=1") && said.ends_with("+   \"admin\",\n+   \"ana\"\n  ]\n"), "{said}");
    }
}

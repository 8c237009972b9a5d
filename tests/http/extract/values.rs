//! Arguments of handlers when all is well, or may be missing.

use super::site::Served;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn forms_and_json_say_the_same() {
    let served = Served::new(&[]);
    let expected = r#"Ü 3 ["a", "b"] Some("Ana 1970") true Some(1.5)"#;
    let json = r#"{"title":"Ü","pages":3,"tags":["a","b"],"author":{"name":"Ana","born":1970},"draft":true,"price":1.5}"#;
    assert_eq!(served.post("/json", "application/json; charset=UTF-8", json).body, expected);
    assert_eq!(served.post("/json", "application/json", format!("\u{feff}{json}")).body, expected);
    for form in [
        "title=%C3%9C&pages=3&tags=a&tags=b&author.name=Ana&author.born=1970&draft=on&price=1.5",
        "title=%C3%9C&pages=3&tags[]=a&tags[]=b&author[name]=Ana&author[born]=1970&draft=1&price=1.5",
        "title=%C3%9C&pages=3&tags-0=a&tags-1=b&tags-TOTAL_FORMS=2&author-name=Ana&author-born=1970&draft=yes&price=1.5",
    ] {
        assert_eq!(served.post("/form", &format!("{FORM}; charset=utf-8"), form).body, expected, "{form}");
        assert_eq!(served.get(&format!("/query?{form}"), "").body, expected, "{form}");
    }
    assert_eq!(served.post("/form", FORM, "title=&pages=0&price=").body, " 0 [] None false None");
}

#[test]
fn text_and_streams_are_read() {
    let served = Served::new(&[]);
    assert_eq!(served.post("/text", "", "\u{feff}Grüße").body, "Grüße");
    assert_eq!(served.post("/text", "text/plain; charset=\"utf-8\"", "").body, "");
    assert_eq!(served.post("/text", "text/plain; charset=latin1", "a").status, 415);
    let answer = served.post("/text", "text/plain", b"ab\xff");
    assert_eq!(
        (answer.status, answer.detail().as_str()),
        (400, "The body is not UTF-8: the byte at 2 is wrong.")
    );
    assert_eq!(served.post("/stream", "", vec![b'x'; 3 << 20]).body, (3 << 20).to_string());
    assert_eq!(served.post("/stream", "", "").body, "0");
    assert_eq!(served.post("/short", "", "0123456789").body, "10");
    assert_eq!(served.post("/short", "", "0123456789a").status, 413);
    let mut client = served.connect();
    client.send("POST /short HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.detail().as_str()),
        (413, "The body is larger than the 10 bytes accepted here.")
    );
    let small = Served::new(&[("MAX_BODY_SIZE", "5")]);
    assert_eq!(small.post("/stream", "", "123456").status, 413);
}

#[test]
fn what_may_be_missing_or_wrong_is_no_error() {
    let served = Served::new(&[]);
    assert_eq!(served.get("/language", "accept-language: de-CH,de;q=0.9\r\n").body, "de-CH");
    assert_eq!(served.get("/language", "").detail(), "Which language?");
    assert_eq!(served.get("/maybe", "").body, "None Err(401)");
    assert_eq!(
        served.get("/maybe", "accept-language: en\r\nauthorization: Bearer x\r\n").body,
        "Some(\"en\") Ok(\"x\")"
    );
    assert_eq!(served.get("/maybe", "authorization: Basic x\r\n").body, "None Err(400)");
    assert_eq!(served.get("/bearer", "").status, 401);
    assert_eq!(served.get("/bearer", "authorization: bearer abc.def\r\n").body, "abc.def");
    assert_eq!(served.post("/shown-again", FORM, "title=a&pages=1").body, "a 1 [] None false None");
    let again = served.post("/shown-again", FORM, "title=a&pages=many");
    assert_eq!(again.status, 200);
    assert!(
        again.body.starts_with("again: The input is not valid. pages: Expected a whole number"),
        "{again:?}"
    );
}

#[test]
fn middleware_leaves_values_for_handlers() {
    let served = Served::new(&[]);
    assert_eq!(served.get("/tenant/x", "").body, "x acme");
    assert_eq!(served.get("/tenant/none", "").status, 500);
}

#[test]
fn cookies_come_back_as_they_were_set() {
    let served = Served::new(&[]);
    let answer = served.get("/cookies", "");
    assert_eq!(answer.body, "nothing");
    let cookie = answer.header("set-cookie").unwrap();
    assert_eq!(cookie, "seen=nothing%3B%20%C3%BC; Path=/; HttpOnly; SameSite=Lax");
    let sent = cookie.split("; ").next().unwrap();
    assert_eq!(served.get("/cookies", &format!("cookie: other=1; {sent}\r\n")).body, "nothing; ü");
}

#[test]
fn rules_are_answered_with_the_types() {
    let served = Served::new(&[]);
    let answer = served.post(
        "/valid",
        "application/json",
        r#"{"title": "much longer than twenty characters", "pages": "x"}"#,
    );
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.error()["errors"],
        serde_json::json!({
            "pages": ["Invalid type: string \"x\", expected u16."],
            "title": ["Ensure this value has at most 20 characters."],
        })
    );
    let answer = served.get("/valid?title=a&pages=0", "");
    assert_eq!(answer.error()["errors"], serde_json::json!({"pages": ["An article has at least one page."]}));
    assert_eq!(served.get("/valid?title=a&pages=1", "").status, 200);
}

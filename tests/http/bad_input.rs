//! Everything a client can get wrong, and the clear answer to it.

use crate::served::Served;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_body_that_does_not_fit_names_the_field() {
    let served = Served::new();
    for (body, field, message) in [
        (r#"{"score": 1}"#, "title", "This field is required."),
        (r#"{"title": 5, "score": 1}"#, "title", "Invalid type: integer `5`, expected a string."),
        (
            r#"{"title": "a", "score": 2147483648}"#,
            "score",
            "Invalid value: integer `2147483648`, expected i32.",
        ),
        (
            r#"{"title": "a", "score": 1, "tags": ["x", 7]}"#,
            "tags[1]",
            "Invalid type: integer `7`, expected a string.",
        ),
        (
            r#"{"title": "a", "score": 1, "titel": 1}"#,
            "titel",
            "There is no such field: expected one of `title`, `score`, `tags`.",
        ),
        ("[]", "__all__", "Invalid length 0, expected struct NewPost with 3 elements."),
    ] {
        let answer = served.post("/posts", JSON, body);
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.error()["errors"][field][0], message, "{body}");
    }
    for (body, field) in
        [("score=1", "title"), ("title=a&score=x", "score"), ("title=a&score=99999999999", "score")]
    {
        let answer = served.post("/forms", FORM, body);
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.error()["errors"][field][0].is_string(), "{answer:?}");
    }
}

#[test]
fn what_is_no_json_is_400_and_another_type_415() {
    let served = Served::new();
    for body in ["", "{", r#"{"title": "a", "score": 1,}"#, r#"{"title": "\ud800", "score": 1}"#, "\u{0}"] {
        let answer = served.post("/posts", JSON, body);
        assert_eq!(answer.status, 400, "{body} {answer:?}");
        assert!(answer.detail().starts_with("The body is not valid JSON: "), "{answer:?}");
    }
    let answer = served.post("/posts", "text/plain", r#"{"title": "a", "score": 1}"#);
    assert_eq!(answer.status, 415);
    assert_eq!(answer.detail(), "The content type should be `application/json`, and says `text/plain`.");
    assert_eq!(served.post("/forms", JSON, "title=a&score=1").status, 415);
    assert_eq!(
        served.post("/posts", "application/vnd.api+json; charset=utf-8", r#"{"title":"a","score":1}"#).status,
        201
    );
}

#[test]
fn bodies_with_bytes_that_are_not_utf8_are_400() {
    let served = Served::new();
    let mut client = served.connect();
    client.send(
        "POST /posts HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n",
    );
    client.send(b"{\"title\":\"\xff\",\"score\":1} ");
    assert_eq!(client.answer().status, 400);
    for body in ["title=%ff&score=1", "title=%zz&score=1", "title=%00&score=1"] {
        assert_eq!(served.post("/forms", FORM, body).status, 400, "{body}");
    }
}

#[test]
fn unknown_paths_and_methods() {
    let served = Served::new();
    for target in ["/nope", "/posts/1/2", "//", "/api", "/api/v1/users", "/files/"] {
        let answer = served.get(target);
        assert_eq!(answer.status, 404, "{target}");
        assert!(answer.detail().starts_with("There is no page at `"));
    }
    let answer = served.ask("PUT /posts HTTP/1.1\r\nhost: t\r\ncontent-length: 0\r\n\r\n");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")));
    let answer = served.ask("BREW / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
}

#[test]
fn path_parameters_that_are_no_value_are_404_and_nul_is_400() {
    let served = Served::new();
    for target in ["/posts/x", "/posts/2147483648", "/posts/+1", "/posts/1.0", "/posts/%31x", "/posts/-"] {
        let answer = served.get(target);
        assert_eq!(answer.status, 404, "{target}");
        assert!(answer.detail().contains("is not a valid `id`: it should be a `i32`."), "{answer:?}");
    }
    assert_eq!(served.get("/posts/-7").body, "post -7");
    assert_eq!(served.get("/posts/%37").body, "post 7");
    let answer = served.get("/names/a%00b");
    assert_eq!(
        (answer.status, answer.detail()),
        (400, "The path parameter `name` has a NUL character.".to_owned())
    );
}

#[test]
fn malformed_encodings_are_400() {
    let served = Served::new();
    for target in ["/names/%", "/names/%f", "/names/%zz", "/names/%ff", "/names/%c3%28"] {
        assert_eq!(served.get(target).status, 400, "{target}");
    }
    for query in ["page=%", "page=1&tag=%ff", "page=1&%c3=1", "page=1&tag=a%00"] {
        assert_eq!(served.get(&format!("/search?{query}")).status, 400, "{query}");
    }
    for (query, field) in [("", "page"), ("page=x", "page"), ("page=-1", "page"), ("page=4294967296", "page")]
    {
        let answer = served.get(&format!("/search?{query}"));
        assert_eq!(answer.status, 422, "{query}");
        assert!(answer.error()["errors"][field][0].is_string());
    }
    assert_eq!(served.get("/search?page=2&tag=a&tag=%C3%BC").body, r#"page 2 ["a", "ü"]"#);
}

#[test]
fn raw_utf8_in_a_path_is_understood_and_other_bytes_refused() {
    let served = Served::new();
    assert_eq!(served.get("/names/é").body, "é");
    let mut client = served.connect();
    client.send(b"GET /names/\xff HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(client.answer().status, 400);
}

#[test]
fn what_is_not_http_is_400() {
    let served = Served::new();
    for request in
        ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nhost: t\r\nbad header\r\n\r\n"]
    {
        let answer = served.ask(request);
        assert_eq!((answer.status, answer.header("connection")), (400, Some("close")), "{request}");
        assert_eq!(answer.detail(), "The head of the request is not valid HTTP/1.1.");
    }
    let two_lengths = "POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab";
    assert_eq!(served.ask(two_lengths).status, 400);
    let smuggled = "POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: x\r\n\r\n";
    assert_eq!(served.ask(smuggled).status, 400);
}

#[test]
fn errors_are_pages_for_browsers() {
    let served = Served::new();
    let answer = served.ask("GET /nope HTTP/1.1\r\nhost: t\r\naccept: text/html,*/*;q=0.8\r\n\r\n");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.body.contains("<h1>Not Found</h1>"), "{answer:?}");
    let answer =
        served.ask("GET /nope HTTP/1.1\r\nhost: t\r\naccept: text/html;q=0.1, application/json\r\n\r\n");
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn the_cause_of_a_500_is_not_sent() {
    let served = Served::new();
    let answer = served.get("/fails");
    assert_eq!((answer.status, answer.detail()), (500, "Something went wrong on our side.".to_owned()));
}

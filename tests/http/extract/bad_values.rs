//! A table of what clients get wrong: each is a 4xx with a sentence that names the field, or the place.

use super::site::Served;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn bad_json() {
    let served = Served::new(&[]);
    let nested = format!(r#"{{"title": {}1"#, "[".repeat(200));
    let huge = format!(r#"{{"title": "a", "pages": 1{}}}"#, "0".repeat(400));
    for (kind, body, status, expected) in [
        (JSON, &b""[..], 400, "EOF while parsing"),
        (JSON, b"{\"title\": \"a\", \"pages\": 1", 400, "EOF"),
        (JSON, b"{\"title\": \"a\", \"pages\": 1} x", 400, "trailing characters"),
        (JSON, nested.as_bytes(), 400, ", in `title`."),
        (JSON, huge.as_bytes(), 400, "number out of range"),
        (JSON, b"{\"title\": \"a\", \"pages\": 1e999}", 400, ", in `pages`."),
        (JSON, b"{\"title\": \"a\", \"pages\": 1, \"price\": NaN}", 400, ", in `price`."),
        (JSON, b"{\"title\": \"\\ud800\", \"pages\": 1}", 400, ", in `title`."),
        (JSON, b"{\"title\": \"a\xff\", \"pages\": 1}", 400, "It should be in UTF-8."),
        (JSON, b"{\"title\": \"a\0\", \"pages\": 1}", 400, ", in `title`."),
        (JSON, b"\xff\xfe{\0}\0", 400, "It should be in UTF-8."),
        (JSON, b"{'title': 1}", 400, "key must be a string"),
        ("", b"{}", 415, "and says `nothing`"),
        ("text/plain", b"{}", 415, "should be `application/json`, and says `text/plain`"),
        ("application/json; charset=utf-16", b"{}", 415, "the content type says `utf-16`"),
        ("application/jsonp", b"{}", 415, "should be `application/json`"),
    ] {
        let answer = served.post("/json", kind, body);
        assert_eq!(answer.status, status, "{expected} {answer:?}");
        assert!(answer.detail().contains(expected), "{expected} {answer:?}");
    }
}

#[test]
fn deep_json() {
    let served = Served::new(&[]);
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(served.post("/any", JSON, nested(120)).status, 200);
    for levels in [200, 100_000] {
        let answer = served.post("/any", JSON, nested(levels));
        assert_eq!(answer.status, 400);
        assert!(answer.detail().contains("recursion limit exceeded"), "{answer:?}");
    }
    let answer = served.post("/json", JSON, format!(r#"{{"title": {}, "pages": 1}}"#, nested(100_000)));
    assert_eq!(answer.error()["errors"]["title"][0], "Invalid type: sequence, expected a string.");
}

#[test]
fn values_that_do_not_fit() {
    let served = Served::new(&[]);
    for (body, field, sentence) in [
        (r#"{"pages": 1}"#, "title", "This field is required."),
        (r#"{"title": null, "pages": 1}"#, "title", "Invalid type: null, expected a string."),
        (r#"{"title": "a", "pages": 65536}"#, "pages", "Invalid value: integer `65536`, expected u16."),
        (r#"{"title": "a", "pages": -1}"#, "pages", "Invalid value: integer `-1`, expected u16."),
        (r#"{"title": "a", "pages": 1.0}"#, "pages", "Invalid type: floating point `1.0`, expected u16."),
        (
            r#"{"title": "a", "pages": 1e300}"#,
            "pages",
            "Invalid type: floating point `1e+300`, expected u16.",
        ),
        (
            r#"{"title": "a", "pages": 99999999999999999999}"#,
            "pages",
            "Invalid type: floating point `1e+20`, expected u16.",
        ),
        (r#"{"title": "a", "pages": 1, "pages": 2}"#, "pages", "This field is there more than once."),
        (
            r#"{"title": "a", "pages": 1, "tags": "a"}"#,
            "tags",
            "Invalid type: string \"a\", expected a sequence.",
        ),
        (
            r#"{"title": "a", "pages": 1, "tags": ["a", 1]}"#,
            "tags[1]",
            "Invalid type: integer `1`, expected a string.",
        ),
        (r#"{"title": "a", "pages": 1, "author": {"name": "x"}}"#, "author.born", "This field is required."),
        (
            r#"{"title": "a", "pages": 1, "author": []}"#,
            "author",
            "Invalid length 0, expected struct Author with 2 elements.",
        ),
        (
            r#"{"title": "a", "pages": 1, "draft": "true"}"#,
            "draft",
            "Invalid type: string \"true\", expected a boolean.",
        ),
        (r#"null"#, "__all__", "Invalid type: null, expected struct Article."),
    ] {
        let answer = served.post("/json", JSON, body);
        assert_eq!(answer.status, 422, "{body} {answer:?}");
        assert_eq!(answer.error()["errors"], serde_json::json!({field: [sentence]}), "{body}");
    }
    for (form, field, sentence) in [
        ("pages=1", "title", "This field is required."),
        ("title=a&title=b&pages=1", "title", "Expected one value, found 2."),
        ("title[x]=a&pages=1", "title", "Expected one value, found fields below this one."),
        ("title=a&pages=65536", "pages", "Expected a whole number from 0 to 65535, found `65536`."),
        ("title=a&pages=", "pages", "Expected a whole number from 0 to 65535, found ``."),
        ("title=a&pages=1&price=inf", "price", "Expected a number, found `inf`."),
        ("title=a&pages=1&draft=perhaps", "draft", "Expected `true` or `false`, found `perhaps`."),
        ("title=a&pages=1&author.name=x", "author.born", "This field is required."),
        (
            "title=a&pages=1&author.name=x&author.born=old",
            "author.born",
            "Expected a whole number from -2147483648 to 2147483647, found `old`.",
        ),
    ] {
        for answer in [served.post("/form", FORM, form), served.get(&format!("/query?{form}"), "")] {
            assert_eq!(answer.status, 422, "{form} {answer:?}");
            assert_eq!(answer.error()["errors"], serde_json::json!({field: [sentence]}), "{form}");
        }
    }
    let unknown = served.post("/form", FORM, "title=a&pages=1&titel=b");
    assert!(
        unknown.error()["errors"]["titel"][0]
            .as_str()
            .unwrap()
            .starts_with("There is no such field: expected one of")
    );
}

#[test]
fn everything_wrong_is_answered_at_once() {
    let served = Served::new(&[]);
    let fields = ["author.born", "author.name", "draft", "pages", "tags[1]", "title", "x"];
    let body = r#"{"pages": "x", "tags": ["a", 2], "draft": 1, "author": {"name": 1}, "x": 1}"#;
    let answer = served.post("/json", JSON, body);
    let named: Vec<_> = answer.error()["errors"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(named, fields);
    let answer = served.post("/form", FORM, "pages=x&draft=x&author.name=1&author.name=2&x=1");
    let named: Vec<_> = answer.error()["errors"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(named, ["author.born", "author.name", "draft", "pages", "title", "x"]);
}

#[test]
fn bad_forms() {
    let served = Served::new(&[("DATA_UPLOAD_MAX_NUMBER_FIELDS", "3")]);
    for (form, expected) in [
        (
            "title=%",
            "The form has a `%` that is not followed by two hexadecimal digits, in the value of `title`.",
        ),
        (
            "title=%zz",
            "The form has a `%` that is not followed by two hexadecimal digits, in the value of `title`.",
        ),
        ("title=%ff", "The form is not UTF-8 once its percent-encoding is decoded, in the value of `title`."),
        ("title=a%00b", "The form has a NUL character, in the value of `title`."),
        ("a=1&b=2&c=3&d=4", "The form has more than 3 fields."),
    ] {
        let answer = served.post("/form", FORM, form);
        assert_eq!((answer.status, answer.detail().as_str()), (400, expected));
        let answer = served.get(&format!("/query?{form}"), "");
        assert_eq!((answer.status, answer.detail()), (400, expected.replace("form", "query string")));
    }
    let answer = served.post("/form", "application/x-www-form-urlencoded; charset=iso-8859-1", "title=a");
    assert_eq!(answer.status, 415);
    assert_eq!(served.post("/form", JSON, "{}").status, 415);
    let deep = format!("a{}=1", "[a]".repeat(50));
    assert_eq!(served.post("/form", FORM, format!("title=a&pages=1&{deep}")).status, 422);
}

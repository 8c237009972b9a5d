//! The JSON under `/api/v1`, compared with the database.

use serde_json::{Value, json};

use crate::client::Client;
use crate::served::Served;

/// A row as PostgreSQL writes it as JSON, with the names and times as the API has them.
fn row_of(served: &Served, query: &str) -> Value {
    serde_json::from_str(&served.value(&format!("SELECT to_json(r) FROM ({query}) r"))).unwrap()
}

/// That every member of `expected` is in `found` with the same value; times are compared as instants.
#[track_caller]
fn assert_same(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        let found = found.get(name).unwrap_or_else(|| panic!("no {name}: {found}"));
        let same = match (found, value) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::String(a), Value::String(b)) if a != b => {
                let instant = |text: &str| text.parse::<jiff::Timestamp>();
                matches!((instant(a), instant(b)), (Ok(a), Ok(b)) if a == b)
            }
            (a, b) => a == b,
        };
        assert!(same, "{name}: {found} instead of {value}");
    }
}

const POST: &str = "id, title, url, body, ups, downs, score, comments, hot, controversy, rising, created";
const USER: &str = "id, name, about, karma, joined";

#[test]
fn listings_are_the_database_in_its_order() {
    let served = Served::new();
    let client = &mut served.client();
    for (order, column) in [
        ("hot", "hot"),
        ("new", "created"),
        ("rising", "rising"),
        ("top", "score"),
        ("controversial", "controversy"),
    ] {
        let expected = served.sql(&format!("SELECT id FROM posts ORDER BY {column} DESC, id DESC"));
        let mut found: Vec<String> = Vec::new();
        loop {
            let after = found.last().map_or(String::new(), |id| format!("&after={id}"));
            let answer = client.get(format!("/api/v1/posts?order={order}{after}"));
            assert_eq!(answer.status, 200);
            let page = answer.json();
            let page = page.as_array().unwrap();
            if page.is_empty() {
                break;
            }
            let first = &page[0];
            let id = first["id"].as_i64().unwrap();
            assert_same(first, &row_of(&served, &format!("SELECT {POST} FROM posts WHERE id = {id}")));
            let author = row_of(
                &served,
                &format!("SELECT {USER} FROM users WHERE id = (SELECT author_id FROM posts WHERE id = {id})"),
            );
            assert_same(&first["author"], &author);
            found.extend(page.iter().map(|post| post["id"].to_string()));
        }
        assert_eq!(found, expected, "{order}");
    }
    assert_eq!(client.get("/api/v1/posts").body, client.get("/api/v1/posts?order=hot").body);
}

#[test]
fn posts_comments_and_accounts_are_the_rows() {
    let served = Served::new();
    let client = &mut served.client();
    for id in served.sql("SELECT id FROM posts ORDER BY comments DESC LIMIT 5") {
        let post = client.get(format!("/api/v1/posts/{id}")).json();
        assert_same(&post, &row_of(&served, &format!("SELECT {POST} FROM posts WHERE id = {id}")));
        let name = post["author"]["name"].as_str().unwrap();
        let row = row_of(&served, &format!("SELECT {USER} FROM users WHERE name = '{name}'"));
        assert_same(&post["author"], &row);
        assert_same(&client.get(format!("/api/v1/users/{name}")).json(), &row);

        let comments = client.get(format!("/api/v1/posts/{id}/comments")).json();
        let ids = served.sql(&format!("SELECT id FROM comments WHERE post_id = {id} ORDER BY id"));
        let comments = comments.as_array().unwrap();
        assert_eq!(comments.iter().map(|comment| comment["id"].to_string()).collect::<Vec<_>>(), ids);
        for comment in comments {
            let row = row_of(
                &served,
                &format!("SELECT id, body, created FROM comments WHERE id = {}", comment["id"]),
            );
            assert_same(comment, &row);
        }
    }
}

fn log_in(served: &Served, name: &str) -> Client {
    let mut client = served.client();
    let answer = client.form("/signup", &[("name", name), ("password", "correct horse")]);
    assert_eq!(answer.status, 303, "{answer:?}");
    client
}

#[test]
fn what_is_written_through_the_api_is_in_the_database() {
    let served = Served::new();
    let (mut ada, mut bob) = (log_in(&served, "ada"), log_in(&served, "bob"));
    let answer =
        ada.json("POST", "/api/v1/posts", &json!({"title": " Ünïcode 🎈 ", "url": "https://a.example/"}));
    assert_eq!(answer.status, 201, "{answer:?}");
    let post = answer.json();
    let id = post["id"].as_i64().unwrap();
    assert_eq!(post["title"], "Ünïcode 🎈");
    assert_eq!(post["body"], Value::Null);
    assert_same(&post, &row_of(&served, &format!("SELECT {POST} FROM posts WHERE id = {id}")));

    let vote = format!("/api/v1/posts/{id}/vote");
    for (up, ups, downs) in [
        (json!(true), 1, 0),
        (json!(true), 1, 0),
        (json!(false), 0, 1),
        (json!(false), 0, 1),
        (json!(null), 0, 0),
    ] {
        let answer = bob.json("PUT", &vote, &json!({"up": up}));
        assert_eq!(answer.status, 200, "{answer:?}");
        let post = answer.json();
        assert_eq!(
            (&post["ups"], &post["downs"], &post["score"]),
            (&json!(ups), &json!(downs), &json!(ups - downs))
        );
        let karma = bob.get("/api/v1/users/ada").json()["karma"].clone();
        assert_eq!(karma, json!(ups - downs));
        served.assert_counted();
    }
    assert_eq!(ada.json("PUT", &vote, &json!({"up": true})).status, 403);

    let comments = format!("/api/v1/posts/{id}/comments");
    let first = bob.json("POST", &comments, &json!({"body": "first"}));
    assert_eq!(first.status, 201, "{first:?}");
    let first = first.json();
    let second = ada.json("POST", &comments, &json!({"body": "second", "parent": first["id"]})).json();
    let expected =
        row_of(&served, &format!("SELECT id, body, created FROM comments WHERE id = {}", second["id"]));
    assert_same(&second, &expected);
    assert_eq!(
        served.value(&format!("SELECT parent_id FROM comments WHERE id = {}", second["id"])),
        first["id"].to_string()
    );
    let answer = ada.json("POST", &comments, &json!({"body": "elsewhere", "parent": 1}));
    assert_eq!(answer.wrong("parent"), format!("Post {id} has no comment 1."));
    let answer = ada.json("POST", &comments, &json!({"body": ""}));
    assert_eq!(answer.wrong("body"), "This field cannot be blank.");
    let answer = ada.json("POST", "/api/v1/posts/999999/comments", &json!({"body": "nowhere"}));
    assert_eq!(answer.status, 404, "{answer:?}");
    assert_eq!(ada.get(&comments).json().as_array().unwrap().len(), 2);
    served.assert_counted();

    // Nobody writes without an account.
    let mut nobody = served.client();
    for (method, target, body) in [
        ("POST", "/api/v1/posts", json!({"title": "x", "body": "x"})),
        ("POST", &*comments, json!({"body": "x"})),
        ("PUT", &*vote, json!({"up": true})),
    ] {
        let answer = nobody.json(method, target, &body);
        assert_eq!((answer.status, answer.json()["detail"].as_str()), (401, Some("Log in first.")));
    }
}

#[test]
fn no_answer_has_a_password_in_it() {
    let served = Served::new();
    let mut client = log_in(&served, "ada");
    assert!(served.value("SELECT password FROM users WHERE name = 'ada'").starts_with("$argon2"));
    let post = client.json("POST", "/api/v1/posts", &json!({"title": "Mine", "body": "x"}));
    let id = post.json()["id"].as_i64().unwrap();
    let comment =
        client.json("POST", &format!("/api/v1/posts/{id}/comments"), &json!({"body": "said"})).json()["id"]
            .clone();
    for target in [
        "/api/v1/posts?order=new".to_owned(),
        format!("/api/v1/posts/{id}"),
        format!("/api/v1/posts/{id}/comments"),
        "/api/v1/users/ada".to_owned(),
        "/".to_owned(),
        "/new".to_owned(),
        "/users/ada".to_owned(),
        "/users/ada/comments".to_owned(),
        format!("/posts/{id}"),
        format!("/comments/{comment}"),
        "/search?q=mine".to_owned(),
        "/submit".to_owned(),
        "/login".to_owned(),
    ] {
        let answer = client.get(&target);
        assert_eq!(answer.status, 200, "{target}");
        assert!(answer.body.contains("ada") || answer.body.contains("said"), "{target} shows nothing of it");
        assert!(!answer.body.contains("$argon2") && !answer.body.contains("\"password\":"), "{target}");
    }
    for form in ["/login", "/signup"] {
        let answer = client.form(form, &[("name", "ada"), ("password", "correct horses")]);
        assert!(answer.status == 422 && !answer.body.contains("$argon2"), "{form}");
    }
    assert!(!post.body.contains("$argon2"));
}

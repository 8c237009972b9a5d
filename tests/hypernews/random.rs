//! Random requests to the routes there are: whatever they say, no answer is a 5xx and none stays out.

use std::cell::RefCell;

use hyperdjango::routing::Verb;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::bad_input::{FORM, routes};
use crate::served::Served;

#[derive(Debug, Clone)]
struct Ask {
    method: &'static str,
    target: Vec<u8>,
    kind: Option<&'static str>,
    body: Vec<u8>,
    user: Option<i64>,
    accept: Option<&'static str>,
}

/// What may stand for a value, some of it right.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<u16>().prop_map(|n| (n % 600).to_string()),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        2 => select(vec!["0", "-1", "1", "true", "null", "9223372036854775807", "9223372036854775808", "", "/", "//e", "hot", "new",
            "discussed", "https://a.example/", "%", "%00", "%ff", "%2f", "..", "<b>", "' OR 1=1", "\\", "$1"])
            .prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => any::<String>(),
        1 => ("[a-z ü%_]", 1..5000_usize).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn key() -> impl Strategy<Value = String> {
    let known = vec![
        "after", "order", "comments", "q", "next", "name", "password", "title", "url", "body", "value", "up",
        "parent",
    ];
    prop_oneof![9 => select(known).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        value().prop_map(Into::into),
    ];
    let tree = leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(key(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(key(), tree, 0..5)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

fn form() -> impl Strategy<Value = String> {
    prop::collection::vec((key(), value()), 0..5)
        .prop_map(|pairs| form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn body(json_expected: bool) -> impl Strategy<Value = (Option<&'static str>, Vec<u8>)> {
    let kinds = vec![None, Some("application/json"), Some(FORM), Some("text/plain")];
    let right = if json_expected {
        json().prop_map(|json| (Some("application/json"), json.to_string().into_bytes())).boxed()
    } else {
        form().prop_map(|form| (Some(FORM), form.into_bytes())).boxed()
    };
    prop_oneof![
        6 => right,
        1 => (select(kinds.clone()), prop::collection::vec(any::<u8>(), 0..200)),
        1 => (select(kinds), json()).prop_map(|(kind, json)| {
            // Cut in the middle.
            let mut bytes = json.to_string().into_bytes();
            bytes.truncate(bytes.len() * 2 / 3);
            (kind, bytes)
        }),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let route = prop::sample::select(routes().iter().collect::<Vec<_>>());
    let method = prop_oneof![
        8 => Just(None),
        1 => select(vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).prop_map(Some)
    ];
    let query = prop_oneof![2 => Just(None), 4 => form().prop_map(Some), 1 => value().prop_map(Some)];
    let who = select(vec![None, Some(1), Some(2), Some(77), Some(-5)]);
    let accept =
        select(vec![None, Some("text/html"), Some("application/json"), Some("*/*;q=0"), Some("nonsense")]);
    let encoded = any::<bool>();
    (route, method, value(), encoded, query, who, accept).prop_flat_map(
        |(route, method, value, encoded, query, user, accept)| {
            let method = method.unwrap_or(route.def.verb.as_str());
            let value = if encoded {
                percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC).to_string()
            } else {
                value
            };
            let mut target = route.path().replace("{id}", &value).replace("{name}", &value);
            if let Some(query) = query {
                target.push('?');
                target.push_str(&query);
            }
            // What would end the request line is another test's business.
            let target: Vec<u8> = target.bytes().filter(|byte| *byte > b' ' && *byte != 0x7f).collect();
            let body = match route.def.verb {
                Verb::Get => Just((None, Vec::new())).boxed(),
                _ => body(route.prefix() == "/api/v1").boxed(),
            };
            body.prop_map(move |(kind, body)| Ask {
                method,
                target: target.clone(),
                kind,
                body,
                user,
                accept,
            })
        },
    )
}

#[test]
fn no_request_is_answered_with_a_fault_of_the_site() {
    let served = Served::new();
    let client = RefCell::new(served.client());
    let config = Config { cases: 400, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let outcome = TestRunner::new(config).run(&ask(), |ask| {
        let client = &mut *client.borrow_mut();
        client.cookies.clear();
        client.cookies.extend(ask.user.map(|user| ("hypernews".to_owned(), crate::served::signed(user))));
        client.accept = ask.accept;
        let answer = client.try_ask(ask.method, &ask.target, ask.kind, &ask.body);
        let answer = answer.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(answer.status < 500, "{answer:?}");
        if answer.status >= 400 && ask.method != "HEAD" {
            prop_assert!(answer.body.len() > 20, "{answer:?}");
        }
        prop_assert!(!answer.body.contains("$argon2"));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    served.assert_counted();
}

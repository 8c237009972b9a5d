//! JSON.

use hyperdjango::orm::functions::json_object;
use hyperdjango::prelude::*;
use serde_json::json;

use super::{Thing, database, ids, same, status};

#[tokio::test]
async fn members_and_items() {
    let db = &database().await;
    same!(db, Thing.data.key("city"), "data -> 'city'");
    same!(db, Thing.data.key("none"), "data -> 'none'");
    same!(db, Thing.maybe_data.key("x"), "maybe_data -> 'x'");
    same!(db, Thing.data.key(Thing.nick), "data -> nick");
    same!(db, Thing.data.key_text("city"), "data ->> 'city'");
    same!(db, Thing.data.key_text("none"), "data ->> 'none'");
    same!(db, Thing.data.key("tags").index(1), "data -> 'tags' -> 1");
    same!(db, Thing.maybe_data.index(-1), "maybe_data -> -1");
    same!(db, Thing.maybe_data.index(7), "maybe_data -> 7");
    same!(db, Thing.data.index(0).key("k"), "data -> 0 -> 'k'");
    same!(db, Thing.data.path(&["deep", "x", "1", "y"]), "data #> '{deep,x,1,y}'");
    same!(db, Thing.data.path::<&str>(&[]), "data #> '{}'");
    same!(db, Thing.data.path_text(&["deep", "x", "1", "y"]), "data #>> '{deep,x,1,y}'");
    same!(db, Thing.data.text(), "data #>> '{}'");
    same!(db, Thing.maybe_data.text(), "maybe_data #>> '{}'");
    same!(db, Thing.data.key("age").cast::<i32>(), "(data -> 'age')::int");
    same!(db, Thing.data.json_type(), "jsonb_typeof(data)");
    same!(db, Thing.maybe_data.json_type(), "jsonb_typeof(maybe_data)");
    same!(db, Thing.data.key("tags").json_length(), "jsonb_array_length(data -> 'tags')");
    assert_eq!(status!(db, Thing.maybe_data.json_length()), 422);
}

#[tokio::test]
async fn conditions() {
    let db = &database().await;
    assert_eq!(ids!(db, Thing.data.key("city").eq(json!("Rome"))), [1]);
    assert_eq!(ids!(db, Thing.data.key("none").eq(json!(null))), [1]);
    assert_eq!(ids!(db, Thing.data.key("none").is_null()), [2, 3, 4]);
    assert_eq!(ids!(db, Thing.data.key_text("city").icontains("ROM")), [1]);
    assert_eq!(ids!(db, Thing.data.key("age").cast::<i64>().gt(40)), [1]);
    assert_eq!(ids!(db, Thing.data.contains(json!({"city": "Rome"}))), [1]);
    assert_eq!(ids!(db, Thing.data.contains(json!(["a"]))), [3]);
    assert_eq!(ids!(db, Thing.data.contains(json!({}))), [1, 2]);
    assert_eq!(ids!(db, !Thing.maybe_data.contains(json!([1]))), [2, 3, 4]);
    assert_eq!(ids!(db, Thing.data.contained_by(json!({"a": 1}))), [2]);
    assert_eq!(ids!(db, Thing.data.contains(Thing.maybe_data)), [0; 0]);
    assert_eq!(ids!(db, Thing.data.has_key("city")), [1]);
    assert_eq!(ids!(db, Thing.data.has_key("a")), [3, 4]);
    assert_eq!(ids!(db, !Thing.maybe_data.has_key("text")), [1, 3, 4]);
    assert_eq!(ids!(db, Thing.data.has_any_keys(&["town", "city"])), [1]);
    assert_eq!(ids!(db, Thing.data.has_any_keys::<&str>(&[])), [0; 0]);
    let owned = [String::from("age"), String::from("city")];
    assert_eq!(ids!(db, Thing.data.has_all_keys(&owned)), [1]);
    assert_eq!(ids!(db, Thing.data.has_all_keys(&["age", "town"])), [0; 0]);
    assert_eq!(ids!(db, Thing.data.json_type().eq("object")), [1, 2]);
}

#[tokio::test]
async fn objects() {
    let db = &database().await;
    same!(
        db,
        json_object((
            ("name", Thing.name),
            ("nick", Thing.nick),
            ("n", Thing.int),
            ("one", 1),
            ("at", Thing.day)
        )),
        "jsonb_build_object('name', name, 'nick', nick, 'n', int, 'one', 1, 'at', day)"
    );
    same!(db, json_object(((Thing.name, true),)), "jsonb_build_object(name, true)");
}

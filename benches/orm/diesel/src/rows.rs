//! The structs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use crate::schema::{comments, fortune, items, people, posts, users, wide, world};

macro_rules! rows {
    ($($table:ident $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)+ })+) => {$(
        #[derive(Queryable, Selectable, Serialize)]
        #[diesel(table_name = $table)]
        #[diesel(check_for_backend(diesel::pg::Pg))]
        pub(crate) struct $name {
            $($(#[$meta])* pub(crate) $field: $type,)+
        }
    )+};
}

rows! {
    users User { id: i64, name: String, karma: i32, }
    posts Post {
        id: i64,
        title: String,
        url: Option<String>,
        #[serde(rename = "author")]
        author_id: i64,
        #[serde(rename = "editor")]
        editor_id: Option<i64>,
        score: i32,
        created: DateTime<Utc>,
        body: String,
    }
    comments Comment { id: i64, #[serde(rename = "post")] post_id: i64, score: i32, body: String, }
    people Person { id: i32, name: String, hair_color: Option<String>, }
    items Item { id: i64, name: String, note: Option<String>, score: i32, views: i64, }
    world World { id: i32, random_number: i32, }
    fortune Fortune { id: i32, message: String, }
    wide Wide {
        id: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64,
        b1: i32, b2: i32, b3: i32, b4: i32, c1: i16, c2: i16,
        d1: bool, d2: bool, d3: bool, d4: bool,
        e1: f64, e2: f64, e3: f64, e4: f64,
        f1: String, f2: String, f3: String, f4: String, f5: String, f6: String, f7: String, f8: String,
        g1: Option<String>, g2: Option<String>, h1: DateTime<Utc>, i1: Uuid,
    }
}

#[derive(Insertable)]
#[diesel(table_name = items)]
pub(crate) struct NewItem {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) score: i32,
}

#[derive(AsChangeset, Default)]
#[diesel(table_name = items)]
pub(crate) struct ItemPatch {
    pub(crate) name: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) score: Option<i32>,
}

//! The structs, read by position and without a check of the types: what `sqlx::query_as!` expands to.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

/// Reads a row, or the part of it that begins with a column.
pub(crate) trait Read: Sized {
    fn read(row: &PgRow, at: usize) -> sqlx::Result<Self>;
}

macro_rules! rows {
    ($($name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)+ })+) => {$(
        #[derive(Serialize)]
        pub(crate) struct $name {
            $($(#[$meta])* pub(crate) $field: $type,)+
        }

        impl Read for $name {
            #[inline]
            fn read(row: &PgRow, at: usize) -> sqlx::Result<Self> {
                let mut next = at..;
                $(let $field = row.try_get_unchecked(next.next().unwrap_or(0))?;)+
                Ok(Self { $($field),+ })
            }
        }

        impl FromRow<'_, PgRow> for $name {
            #[inline]
            fn from_row(row: &PgRow) -> sqlx::Result<Self> {
                Self::read(row, 0)
            }
        }
    )+};
}

rows! {
    User { id: i64, name: String, karma: i32, }
    Post {
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
    Comment { id: i64, #[serde(rename = "post")] post_id: i64, score: i32, body: String, }
    Person { id: i32, name: String, hair_color: Option<String>, }
    Item { id: i64, name: String, note: Option<String>, score: i32, views: i64, }
    World { id: i32, random_number: i32, }
    Fortune { id: i32, message: String, }
    Wide {
        id: i64, a1: i64, a2: i64, a3: i64, a4: i64, a5: i64,
        b1: i32, b2: i32, b3: i32, b4: i32, c1: i16, c2: i16,
        d1: bool, d2: bool, d3: bool, d4: bool,
        e1: f64, e2: f64, e3: f64, e4: f64,
        f1: String, f2: String, f3: String, f4: String, f5: String, f6: String, f7: String, f8: String,
        g1: Option<String>, g2: Option<String>, h1: DateTime<Utc>, i1: Uuid,
    }
}

/// A post with its editor.
pub(crate) struct Edited(pub(crate) Post, pub(crate) Option<User>);

impl FromRow<'_, PgRow> for Edited {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let editor = row.try_get_unchecked::<Option<i64>, _>(8)?;
        Ok(Self(Post::read(row, 0)?, editor.map(|_| User::read(row, 8)).transpose()?))
    }
}

/// The columns of each, in the order they are read.
macro_rules! columns {
    (user) => {
        "u.id, u.name, u.karma"
    };
    (post) => {
        "p.id, p.title, p.url, p.author_id, p.editor_id, p.score, p.created, p.body"
    };
    (item) => {
        "id, name, note, score, views"
    };
    (wide) => {
        "id, a1, a2, a3, a4, a5, b1, b2, b3, b4, c1, c2, d1, d2, d3, d4, e1, e2, e3, e4, \
         f1, f2, f3, f4, f5, f6, f7, f8, g1, g2, h1, i1"
    };
}
pub(crate) use columns;

//! Rows as structs, which borrow their text from what PostgreSQL sent.

use jiff::Timestamp;
use sailfish::TemplateOnce;
use serde::Serialize;
use tokio_postgres::Row;

#[derive(Serialize)]
pub(crate) struct World {
    id: i32,
    random_number: i32,
}

impl From<&Row> for World {
    fn from(row: &Row) -> Self {
        Self { id: row.get(0), random_number: row.get(1) }
    }
}

#[derive(Serialize)]
pub(crate) struct Post<'a> {
    id: i64,
    title: &'a str,
    url: Option<&'a str>,
    author_id: i64,
    score: i32,
    comments: i32,
    created: Timestamp,
    body: &'a str,
}

impl<'a> From<&'a Row> for Post<'a> {
    fn from(row: &'a Row) -> Self {
        Self {
            id: row.get(0),
            title: row.get(1),
            url: row.get(2),
            author_id: row.get(3),
            score: row.get(4),
            comments: row.get(5),
            created: row.get(6),
            body: row.get(7),
        }
    }
}

struct Fortune<'a> {
    id: i32,
    message: &'a str,
}

#[derive(TemplateOnce)]
#[template(path = "fortunes.stpl")]
pub(crate) struct Fortunes<'a> {
    fortunes: Vec<Fortune<'a>>,
}

impl<'a> Fortunes<'a> {
    /// The fortunes of the database and the one that is added, by message.
    pub(crate) fn new(rows: &'a [Row]) -> Self {
        let mut fortunes = Vec::with_capacity(rows.len() + 1);
        fortunes.extend(rows.iter().map(|row| Fortune { id: row.get(0), message: row.get(1) }));
        fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time." });
        fortunes.sort_unstable_by(|a, b| a.message.cmp(b.message));
        Self { fortunes }
    }
}

//! Comparing a query with SQL written by hand: the rows as cells, ours read by our decoders, theirs as PostgreSQL writes them.

use hyperdjango::db::Db;
use hyperdjango::orm;
use hyperdjango::orm::model::{ForeignKey, Model};
use hyperdjango::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};

/// A database, and a connection to it that knows nothing of the ORM.
pub(crate) struct Site {
    pub db: Db,
    by_hand: Client,
}

/// A row, or a part of one, as the cells a table would have for it.
pub(crate) trait Cells {
    const WIDTH: usize;
    fn cells(&self, into: &mut Vec<Value>);
}

impl<T: Cells> Cells for Option<T> {
    const WIDTH: usize = T::WIDTH;

    fn cells(&self, into: &mut Vec<Value>) {
        match self {
            Some(inside) => inside.cells(into),
            None => into.extend(std::iter::repeat_n(Value::Null, T::WIDTH)),
        }
    }
}

/// By way of text, as a value would make an `f64` of an `f32`.
pub(crate) fn cell(value: &impl Serialize, into: &mut Vec<Value>) {
    into.push(serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap());
}

macro_rules! one_cell {
    ($($type:ty $(, $generic:ident: $bound:ident)?;)+) => {$(
        impl$(<$generic: $bound>)? Cells for $type where Self: Serialize {
            const WIDTH: usize = 1;

            fn cells(&self, into: &mut Vec<Value>) {
                cell(self, into);
            }
        }
    )+};
}

one_cell! {
    bool; i16; i32; i64; u64; f32; f64; String; Timestamp; DateTime; Date; Time; Decimal; Uuid; Value;
    ForeignKey<T>, T: Model;
    Vec<T>, T: Serialize;
}

macro_rules! tuple_of_cells {
    ($($($name:ident)+;)+) => {$(
        impl<$($name: Cells),+> Cells for ($($name,)+) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;

            #[expect(non_snake_case)]
            fn cells(&self, into: &mut Vec<Value>) {
                let ($($name,)+) = self;
                $($name.cells(into);)+
            }
        }
    )+};
}

tuple_of_cells! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// The fields of a model, in the order of its table.
macro_rules! cells {
    ($($model:ident: $($field:ident)+;)+) => {$(
        impl crate::queries::same::Cells for $model {
            const WIDTH: usize = [$(stringify!($field)),+].len();

            fn cells(&self, into: &mut Vec<serde_json::Value>) {
                $(crate::queries::same::cell(&self.$field, into);)+
            }
        }
    )+};
}
pub(crate) use cells;

/// Numbers as numbers, whatever they were written as.
fn plain(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.as_i64().is_none() && number.fract() == 0.0 && number.abs() < 9e15 => {
            json!(number as i64)
        }
        _ => value,
    }
}

pub(crate) fn rows_of<T: Cells>(rows: &[T]) -> Vec<Vec<Value>> {
    let row = |row: &T| {
        let mut cells = Vec::with_capacity(T::WIDTH);
        row.cells(&mut cells);
        cells.into_iter().map(plain).collect()
    };
    rows.iter().map(row).collect()
}

/// One row a line.
fn shown(rows: &[Vec<Value>]) -> String {
    if rows.is_empty() {
        return "  (none)".into();
    }
    rows.iter().map(|row| format!("  {}", json!(row))).collect::<Vec<_>>().join("\n")
}

impl Site {
    pub(crate) async fn new(db: Db, url: &str) -> Self {
        let (by_hand, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        by_hand.batch_execute("SET timezone = 'UTC'").await.unwrap();
        Self { db, by_hand }
    }

    /// The rows of hand-written SQL, as PostgreSQL writes them in JSON.
    pub(crate) async fn by_hand(&self, sql: &str) -> Vec<Vec<Value>> {
        let refused = |error: tokio_postgres::Error| -> ! { panic!("{sql}\n{:?}", error.as_db_error()) };
        let statement = self.by_hand.prepare(sql).await.unwrap_or_else(|error| refused(error));
        let types: Vec<Type> = statement.columns().iter().map(|column| column.type_().clone()).collect();
        let names: Vec<_> = (0..types.len()).map(|nth| format!("c{nth}")).collect();
        let cells = types.iter().zip(&names).map(|(ty, name)| match *ty {
            // A program that reads JSON would round them.
            Type::NUMERIC => format!("{name}::text"),
            Type::NUMERIC_ARRAY => format!("{name}::text[]"),
            _ => name.clone(),
        });
        let cells = cells.collect::<Vec<_>>().join(", ");
        let text =
            format!("SELECT json_build_array({cells})::text FROM ({sql}\n) AS by_hand({})", names.join(", "));
        let rows = self.by_hand.query(&text, &[]).await.unwrap_or_else(|error| refused(error));
        let row = |row: tokio_postgres::Row| {
            let cells: Vec<Value> = serde_json::from_str(row.get(0)).unwrap();
            let same = |(cell, ty): (Value, &Type)| match (&cell, ty) {
                (Value::String(at), &Type::TIMESTAMPTZ) => json!(at.parse::<Timestamp>().unwrap()),
                _ => plain(cell),
            };
            cells.into_iter().zip(&types).map(same).collect()
        };
        rows.into_iter().map(row).collect()
    }

    /// Runs a hand-written statement, and says how many rows it changed.
    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        self.by_hand
            .execute(sql, &[])
            .await
            .unwrap_or_else(|error| panic!("{sql}\n{:?}", error.as_db_error()))
    }

    /// Says where the rows of hand-written SQL are not these, in whatever order.
    pub(crate) async fn compare_sorted(&self, what: &str, sql: &str, mut expected: Vec<Vec<Value>>) {
        let mut rows = self.by_hand(sql).await;
        rows.sort_by_key(|row| json!(row).to_string());
        expected.sort_by_key(|row| json!(row).to_string());
        assert!(
            rows == expected,
            "{sql} behind {what}\nours:\n{}\nby hand:\n{}\n",
            shown(&rows),
            shown(&expected)
        );
    }

    /// Says where our rows are not those of the hand-written SQL. The order counts where the SQL says one.
    pub(crate) async fn compare<T: Cells>(&self, ours: &str, rows: orm::Result<Vec<T>>, hand: &str) {
        let rows = rows.map(|rows| rows_of(&rows));
        self.compare_cells(ours, rows, hand).await;
    }

    pub(crate) async fn compare_cells(&self, ours: &str, rows: orm::Result<Vec<Vec<Value>>>, hand: &str) {
        let mut theirs = self.by_hand(hand).await;
        let mut rows = rows.unwrap_or_else(|error| panic!("ours:\n  {ours}\n{error}"));
        if !hand.contains("ORDER BY") {
            rows.sort_by_key(|row| json!(row).to_string());
            theirs.sort_by_key(|row| json!(row).to_string());
        }
        assert!(
            rows == theirs,
            "\nours:\n  {ours}\nby hand:\n  {hand}\nour rows:\n{}\nits rows:\n{}\n",
            shown(&rows),
            shown(&theirs)
        );
    }

    /// That `count` and `exists` are about the same rows.
    pub(crate) fn agree(ours: &str, rows: usize, count: orm::Result<u64>, exists: orm::Result<bool>) {
        let say = |what: &str, error: orm::Error| -> ! { panic!("{what} of {ours}\n{error}") };
        let count = count.unwrap_or_else(|error| say("count", error));
        let exists = exists.unwrap_or_else(|error| say("exists", error));
        assert_eq!((count, exists), (rows as u64, rows > 0), "count and exists of {ours}");
    }
}

/// Compares the rows of a query and how many there are with hand-written SQL, and its constant text with the one written at
/// run time.
macro_rules! same {
    ($site:expr, $query:expr, $hand:expr) => {{
        let query = $query;
        crate::queries::same::rows!($site, query, $hand);
        // In a future of its own, or a test's would be larger than the stack.
        Box::pin(async {
            let ours = query.sql();
            let dynamic = query.dynamic();
            assert_eq!(dynamic.sql(), ours);
            $site.compare(ours, dynamic.all(&$site.db).await, $hand).await;
        })
        .await;
    }};
}
pub(crate) use same;

/// As `same!`, for queries that are not put together at run time.
macro_rules! rows {
    ($site:expr, $query:expr, $hand:expr) => {
        Box::pin(async {
            let query = &$query;
            let db = &$site.db;
            let rows = query.all(db).await;
            if let Ok(rows) = &rows {
                let (count, exists) = (query.count(db).await, query.exists(db).await);
                crate::queries::same::Site::agree(&query.sql(), rows.len(), count, exists);
            }
            $site.compare(&query.sql(), rows, $hand).await;
        })
        .await
    };
}
pub(crate) use rows;

/// Compares the row there is, such as that of `one`, with the row of hand-written SQL.
macro_rules! one {
    ($site:expr, $row:expr, $hand:expr) => {
        Box::pin(async { $site.compare(stringify!($row), $row.await.map(|row| vec![row]), $hand).await })
            .await
    };
}
pub(crate) use one;

/// Compares the row there may be, such as that of `first`, with the rows of hand-written SQL.
macro_rules! maybe {
    ($site:expr, $row:expr, $hand:expr) => {
        Box::pin(async { $site.compare(stringify!($row), $row.await.map(Vec::from_iter), $hand).await }).await
    };
}
pub(crate) use maybe;

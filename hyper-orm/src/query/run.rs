//! Asking the database, for queries that are known by what they say only.

use std::marker::PhantomData;

use hyper_core::db::{DatabaseError, Reader, Sql};

use super::subquery::Select;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::row::{JsonRows, RowReader};
use crate::sql::{Params, Part, Rope, Statement, Text};

/// The query itself, how many rows it has, and whether any.
pub(super) struct All<Q>(PhantomData<Q>);
struct Count<Q>(PhantomData<Q>);
struct Exists<Q>(PhantomData<Q>);

impl<Q: Select> Statement for All<Q> {
    const TABLE: &'static str = "";
    const ROPE: Rope = Q::ROPE;
}

impl<Q: Select> Statement for Count<Q> {
    const TABLE: &'static str = "";
    const ROPE: Rope =
        &[Part::Text("SELECT count(*) FROM ("), Part::Rope(Q::ROPE), Part::Text(") AS \"rows\"")];
}

impl<Q: Select> Statement for Exists<Q> {
    const TABLE: &'static str = "";
    const ROPE: Rope = &[Part::Text("SELECT EXISTS ("), Part::Rope(Q::ROPE), Part::Text(")")];
}

pub(super) async fn all<Q: Select>(query: &Q, db: &impl Reader) -> Result<Vec<Q::Row>> {
    let mut rows = Vec::new();
    each(query, db, |row| {
        rows.push(Q::decode(row)?);
        Ok(())
    })
    .await?;
    Ok(rows)
}

pub(super) async fn json<Q: Select>(query: &Q, db: &impl Reader) -> Result<JsonRows> {
    let mut out = vec![b'['];
    each(query, db, |row| {
        if out.len() > 1 {
            out.push(b',');
        }
        query.write_json(row, &mut out)
    })
    .await?;
    out.push(b']');
    Ok(JsonRows::new(out))
}

pub(super) async fn count<Q: Select>(query: &Q, db: &impl Reader) -> Result<u64> {
    let count: i64 = scalar(query, db, Text::<Count<Q>, 0>::SQL).await?;
    Ok(count.unsigned_abs())
}

pub(super) async fn exists<Q: Select>(query: &Q, db: &impl Reader) -> Result<bool> {
    scalar(query, db, Text::<Exists<Q>, 0>::SQL).await
}

async fn each<Q: Select>(
    query: &Q,
    db: &impl Reader,
    mut each: impl FnMut(&mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
) -> Result<()> {
    let mut params = Params::new();
    query.bind(&mut params);
    let params = &params;
    let sql = Text::<All<Q>, 0>::SQL.checked(Q::check);
    db.read(sql, params.as_slice(), |row| each(&mut RowReader::new(row))).await?;
    Ok(())
}

async fn scalar<Q: Select, T: Field>(query: &Q, db: &impl Reader, sql: Sql<'_>) -> Result<T> {
    let mut params = Params::new();
    query.bind(&mut params);
    let params = &params;
    let mut value = None;
    db.read(sql, params.as_slice(), |row| {
        value = Some(RowReader::new(row).read()?);
        Ok(())
    })
    .await?;
    value.ok_or(Error::DoesNotExist { table: "" })
}

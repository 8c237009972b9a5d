//! What is there already is not made again: an index that exists would make its table wait for whoever writes to it.

use std::collections::HashSet;
use std::ptr;

use hyper_core::db::{DatabaseError, Db, ErrorKind, Executor, Reader, Sql, Transaction};

use super::steps;
use crate::connections::Databases;
use crate::model::{Reference, Table};

/// A statement, and what it makes.
pub(super) struct Step {
    pub(super) makes: Thing,
    pub(super) sql: String,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Thing {
    Extension(&'static str),
    Index(&'static str),
    /// On a column, or on the table where that is empty.
    Comment {
        table: &'static str,
        column: &'static str,
        text: &'static str,
    },
    /// It looks for itself, and waits for nobody.
    Other,
}

impl Thing {
    /// As [`THERE`] tells it.
    fn row(self) -> [&'static str; 4] {
        match self {
            Self::Extension(name) => ["extension", name, "", ""],
            Self::Index(name) => ["index", name, "", ""],
            Self::Comment { table, column, text } => ["comment", table, column, text],
            Self::Other => [""; 4],
        }
    }
}

/// What the database has.
const THERE: &str = "SELECT 'extension', extname::text, '', '' FROM pg_extension \
    UNION ALL SELECT 'index', relname::text, '', '' FROM pg_class \
    WHERE relkind IN ('i', 'I') AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) \
    UNION ALL SELECT 'comment', relname::text, coalesce(attname::text, ''), description FROM pg_description \
    JOIN pg_class ON classoid = 'pg_class'::regclass AND objoid = pg_class.oid \
    LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum = objsubid AND attnum > 0 \
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

pub(super) fn text(steps: &[Step]) -> String {
    steps.iter().map(|step| step.sql.as_str()).collect()
}

async fn there(tx: &Transaction) -> Result<HashSet<[String; 4]>, DatabaseError> {
    let mut there = HashSet::new();
    tx.read(Sql::rendered(THERE), &[], |row| {
        there.insert([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?]);
        Ok(())
    })
    .await?;
    Ok(there)
}

/// Creates the tables that are missing, all or none, and their indexes, extensions and comments. Where all of them are
/// there, nothing is written and nobody is waited for. Two programs that do it at the same time take turns.
///
/// # Errors
/// What PostgreSQL reports.
pub async fn create_missing_tables(db: &Db, tables: &[&'static Table]) -> Result<(), DatabaseError> {
    create(db, steps(tables, &|_, _| true).map_err(mismatch)?).await
}

/// Creates the tables that are missing, each in its database or [several](Databases): those of one database all or none.
///
/// # Errors
/// What PostgreSQL reports.
pub async fn create_missing_tables_of(all: &[(&dyn Databases, &'static Table)]) -> Result<(), DatabaseError> {
    for (db, steps) in steps_of(all)? {
        create(db, steps).await?;
    }
    Ok(())
}

/// What is to be made in which database.
fn steps_of<'d>(
    all: &[(&'d dyn Databases, &'static Table)],
) -> Result<Vec<(&'d Db, Vec<Step>)>, DatabaseError> {
    let mut groups: Vec<(&Db, &dyn Databases, Vec<&'static Table>)> = Vec::new();
    for &(databases, table) in all {
        for db in databases.of(table) {
            match groups.iter_mut().find(|(other, ..)| ptr::eq(*other, db)) {
                Some((.., tables)) => tables.push(table),
                None => groups.push((db, databases, vec![table])),
            }
        }
    }
    let steps_in = |(db, databases, tables): (&'d Db, &dyn Databases, Vec<&'static Table>)| {
        // A table that is in another of several databases cannot be referred to; one that is in none is missing.
        let is_elsewhere = |name: &str| {
            let mut same = all.iter().filter(|(other, _)| ptr::addr_eq(databases, *other));
            same.any(|(_, table)| table.name == name)
        };
        let kept = |from: &Table, reference: &Reference| match tables
            .iter()
            .find(|table| table.name == reference.table)
        {
            Some(to) => databases.relate(from, to),
            None => !is_elsewhere(reference.table),
        };
        Ok((db, steps(&tables, &kept).map_err(mismatch)?))
    };
    groups.into_iter().map(steps_in).collect()
}

fn mismatch(problem: String) -> DatabaseError {
    DatabaseError::new(ErrorKind::SchemaMismatch, problem)
}

async fn create(db: &Db, steps: Vec<Step>) -> Result<(), DatabaseError> {
    db.atomic(async |tx| {
        // Any constant will do, as long as all agree on it; freed by the end of the transaction.
        tx.execute_batch("SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock(7265657463)")
            .await?;
        let there = there(tx).await?;
        let mut statements = String::new();
        for Step { makes, sql } in &steps {
            if !there.contains(&makes.row().map(str::to_owned)) {
                statements.push_str(sql);
            }
        }
        tx.execute_batch(&statements).await
    })
    .await
}

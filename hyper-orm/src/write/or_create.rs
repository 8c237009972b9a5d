//! `get_or_create` and `update_or_create`, free of races: the database decides who was first.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::Executor;

use super::create::check_required_of_two;
use crate::error::{Error, Result, refused};
use crate::expr::{Assign, Assignments, Node};
use crate::field::Field;
use crate::model::{HasColumn, Model, Path, Root, Signals};
use crate::query::asked::asked;
use crate::query::{QuerySet, Selection, Whole};
use crate::row::RowReader;
use crate::sql::{Params, Part, Rope, Statement, Text, equal};
use crate::tuples::tuples;

/// How often a row may be deleted between not being inserted and not being found, before the insert says what is wrong.
const TRIES: usize = 5;

/// What an insert does with a row that is there.
const REFUSE: u8 = 0;
const IGNORE: u8 = 1;
const UPDATE: u8 = 2;

/// Assignments that a row is looked up by, too: `name = $1`, or `IS NOT DISTINCT FROM` where NULL is possible.
#[diagnostic::on_unimplemented(
    message = "a row of `{M}` cannot be looked up by this",
    label = "expected what identifies it, such as `{M}.name.set(\"..\")`, or a tuple of several"
)]
pub trait Lookup<M>: Assignments<M> {
    /// The condition.
    const MATCH: Rope;
}

#[diagnostic::do_not_recommend]
impl<M: HasColumn<I>, N: Node, const I: usize> Lookup<M> for Assign<M, N, I> {
    const MATCH: Rope = &[
        Part::Column(Root::<M>::NODE, M::NAMES[I]),
        Part::Text(if <M::Type as Field>::NULLABLE { " IS NOT DISTINCT FROM " } else { " = " }),
        Part::Rope(N::ROPE),
    ];
}

macro_rules! implement {
    ($(($first:ident $(, $rest:ident)*))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $first: Lookup<M>, $($rest: Lookup<M>),*> Lookup<M> for ($first, $($rest,)*) {
            const MATCH: Rope =
                &[Part::Rope($first::MATCH), $(Part::Text(" AND "), Part::Rope($rest::MATCH)),*];
        }
    )+};
}

tuples!(up to 16: implement);

struct Find<M, K>(PhantomData<fn() -> (M, K)>);

impl<M: Model, K: Lookup<M>> Statement for Find<M, K> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("SELECT "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
        Part::Text(" FROM "),
        Part::From,
        Part::Where(&[Part::And(K::MATCH)]),
        Part::Text(" LIMIT 2"),
    ];
}

/// `INSERT` of two lots of assignments.
struct Add<M, K, V, const THERE: u8>(PhantomData<fn() -> (M, K, V)>);

impl<M: Model, K: Assignments<M>, V: Assignments<M>, const THERE: u8> Statement for Add<M, K, V, THERE> {
    const TABLE: &'static str = M::TABLE;
    const ROPE: Rope = &[
        Part::Text("INSERT INTO "),
        Part::Name(M::TABLE),
        Part::Text(" ("),
        Part::Rope(K::NAMES),
        Part::Text(if V::COLUMNS.is_empty() { "" } else { ", " }),
        Part::Rope(V::NAMES),
        Part::Text(") VALUES ("),
        Part::Rope(K::VALUES),
        Part::Text(if V::COLUMNS.is_empty() { "" } else { ", " }),
        Part::Rope(V::VALUES),
        Part::Text(")"),
        Part::Rope(if THERE == UPDATE {
            &[
                Part::Text(" ON CONFLICT ("),
                Part::Rope(K::NAMES),
                Part::Text(") DO UPDATE SET "),
                Part::Rope(if V::COLUMNS.is_empty() {
                    // Something has to be set for the row to be returned.
                    &[Part::Excluded(K::COLUMNS, M::NAMES)]
                } else {
                    V::SET
                }),
            ]
        } else if THERE == IGNORE {
            &[Part::Text(" ON CONFLICT DO NOTHING")]
        } else {
            &[]
        }),
        Part::Text(" RETURNING "),
        Part::Columns(Root::<M>::NODE, M::NAMES),
        // A row version that nobody has replaced or locked has just been made.
        Part::Text(if THERE == UPDATE { ", (xmax = 0)" } else { "" }),
    ];
}

/// Whether some columns are what the table has a unique constraint or index on.
const fn is_unique<M: Model>(columns: &[usize]) -> bool {
    let metas = M::META.columns;
    if columns.len() == 1 && metas[columns[0]].unique || same(columns, M::KEY_COLUMNS) {
        return true;
    }
    let mut i = 0;
    while i < M::META.indexes.len() {
        let index = &M::META.indexes[i];
        if index.unique && names_of_index::<M>(index.columns, columns) {
            return true;
        }
        i += 1;
    }
    false
}

const fn same(a: &[usize], b: &[usize]) -> bool {
    let mut i = 0;
    while i < a.len() {
        let (mut k, mut found) = (0, false);
        while k < b.len() {
            found = found || a[i] == b[k];
            k += 1;
        }
        if !found {
            return false;
        }
        i += 1;
    }
    a.len() == b.len()
}

/// Whether the names in an index's rope are those of the columns.
const fn names_of_index<M: Model>(rope: Rope, columns: &[usize]) -> bool {
    let (mut i, mut names) = (0, 0);
    while i < rope.len() {
        if let Part::Name(name) = &rope[i] {
            names += 1;
            let (mut k, mut found) = (0, false);
            while k < columns.len() {
                found = found || equal(name, M::NAMES[columns[k]]);
                k += 1;
            }
            if !found {
                return false;
            }
        }
        i += 1;
    }
    names == columns.len()
}

impl<M: Model> QuerySet<M> {
    /// Finds the row with these values, or creates it with these and the defaults. Says whether it was created. When
    /// others do the same at the same time, one creates the row and all get it, provided that the values looked up by are
    /// unique together in the database.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // SELECT .. WHERE "users"."id" = $1 LIMIT 2
    /// // INSERT INTO "users" ("id", "name") VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ..
    /// let (user, created): (User, bool) =
    ///     User::objects().get_or_create(db, User.id.set(7), User.name.set("ana")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// Without defaults write `()`.
    ///
    /// # Errors
    /// [`MultipleObjectsReturned`](Error::MultipleObjectsReturned) when several rows have these values; else as
    /// [`create`](Self::create).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get_or_create<K: Lookup<M>, V: Assignments<M>>(
        self,
        db: &impl Executor,
        lookup: K,
        defaults: V,
    ) -> impl Future<Output = Result<(M, bool)>> {
        asked::<M, _>(async move {
            const { check_required_of_two::<M>(K::COLUMNS, V::COLUMNS) };
            let mut errors = ValidationErrors::new();
            lookup.check(&mut errors);
            defaults.check(&mut errors);
            errors.into_result()?;
            for _ in 0..TRIES {
                if let Some(row) = find::<M, K>(db, &lookup).await? {
                    return Ok((row, false));
                }
                if let Some(row) = add::<M, K, V, IGNORE>(db, &lookup, &defaults).await? {
                    M::Signals::post_save(db, &row, true).await?;
                    return Ok((row, true));
                }
            }
            // Neither there nor to be created: most likely another constraint refuses it, and now says so.
            let row = add::<M, K, V, REFUSE>(db, &lookup, &defaults).await?;
            let row = row.ok_or(Error::DoesNotExist { table: M::TABLE })?;
            M::Signals::post_save(db, &row, true).await?;
            Ok((row, true))
        })
    }

    /// Updates the row with these values, or creates it with both; one statement, whoever else does the same. Says whether it
    /// was created. That the values looked up by are unique together is checked when the program is built.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// // INSERT INTO "users" ("id", "name") VALUES ($1, $2)
    /// //     ON CONFLICT ("id") DO UPDATE SET "name" = $3 RETURNING .., (xmax = 0)
    /// let (user, created): (User, bool) =
    ///     User::objects().update_or_create(db, User.id.set(7), User.name.set("ana")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`create`](Self::create).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn update_or_create<K: Lookup<M>, V: Assignments<M>>(
        self,
        db: &impl Executor,
        lookup: K,
        values: V,
    ) -> impl Future<Output = Result<(M, bool)>> {
        asked::<M, _>(async move {
            const {
                check_required_of_two::<M>(K::COLUMNS, V::COLUMNS);
                assert!(
                    is_unique::<M>(K::COLUMNS),
                    "`update_or_create` looks a row up by fields that are unique together: mark the field \
                 `#[field(unique)]`, the model `#[model(unique_together(..))]`, or look it up by its primary key"
                );
            }
            let mut errors = ValidationErrors::new();
            lookup.check(&mut errors);
            values.check(&mut errors);
            errors.into_result()?;
            let mut params = Params::new();
            lookup.bind(&mut params);
            values.bind(&mut params);
            if !V::COLUMNS.is_empty() {
                values.bind(&mut params);
            }
            let params = &params;
            let mut found = None;
            let sql = Text::<Add<M, K, V, UPDATE>, 0>::SQL.checked(<Whole as Selection<M>>::check);
            db.write(sql, params.as_slice(), |row| {
                let mut row = RowReader::new(row);
                found = Some((M::decode(&mut row)?, row.read()?));
                Ok(())
            })
            .await
            .map_err(refused::<M>)?;
            let (row, created) = found.ok_or(Error::DoesNotExist { table: M::TABLE })?;
            M::Signals::post_save(db, &row, created).await?;
            Ok((row, created))
        })
    }
}

async fn add<M: Model, K: Assignments<M>, V: Assignments<M>, const THERE: u8>(
    db: &impl Executor,
    lookup: &K,
    values: &V,
) -> Result<Option<M>> {
    let mut params = Params::new();
    lookup.bind(&mut params);
    values.bind(&mut params);
    let params = &params;
    let mut created = None;
    let sql = Text::<Add<M, K, V, THERE>, 0>::SQL.checked(<Whole as Selection<M>>::check);
    db.write(sql, params.as_slice(), |row| {
        created = Some(M::decode(&mut RowReader::new(row))?);
        Ok(())
    })
    .await
    .map_err(refused::<M>)?;
    Ok(created)
}

async fn find<M: Model, K: Lookup<M>>(db: &impl Executor, lookup: &K) -> Result<Option<M>> {
    let mut params = Params::new();
    lookup.bind(&mut params);
    let params = &params;
    let mut found = None;
    // A replica may not have the row that is in the way.
    let sql = Text::<Find<M, K>, 0>::SQL.checked(<Whole as Selection<M>>::check).of_primary(true);
    let rows = db
        .read(sql, params.as_slice(), |row| {
            found = Some(M::decode(&mut RowReader::new(row))?);
            Ok(())
        })
        .await?;
    if rows > 1 { Err(Error::MultipleObjectsReturned { table: M::TABLE }) } else { Ok(found) }
}

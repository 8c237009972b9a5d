//! Loading the rows that belong to others, for all of those at once: one statement a level, whatever their number.

use std::marker::PhantomData;

use hyper_core::db::types::ToSql;
use hyper_core::db::{Column, DatabaseError, Reader};

use super::filter::{Conditions, Filter};
use super::grouped::Annotated;
use super::many::LinkText;
use super::query_set::QuerySet;
use super::select::{Related, Relations, Selection, Whole};
use super::tree::{Room, Tree};
use super::values::{Values, ValuesOf};
use super::window::Window;
use crate::error::Result;
use crate::expr::{Node, Ordering};
use crate::field::Field;
use crate::model::{HasMany, Model};
use crate::row::RowReader;
use crate::sql::{Options, Params, Part, Rope, Statement, Zero};

/// A selection that takes rows as they are, neither grouping them nor leaving some out.
#[diagnostic::on_unimplemented(
    message = "related rows cannot be loaded this way",
    label = "expected whole rows, `select_related`, `values` or `annotate`",
    note = "groups and distinct rows have no owner; count and sum related rows with `User.posts.count()` in `annotate`"
)]
pub trait Rows<M>: Selection<M> {}

impl<M: Model> Rows<M> for Whole {}
impl<M: Model, T: Relations<M>> Rows<M> for Related<T> where T::With: Send {}
impl<M, V: ValuesOf<M>> Rows<M> for Values<V> {}
impl<M, S: Rows<M>, A: ValuesOf<M>> Rows<M> for Annotated<S, A> {}

/// A selection that begins with a whole row, by whose key others are found.
#[diagnostic::on_unimplemented(
    message = "nothing can be prefetched for these rows",
    label = "expected whole rows, with `select_related` or `annotate` beside them or not",
    note = "call `prefetch_related` before `values` would take the key away"
)]
pub trait KeyedRows<M: Model>: Rows<M> {
    /// The key of a row.
    fn key(row: &Self::Row) -> M::Key;
}

impl<M: Model> KeyedRows<M> for Whole {
    fn key(row: &M) -> M::Key {
        row.key()
    }
}

impl<M: Model, S: KeyedRows<M>, A: ValuesOf<M>> KeyedRows<M> for Annotated<S, A> {
    fn key(row: &Self::Row) -> M::Key {
        S::key(&row.0)
    }
}

impl<M: Model, T: Relations<M>> KeyedRows<M> for Related<T>
where
    T::With: Send,
{
    fn key(row: &T::With) -> M::Key {
        T::own(row).key()
    }
}

/// The rows a query keeps of those that belong to rows of `M`, by its relation number `I`.
#[diagnostic::on_unimplemented(
    message = "this cannot be prefetched",
    label = "expected a relation to many of the model, such as `User.posts`, or a query on it"
)]
pub trait Belonging<M: Model, const I: usize>: Send + Sync {
    /// A row.
    type Row: Send;

    /// Loads those that belong to these owners, each with its owner's key, as often as `copies` says of that, each time
    /// with the number of the copy.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    fn load(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
        copies: &(dyn Fn(&M::Key) -> usize + Sync),
    ) -> impl Future<Output = Result<Vec<(M::Key, usize, Self::Row)>>> + Send;

    /// As [`load`](Self::load), each as JSON.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn load_json(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
    ) -> impl Future<Output = Result<Vec<(M::Key, Tree)>>> + Send;
}

/// `SELECT owner, .. WHERE owner = ANY($1)`; with a limit the same for each owner, behind `LATERAL`.
pub(super) struct OfOwners<M, const I: usize, S, W, O, L>(PhantomData<fn() -> (M, S, W, O, L)>);

impl<M, const I: usize, S, W, O, const LIMIT: bool, const OFFSET: bool> Statement
    for OfOwners<M, I, S, W, O, Window<LIMIT, OFFSET>>
where
    M: HasMany<I, Key: Field>,
    S: Selection<M::Target>,
    W: Filter,
    O: Ordering<S::Scope>,
{
    const TABLE: &'static str = if LIMIT || OFFSET { "" } else { M::Target::TABLE };
    const ROPE: Rope = if LIMIT || OFFSET {
        &[
            Part::Text(r#"SELECT "owner"."key", "rows".* FROM unnest("#),
            Part::Param,
            Part::Text("::"),
            Part::Text(<M::Key as Field>::DECLARATION),
            Part::Text(r#"[]) AS "owner"("key") CROSS JOIN LATERAL ("#),
            Part::Select(
                M::Target::TABLE,
                &[
                    Part::Text("SELECT "),
                    Part::Rope(S::ROPE),
                    Part::Text(" FROM "),
                    Part::From,
                    Part::Rope(LinkText::<M, I>::JOIN),
                    Part::Where(&[
                        Part::And(&[Part::Rope(LinkText::<M, I>::OWNER), Part::Text(r#" = "owner"."key""#)]),
                        Part::Rope(Conditions::<M::Target, W>::ROPE),
                    ]),
                    Part::Rope(Self::ORDER),
                    Part::Rope(<Window<LIMIT, OFFSET> as Node>::ROPE),
                ],
            ),
            Part::Text(r#") AS "rows""#),
        ]
    } else {
        &[
            Part::Text("SELECT "),
            Part::Rope(LinkText::<M, I>::OWNER),
            Part::Text(", "),
            Part::Rope(S::ROPE),
            Part::Text(" FROM "),
            Part::From,
            Part::Rope(LinkText::<M, I>::JOIN),
            Part::Where(&[
                Part::And(&[
                    Part::Rope(LinkText::<M, I>::OWNER),
                    Part::Text(" = ANY("),
                    Part::Param,
                    Part::Text(")"),
                ]),
                Part::Rope(Conditions::<M::Target, W>::ROPE),
            ]),
            Part::Rope(Self::ORDER),
        ]
    };
}

impl<M, const I: usize, S, W, O, L> OfOwners<M, I, S, W, O, L>
where
    M: HasMany<I>,
    S: Selection<M::Target>,
    O: Ordering<S::Scope>,
{
    const ORDER: Rope =
        if O::ROPE.is_empty() { &[] } else { &[Part::Text(" ORDER BY "), Part::Rope(O::ROPE)] };
}

/// The owner's key comes first.
fn check_behind_key<M, S: Selection<M>>(columns: &[Column]) -> Result<(), String> {
    S::check(columns.get(1..).unwrap_or(&[]))
}

impl<M, const I: usize, S, W, O, const LIMIT: bool, const OFFSET: bool> Belonging<M, I>
    for QuerySet<M::Target, S, W, O, Window<LIMIT, OFFSET>>
where
    M: HasMany<I, Key: Field + ToSql>,
    S: Rows<M::Target>,
    W: Filter<Options = Zero>,
    O: Ordering<S::Scope>,
{
    type Row = S::Row;

    async fn load(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
        copies: &(dyn Fn(&M::Key) -> usize + Sync),
    ) -> Result<Vec<(M::Key, usize, S::Row)>> {
        let mut rows = Vec::new();
        self.of_owners::<M, I>(db, owners, |owner, row| {
            for copy in 0..copies(&owner) {
                rows.push((owner.clone(), copy, S::decode(&mut { *row })?));
            }
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    async fn load_json(&self, db: &impl Reader, owners: &[M::Key]) -> Result<Vec<(M::Key, Tree)>> {
        let mut rows = Vec::new();
        let mut room = Room::default();
        self.of_owners::<M, I>(db, owners, |owner, row| {
            let json = room.write(|out| self.select.write_json(row, out))?;
            rows.push((owner, Tree::leaf(json)));
            Ok(())
        })
        .await?;
        Ok(rows)
    }
}

impl<T: Model, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<T, S, W, O, Window<LIMIT, OFFSET>> {
    /// Runs the statement, giving each row behind its owner's key.
    pub(crate) async fn of_owners<M, const I: usize>(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
        mut each: impl FnMut(M::Key, &mut RowReader<'_>) -> Result<(), DatabaseError> + Send,
    ) -> Result<()>
    where
        M: HasMany<I, Target = T, Key: Field + ToSql>,
        S: Selection<T>,
        W: Filter,
        O: Ordering<S::Scope>,
    {
        let sql = W::Options::sql::<OfOwners<M, I, S, W, O, Window<LIMIT, OFFSET>>>(self.filter.present())
            .of_primary(T::PRIMARY_READS)
            .cached(self.model.ttl())
            .checked(check_behind_key::<T, S>);
        let mut params = Params::new();
        // The owners stand in front of everything in the one text, behind what is selected in the other.
        if LIMIT || OFFSET {
            params.push(&owners);
            self.select.bind(&mut params);
        } else {
            self.select.bind(&mut params);
            params.push(&owners);
        }
        self.filter.bind(&mut params);
        self.order.bind(&mut params);
        self.window.bind(&mut params);
        let params = &params;
        db.read(sql, params.as_slice(), |row| {
            let mut row = RowReader::new(row);
            let owner = row.read()?;
            each(owner, &mut row)
        })
        .await?;
        Ok(())
    }
}

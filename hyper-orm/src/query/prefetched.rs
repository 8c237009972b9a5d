//! What a query gives together with rows of other tables.

use hyper_core::db::{DatabaseError, Reader};

use super::asked::asked;
use super::belonging::KeyedRows;
use super::explain::{Explain, Explanation};
use super::filter::{Chain, Filter};
use super::prefetch::Prefetches;
use super::query_set::QuerySet;
use super::tree::{Room, Tree, write_array};
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::{Condition, Ordering};
use crate::model::Model;
use crate::row::{JsonRow, JsonRows, RowReader};

/// A query with the relations to many that are loaded behind it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, ..."]
pub struct Prefetched<Q, T> {
    pub(super) query: Q,
    pub(super) relations: T,
}

/// A row's key, and its JSON, to which members are to be added.
pub(super) fn open_object<M: Model, S: KeyedRows<M>>(
    select: &S,
    row: &mut RowReader<'_>,
    room: &mut Room,
) -> Result<(M::Key, Tree), DatabaseError> {
    let key = row.peek_key::<M>()?;
    Ok((key, Tree::object(room.write(|out| select.write_json(row, out))?)))
}

impl<M, S, W, O, T, const LIMIT: bool, const OFFSET: bool>
    Prefetched<QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>, T>
where
    M: Model,
    S: KeyedRows<M>,
    W: Filter,
    O: Ordering<S::Scope>,
    T: Prefetches<M>,
{
    /// The text of the query itself; each relation has one of its own.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        self.query.sql()
    }

    /// Keeps the rows for which this is true, besides what was said before.
    pub fn filter<C: Condition<M>>(
        self,
        condition: C,
    ) -> Prefetched<QuerySet<M, S, Chain<W, C::Node>, O, Window<LIMIT, OFFSET>>, T> {
        Prefetched { query: self.query.filter(condition), relations: self.relations }
    }

    /// Orders the rows, instead of what was said before.
    pub fn order_by<N: Ordering<S::Scope>>(
        self,
        order: N,
    ) -> Prefetched<QuerySet<M, S, W, N, Window<LIMIT, OFFSET>>, T> {
        Prefetched { query: self.query.order_by(order), relations: self.relations }
    }

    /// At most so many rows.
    pub fn limit(self, rows: u64) -> Prefetched<QuerySet<M, S, W, O, Window<true, OFFSET>>, T> {
        Prefetched { query: self.query.limit(rows), relations: self.relations }
    }

    /// Not the first so many rows.
    pub fn offset(self, rows: u64) -> Prefetched<QuerySet<M, S, W, O, Window<LIMIT, true>>, T> {
        Prefetched { query: self.query.offset(rows), relations: self.relations }
    }

    /// All rows.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn all(&self, db: &impl Reader) -> impl Future<Output = Result<Vec<T::With<S::Row>>>> {
        asked::<M, _>(async move {
            let rows = self.query.all(db).await?;
            self.attach(db, rows).await
        })
    }

    /// The first row, or none; without an order, the one with the smallest primary key.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<T::With<S::Row>>>> {
        asked::<M, _>(async move {
            let row = self.query.first(db).await?;
            Ok(self.attach(db, row.into_iter().collect()).await?.pop())
        })
    }

    /// The only row.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist), [`MultipleObjectsReturned`](Error::MultipleObjectsReturned).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn one(&self, db: &impl Reader) -> impl Future<Output = Result<T::With<S::Row>>> {
        asked::<M, _>(async move {
            let row = self.query.one(db).await?;
            let row = self.attach(db, vec![row]).await?.pop();
            row.ok_or(Error::DoesNotExist { table: M::TABLE })
        })
    }

    /// The row with this primary key.
    ///
    /// # Errors
    /// [`DoesNotExist`](Error::DoesNotExist), which answers 404.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get(
        &self,
        db: &impl Reader,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<T::With<S::Row>>> {
        asked::<M, _>(async move {
            let row = self.query.get(db, key).await?;
            let row = self.attach(db, vec![row]).await?.pop();
            row.ok_or(Error::DoesNotExist { table: M::TABLE })
        })
    }

    /// All rows as a JSON array, each with a member for each relation, named as that is.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRows>> {
        asked::<M, _>(async move {
            let mut rows = Vec::new();
            let mut room = Room::default();
            self.query
                .each(db, |row| {
                    rows.push(open_object::<M, S>(&self.query.select, row, &mut room)?);
                    Ok(())
                })
                .await?;
            self.attach_json(db, rows).await
        })
    }

    /// The row that [`get`](Self::get) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_get(
        &self,
        db: &impl Reader,
        key: impl Into<M::Key>,
    ) -> impl Future<Output = Result<JsonRow>> {
        asked::<M, _>(async move {
            let row = self.query.get_json(db, key.into(), |row| self.open(row)).await?;
            self.object(db, row).await
        })
    }

    /// The row that [`one`](Self::one) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`one`](Self::one).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_one(&self, db: &impl Reader) -> impl Future<Output = Result<JsonRow>> {
        asked::<M, _>(async move {
            let row = self.query.one_json(db, |row| self.open(row)).await?;
            self.object(db, row).await
        })
    }

    /// The row that [`first`](Self::first) finds, as a JSON object.
    ///
    /// # Errors
    /// As [`first`](Self::first).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn json_first(&self, db: &impl Reader) -> impl Future<Output = Result<Option<JsonRow>>> {
        asked::<M, _>(async move {
            match self.query.first_json(db, |row| self.open(row)).await? {
                Some(row) => self.object(db, row).await.map(Some),
                None => Ok(None),
            }
        })
    }

    /// How PostgreSQL would run the query itself, as [`QuerySet::explain`]. The statements for the relations are not among
    /// it.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain(&self, db: &impl Reader) -> Result<Explanation> {
        self.query.explain(db).await
    }

    /// The same, with what `options` ask for: [`Explain`].
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, db: &impl Reader, options: Explain) -> Result<Explanation> {
        self.query.explain_with(db, options).await
    }

    fn open(&self, row: &mut RowReader<'_>) -> Result<(M::Key, Tree), DatabaseError> {
        open_object::<M, S>(&self.query.select, row, &mut Room::default())
    }

    async fn object(&self, db: &impl Reader, row: (M::Key, Tree)) -> Result<JsonRow> {
        let rows = self.attach_json(db, vec![row]).await?;
        JsonRow::only(&rows).ok_or(Error::DoesNotExist { table: M::TABLE })
    }

    async fn attach_json(&self, db: &impl Reader, mut rows: Vec<(M::Key, Tree)>) -> Result<JsonRows> {
        if !rows.is_empty() {
            self.relations.attach_json(&self.query.within(db), &mut rows).await?;
        }
        let mut out = Vec::with_capacity(rows.iter().map(|(_, json)| json.len() + 1).sum::<usize>() + 2);
        write_array(rows.iter().map(|(_, json)| json), &mut out);
        Ok(JsonRows::new(out))
    }

    async fn attach(&self, db: &impl Reader, rows: Vec<S::Row>) -> Result<Vec<T::With<S::Row>>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let rows = rows.into_iter().map(|row| (S::key(&row), row)).collect();
        self.relations.attach(&self.query.within(db), rows).await
    }
}

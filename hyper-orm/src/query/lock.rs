//! `select_for_update`: rows nobody else can change until the transaction ends.

use std::marker::PhantomData;

use hyper_core::db::Transaction;

use super::belonging::Rows;
use super::explain::{Explain, Explanation};
use super::filter::Filter;
use super::query_set::QuerySet;
use super::statements::{All, First, Get, One};
use super::window::Window;
use crate::copied::copied;
use crate::error::Result;
use crate::expr::Ordering;
use crate::model::{HasForeignKey, Model, Path, Relation, Root, Via};
use crate::query::asked::asked;
use crate::sql::{Part, Rope, Statement};

/// A query whose rows are locked as they are read. It runs in a transaction only: its methods take the transaction.
#[must_use = "nothing is locked until `.all(tx)`, `.first(tx)`, `.one(tx)` or `.get(tx, key)`"]
pub struct Locked<Q, K> {
    query: Q,
    kind: PhantomData<fn() -> K>,
}

copied! { Locked<Q, K> { query: Q; kind } }

/// How rows are locked: `FOR UPDATE`, or `FOR NO KEY UPDATE`; of which tables; and what happens with those that are locked
/// already.
#[derive(Debug)]
pub struct Lock<T, const NO_KEY: bool, const WAIT: u8>(PhantomData<fn() -> T>);

/// Wait for whoever has locked them.
const WAIT: u8 = 0;
/// Fail at once.
const NOWAIT: u8 = 1;
/// Leave them out.
const SKIP: u8 = 2;

/// Of which tables rows are locked.
pub trait LockedTables<M>: 'static {
    /// ` OF ..`
    const ROPE: Rope;
}

/// Of all tables of the query.
#[derive(Debug)]
pub struct OfAll;

impl<M> LockedTables<M> for OfAll {
    const ROPE: Rope = &[];
}

/// Of the model's own table.
#[derive(Debug)]
pub struct OfOwn;

impl<M: Model> LockedTables<M> for OfOwn {
    const ROPE: Rope = &[Part::Text(" OF "), Part::Table(Root::<M>::NODE)];
}

/// Of the model's own table and that of a relation.
#[derive(Debug)]
pub struct OfRelation<T>(PhantomData<fn() -> T>);

impl<R: Model, P: Path, M: HasForeignKey<I>, const I: usize> LockedTables<R>
    for OfRelation<Relation<R, P, M, I>>
{
    const ROPE: Rope = &[
        Part::Text(" OF "),
        Part::Table(Root::<R>::NODE),
        Part::Text(", "),
        Part::Table(<Via<P, M, I> as Path>::NODE),
    ];
}

/// A statement with the lock behind it.
struct For<M, H, T, const NO_KEY: bool, const WAIT: u8>(PhantomData<fn() -> (M, H, T)>);

impl<M: Model, H: Statement, T: LockedTables<M>, const NO_KEY: bool, const WAIT: u8> Statement
    for For<M, H, T, NO_KEY, WAIT>
{
    const TABLE: &'static str = H::TABLE;
    const ROPE: Rope = &[
        Part::Rope(H::ROPE),
        Part::Text(if NO_KEY { " FOR NO KEY UPDATE" } else { " FOR UPDATE" }),
        Part::Rope(T::ROPE),
        Part::Text(match WAIT {
            NOWAIT => " NOWAIT",
            SKIP => " SKIP LOCKED",
            _ => "",
        }),
    ];
}

impl<M, S, W, O, const LIMIT: bool, const OFFSET: bool> QuerySet<M, S, W, O, Window<LIMIT, OFFSET>> {
    /// Locks the rows until the transaction ends, `FOR UPDATE`: others who want to change or lock them wait. Behind it
    /// stand `nowait()`, `skip_locked()`, `no_key()`, `of_self()` and `of(relation)`.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// db.atomic(async |tx| {
    ///     let next = Post::objects().filter(Post.score.eq(0)).order_by(Post.id).select_for_update().skip_locked();
    ///     assert!(next.sql().ends_with(r#" ORDER BY "posts"."id" FOR UPDATE SKIP LOCKED"#));
    ///     let post: Option<Post> = next.first(tx).await?;
    ///     Ok::<_, Error>(())
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// Only a transaction can be given to it:
    ///
    /// ```compile_fail
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// Post::objects().select_for_update().first(db).await?; // expected `&Transaction`, found `&Db`
    /// # Ok(()) }
    /// ```
    pub fn select_for_update(self) -> Locked<Self, Lock<OfAll, false, WAIT>>
    where
        S: Rows<M>,
    {
        Locked { query: self, kind: PhantomData }
    }
}

impl<Q, T, const NO_KEY: bool, const HOW: u8> Locked<Q, Lock<T, NO_KEY, HOW>> {
    /// Fails at once when a row is locked already: `NOWAIT`.
    pub fn nowait(self) -> Locked<Q, Lock<T, NO_KEY, NOWAIT>> {
        Locked { query: self.query, kind: PhantomData }
    }

    /// Leaves out rows that are locked already: `SKIP LOCKED`. How workers share a queue.
    pub fn skip_locked(self) -> Locked<Q, Lock<T, NO_KEY, SKIP>> {
        Locked { query: self.query, kind: PhantomData }
    }

    /// Lets others insert rows that refer to these: `FOR NO KEY UPDATE`.
    pub fn no_key(self) -> Locked<Q, Lock<T, true, HOW>> {
        Locked { query: self.query, kind: PhantomData }
    }

    /// Django's `of=("self",)`: locks rows of the model's own table only. Needed where a foreign key that can be NULL
    /// joins another.
    pub fn of_self(self) -> Locked<Q, Lock<OfOwn, NO_KEY, HOW>> {
        Locked { query: self.query, kind: PhantomData }
    }

    /// Django's `of=("self", "author")`: locks rows of the model's own table and of the relation's.
    pub fn of<N>(self, _relation: N) -> Locked<Q, Lock<OfRelation<N>, NO_KEY, HOW>> {
        Locked { query: self.query, kind: PhantomData }
    }
}

impl<M, S, W, O, T, const LIMIT: bool, const OFFSET: bool, const NO_KEY: bool, const HOW: u8>
    Locked<QuerySet<M, S, W, O, Window<LIMIT, OFFSET>>, Lock<T, NO_KEY, HOW>>
where
    M: Model,
    S: Rows<M>,
    W: Filter,
    O: Ordering<S::Scope>,
    T: LockedTables<M>,
{
    /// The text [`all`](Self::all) sends.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        self.query.statement::<For<M, All<M, S, W, O, Window<LIMIT, OFFSET>>, T, NO_KEY, HOW>>().text
    }

    /// How PostgreSQL would run [`all`](Self::all), as [`QuerySet::explain`]. Nothing is locked.
    ///
    /// # Errors
    /// What PostgreSQL reports, or that it cannot be reached.
    pub async fn explain(&self, tx: &Transaction) -> Result<Explanation> {
        self.explain_with(tx, Explain::new()).await
    }

    /// The same, with what `options` ask for: [`Explain`]. With [`analyze`](Explain::analyze) the query is run, and the rows
    /// are locked no longer than that.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn explain_with(&self, tx: &Transaction, options: Explain) -> Result<Explanation> {
        let params = &self.query.params();
        options.write(tx, self.sql(), params.as_slice()).await
    }

    /// All rows.
    ///
    /// # Errors
    /// What PostgreSQL reports: with [`nowait`](Self::nowait), that a row is locked
    /// ([`ErrorKind::LockNotAvailable`](hyper_core::db::ErrorKind)); a deadlock.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn all(&self, tx: &Transaction) -> impl Future<Output = Result<Vec<S::Row>>> {
        asked::<M, _>(async move {
            let mut rows = Vec::new();
            self.query
                .each_by::<For<M, All<M, S, W, O, Window<LIMIT, OFFSET>>, T, NO_KEY, HOW>>(tx, |row| {
                    rows.push(S::decode(row)?);
                    Ok(())
                })
                .await?;
            Ok(rows)
        })
    }

    /// The first row, or none.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn first(&self, tx: &Transaction) -> impl Future<Output = Result<Option<S::Row>>> {
        asked::<M, _>(async move {
            self.query
                .first_by::<For<M, First<M, S, W, O, Window<LIMIT, OFFSET>>, T, NO_KEY, HOW>, _>(
                    tx,
                    S::decode,
                )
                .await
        })
    }

    /// The only row.
    ///
    /// # Errors
    /// As [`all`](Self::all), and as [`QuerySet::one`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn one(&self, tx: &Transaction) -> impl Future<Output = Result<S::Row>> {
        asked::<M, _>(async move {
            self.query
                .one_by::<For<M, One<M, S, W, Window<LIMIT, OFFSET>>, T, NO_KEY, HOW>, _>(tx, S::decode)
                .await
        })
    }

    /// The row with this primary key.
    ///
    /// # Errors
    /// As [`all`](Self::all), and as [`QuerySet::get`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn get(&self, tx: &Transaction, key: impl Into<M::Key>) -> impl Future<Output = Result<S::Row>> {
        asked::<M, _>(async move {
            self.query.get_by::<For<M, Get<M, S, W>, T, NO_KEY, HOW>, _>(tx, key.into(), S::decode).await
        })
    }
}

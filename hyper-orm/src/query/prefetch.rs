//! `prefetch_related`: rows with the many that belong to each, loaded level by level.

use std::collections::HashMap;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;

use foldhash::quality::RandomState;
use futures_util::future::{try_join, try_join3, try_join4};
use hyper_core::db::types::ToSql;
use hyper_core::db::{DatabaseError, Reader};

use super::belonging::{Belonging, KeyedRows};
use super::belongings::Belongings;
use super::explain::{Explain, Explanation};
use super::filter::{Chain, Filter};
use super::many::Many;
use super::query_set::QuerySet;
use super::tree::{Room, Tree, write_array};
use super::window::Window;
use crate::error::{Error, Result};
use crate::expr::{Condition, Ordering};
use crate::field::Field;
use crate::model::{HasMany, Model, Path, Root, ToMany};
use crate::query::asked::asked;
use crate::row::{JsonRow, JsonRows, RowReader};
use crate::sql::Zero;

/// A query with the relations to many that are loaded behind it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a query does nothing until `.all(db)`, `.first(db)`, ..."]
pub struct Prefetched<Q, T> {
    query: Q,
    relations: T,
}

/// A relation of `M` to many, such as `User.posts`, a query on it, or a tuple of up to four: what `prefetch_related` takes.
#[diagnostic::on_unimplemented(
    message = "`prefetch_related` cannot load this for rows of `{M}`",
    label = "expected a relation of `{M}` to many, or a tuple of them",
    note = "a foreign key leads to one row: load that with `select_related`"
)]
pub trait Prefetches<M: Model>: Send + Sync {
    /// A row with them: `(row, Vec<..>)`.
    type With<R: Send>: Send;

    #[doc(hidden)]
    fn attach<R: Send>(
        &self,
        db: &impl Reader,
        rows: Vec<(M::Key, R)>,
    ) -> impl Future<Output = Result<Vec<Self::With<R>>>> + Send;

    /// Adds members to JSON objects that have begun and not ended.
    #[doc(hidden)]
    fn attach_json(
        &self,
        db: &impl Reader,
        rows: &mut [(M::Key, Tree)],
    ) -> impl Future<Output = Result<()>> + Send;
}

/// One relation, for the tuples.
#[doc(hidden)]
pub trait Prefetch<M: Model>: Send + Sync {
    type Row: Send;
    const NAME: &'static str;

    fn load(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
    ) -> impl Future<Output = Result<Belongings<M::Key, Self::Row>>> + Send;

    fn load_json(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
    ) -> impl Future<Output = Result<HashMap<M::Key, Arc<Vec<Tree>>, RandomState>>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, const I: usize, Q> Prefetch<M> for Many<M, Root<M>, M, I, Q>
where
    M: HasMany<I, Key: Hash + Eq>,
    Q: Belonging<M, I>,
{
    type Row = Q::Row;
    const NAME: &'static str = M::NAME;

    async fn load(&self, db: &impl Reader, owners: &[M::Key]) -> Result<Belongings<M::Key, Q::Row>> {
        let mut of = Belongings::of(owners);
        let repeats = of.repeats();
        let rows = self.query.load(db, &of.distinct(owners), &|owner| repeats.copies(owner)).await?;
        for (owner, copy, row) in rows {
            of.push(&owner, copy, row);
        }
        Ok(of)
    }

    async fn load_json(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
    ) -> Result<HashMap<M::Key, Arc<Vec<Tree>>, RandomState>> {
        let mut of = Belongings::of(owners);
        for (owner, json) in self.query.load_json(db, &of.distinct(owners)).await? {
            of.push(&owner, 0, json);
        }
        Ok(of.once().map(|(owner, rows)| (owner, Arc::new(rows))).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<M, const I: usize> Prefetch<M> for ToMany<M, Root<M>, M, I>
where
    M: HasMany<I, Key: Hash + Eq + Field + ToSql>,
{
    type Row = M::Target;
    const NAME: &'static str = M::NAME;

    async fn load(&self, db: &impl Reader, owners: &[M::Key]) -> Result<Belongings<M::Key, M::Target>> {
        self.all_related().load(db, owners).await
    }

    async fn load_json(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
    ) -> Result<HashMap<M::Key, Arc<Vec<Tree>>, RandomState>> {
        self.all_related().load_json(db, owners).await
    }
}

/// A level of related rows, in a box: rustc goes through a future and all that are in it to a certain depth only, which
/// levels inside levels would use up.
fn level<F: Future>(load: F) -> Pin<Box<F>> {
    Box::pin(load)
}

async fn try_join1<T>(only: impl Future<Output = Result<T>>) -> Result<(T,)> {
    Ok((only.await?,))
}

macro_rules! prefetches {
    ($($only:ty, $join:ident, $($name:ident $index:tt),+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key: Hash + Eq>, $($name: Prefetch<M>),+> Prefetches<M> for $only {
            type With<R: Send> = (R, $(Vec<$name::Row>),+);

            #[expect(non_snake_case)]
            async fn attach<R: Send>(
                &self,
                db: &impl Reader,
                rows: Vec<(M::Key, R)>,
            ) -> Result<Vec<Self::With<R>>> {
                let owners: Vec<M::Key> = rows.iter().map(|(key, _)| key.clone()).collect();
                let owners = owners.as_slice();
                let ($(mut $name,)+) = $join($(level(self.$index.load(db, owners))),+).await?;
                Ok(rows
                    .into_iter()
                    .map(|(key, row)| (row, $($name.take(&key)),+))
                    .collect())
            }

            #[expect(non_snake_case)]
            async fn attach_json(
                &self,
                db: &impl Reader,
                rows: &mut [(M::Key, Tree)],
            ) -> Result<()> {
                let owners: Vec<M::Key> = rows.iter().map(|(key, _)| key.clone()).collect();
                let owners = owners.as_slice();
                let ($($name,)+) = $join($(level(self.$index.load_json(db, owners))),+).await?;
                for (key, json) in rows {
                    $(json.add($name::NAME, $name.get(key).cloned());)+
                }
                Ok(())
            }
        }
    )+};
}

prefetches! {
    (A,), try_join1, A 0;
    (A, B), try_join, A 0, B 1;
    (A, B, C), try_join3, A 0, B 1, C 2;
    (A, B, C, D), try_join4, A 0, B 1, C 2, D 3;
}

macro_rules! single {
    ($(<$($generic:ident),*> $single:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: HasMany<I, Key: Hash + Eq>, const I: usize $(, $generic)*> Prefetches<M> for $single
        where
            Self: Prefetch<M> + Clone,
        {
            type With<R: Send> = (R, Vec<<Self as Prefetch<M>>::Row>);

            async fn attach<R: Send>(
                &self,
                db: &impl Reader,
                rows: Vec<(M::Key, R)>,
            ) -> Result<Vec<Self::With<R>>> {
                (self.clone(),).attach(db, rows).await
            }

            async fn attach_json(
                &self,
                db: &impl Reader,
                rows: &mut [(M::Key, Tree)],
            ) -> Result<()> {
                (self.clone(),).attach_json(db, rows).await
            }
        }
    )+};
}

single! {
    <> ToMany<M, Root<M>, M, I>;
    <Q> Many<M, Root<M>, M, I, Q>;
}

impl<M, S, W, O, L> QuerySet<M, S, W, O, L> {
    /// Loads the rows that belong to each row, behind the query: one more statement a relation, whatever the number of
    /// rows. Rows become `(User, Vec<Post>)`; up to four relations, as a tuple.
    ///
    /// ```
    /// use hyperdjango::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(table = "users", reverse(posts = Post.author))]
    /// pub struct User {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "posts", reverse(comments = Comment.post))]
    /// pub struct Post {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     pub author: ForeignKey<User>,
    ///     pub score: i32,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(table = "comments")]
    /// pub struct Comment {
    ///     #[field(primary_key)]
    ///     pub id: i64,
    ///     pub post: ForeignKey<Post>,
    /// }
    ///
    /// # async fn f(db: &Db) -> Result<()> {
    /// let users: Vec<(User, Vec<Post>)> = User::objects().prefetch_related(User.posts).all(db).await?;
    ///
    /// // Each one's three best, with their comments.
    /// let best = User.posts.order_by(Post.score.desc()).limit(3).prefetch_related(Post.comments);
    /// let users: Vec<(User, Vec<(Post, Vec<Comment>)>)> =
    ///     User::objects().prefetch_related(best).all(db).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// A query on the relation has its own `filter`, `order_by`, `select_related`, `values`, `prefetch_related`, and a
    /// `limit` that holds for each row.
    pub fn prefetch_related<T: Prefetches<M>>(self, relations: T) -> Prefetched<Self, T>
    where
        M: Model,
        S: KeyedRows<M>,
    {
        Prefetched { query: self, relations }
    }
}

impl<R, P: Path, M, const I: usize, Q> Many<R, P, M, I, Q> {
    /// With the rows that belong to each of them.
    pub fn prefetch_related<N: Model, T: Prefetches<N>>(
        self,
        relations: T,
    ) -> Many<R, P, M, I, Prefetched<Q, T>>
    where
        M: HasMany<I, Target = N>,
    {
        Many { query: Prefetched { query: self.query, relations }, of: self.of }
    }
}

impl<R, P: Path, M: HasMany<I>, const I: usize> ToMany<R, P, M, I> {
    /// The related rows with the rows that belong to each of them.
    pub fn prefetch_related<T: Prefetches<M::Target>>(
        self,
        relations: T,
    ) -> Many<R, P, M, I, Prefetched<QuerySet<M::Target>, T>> {
        self.all_related().prefetch_related(relations)
    }
}

impl<M, const I: usize, S, W, O, T, const LIMIT: bool, const OFFSET: bool> Belonging<M, I>
    for Prefetched<QuerySet<M::Target, S, W, O, Window<LIMIT, OFFSET>>, T>
where
    M: HasMany<I, Key: Field + ToSql>,
    S: KeyedRows<M::Target>,
    W: Filter<Options = Zero>,
    O: Ordering<S::Scope>,
    T: Prefetches<M::Target>,
{
    type Row = T::With<S::Row>;

    async fn load(
        &self,
        db: &impl Reader,
        owners: &[M::Key],
        copies: &(dyn Fn(&M::Key) -> usize + Sync),
    ) -> Result<Vec<(M::Key, usize, Self::Row)>> {
        let rows = Belonging::<M, I>::load(&self.query, db, owners, copies).await?;
        let (places, rows): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|(owner, copy, row)| ((owner, copy), (S::key(&row), row))).unzip();
        let rows = self.relations.attach(db, rows).await?;
        Ok(places.into_iter().zip(rows).map(|((owner, copy), row)| (owner, copy, row)).collect())
    }

    async fn load_json(&self, db: &impl Reader, owners: &[M::Key]) -> Result<Vec<(M::Key, Tree)>> {
        let (mut keys, mut rows) = (Vec::new(), Vec::new());
        let mut room = Room::default();
        self.query
            .of_owners::<M, I>(db, owners, |owner, row| {
                keys.push(owner);
                rows.push(open_object::<M::Target, S>(&self.query.select, row, &mut room)?);
                Ok(())
            })
            .await?;
        self.relations.attach_json(db, &mut rows).await?;
        Ok(keys.into_iter().zip(rows.into_iter().map(|(_, json)| json)).collect())
    }
}

/// A row's key, and its JSON, to which members are to be added.
fn open_object<M: Model, S: KeyedRows<M>>(
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
            self.relations.attach_json(db, &mut rows).await?;
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
        self.relations.attach(db, rows).await
    }
}

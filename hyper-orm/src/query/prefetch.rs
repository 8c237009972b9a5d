//! `prefetch_related`: rows with the many that belong to each, loaded level by level.

use std::collections::HashMap;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;

use foldhash::quality::RandomState;
use futures_util::future::{try_join, try_join3, try_join4};
use hyper_core::db::Reader;
use hyper_core::db::types::ToSql;

use super::belonging::{Belonging, KeyedRows};
use super::belongings::Belongings;
use super::filter::Filter;
use super::many::Many;
use super::prefetched::{Prefetched, open_object};
use super::query_set::QuerySet;
use super::tree::{Room, Tree};
use super::window::Window;
use crate::error::Result;
use crate::expr::Ordering;
use crate::field::Field;
use crate::model::{HasMany, Model, Path, Root, ToMany};
use crate::sql::Zero;

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
        let rows = self.relations.attach(&self.query.within(db), rows).await?;
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
        self.relations.attach_json(&self.query.within(db), &mut rows).await?;
        Ok(keys.into_iter().zip(rows.into_iter().map(|(_, json)| json)).collect())
    }
}

//! What happens to a row that is there already: `ON CONFLICT`.

use std::marker::PhantomData;

use hyper_core::ValidationErrors;
use hyper_core::db::Executor;

use super::bulk::{self, BulkRow};
use super::copy::CopyColumns;
use super::create::{self, insert_sql};
use crate::copied::copied;
use crate::error::Result;
use crate::expr::{Assignments, Column, Condition, Expr, Node};
use crate::field::Field;
use crate::model::{HasColumn, Model, Root};
use crate::query::QuerySet;
use crate::query::asked::asked;
use crate::sql::{Params, Part, Rope};

/// What an insert does with a row that is there already.
pub trait Conflict<M>: Send + Sync {
    /// The SQL behind the values.
    const ROPE: Rope;

    /// Hands over its values.
    fn bind<'a>(&'a self, _: &mut Params<'a>) {}

    /// How many values it has.
    fn params(&self) -> usize {
        let mut params = Params::new();
        self.bind(&mut params);
        params.as_slice().len()
    }
}

/// It fails: what `create` does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Refuse;

impl<M> Conflict<M> for Refuse {
    const ROPE: Rope = &[];
}

/// Whatever constraint the row breaks.
#[derive(Debug, Clone, Copy)]
pub struct Anything;

/// These columns, which are unique together.
#[derive(Debug)]
pub struct These<C>(PhantomData<fn() -> C>);

/// The unique columns a row is known by, until it is said what happens then.
#[derive(Debug)]
#[must_use = "say what happens: `.ignore()`, `.update(..)` or `.update_with(..)`"]
pub struct Target<M, T>(PhantomData<fn() -> (M, T)>);

/// An insert that knows what to do with rows that are there already.
#[must_use = "nothing is inserted until `.create(db, ..)` or `.bulk_create(db, ..)`"]
pub struct OnConflict<M, T, A> {
    action: A,
    of: PhantomData<fn() -> (M, T)>,
}

copied! { OnConflict<M, T, A> { action: A; of } }

/// `DO NOTHING`
#[derive(Debug, Clone, Copy)]
pub struct Ignore;

/// `DO UPDATE SET a = EXCLUDED.a`
#[derive(Debug)]
pub struct Replace<C>(PhantomData<fn() -> C>);

impl<C> Clone for Replace<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Replace<C> {}

/// `DO UPDATE SET a = ..`
#[derive(Debug, Clone, Copy)]
pub struct SetTo<A>(A);

/// `.. WHERE ..`
#[derive(Debug, Clone, Copy)]
pub struct Where<A, N>(A, N);

/// What is done with the row that is there.
pub trait ConflictAction<M>: Send + Sync {
    /// The SQL.
    const ROPE: Rope;

    /// Hands over its values.
    fn bind<'a>(&'a self, params: &mut Params<'a>);

    /// Holds the values against the columns' rules.
    fn check(&self, _: &mut ValidationErrors) {}
}

impl<M> ConflictAction<M> for Ignore {
    const ROPE: Rope = &[Part::Text(" DO NOTHING")];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<M: Model, C: CopyColumns<M>> ConflictAction<M> for Replace<C> {
    const ROPE: Rope = &[Part::Text(" DO UPDATE SET "), Part::Excluded(C::COLUMNS, M::NAMES)];

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

impl<M: Model, A: Assignments<M>> ConflictAction<M> for SetTo<A> {
    const ROPE: Rope = &[
        Part::Text(" DO UPDATE SET "),
        Part::Own("values of `update_with` cannot use columns beyond a foreign key", A::SET),
    ];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
    }

    fn check(&self, errors: &mut ValidationErrors) {
        self.0.check(errors);
    }
}

impl<M: Model, A: ConflictAction<M>, N: Node> ConflictAction<M> for Where<A, N> {
    const ROPE: Rope = &[
        Part::Rope(A::ROPE),
        Part::Text(" WHERE "),
        Part::Own("a condition on the row that is there cannot use columns beyond a foreign key", N::ROPE),
    ];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.0.bind(params);
        self.1.bind(params);
    }

    fn check(&self, errors: &mut ValidationErrors) {
        self.0.check(errors);
    }
}

/// How a row that is there is known.
pub trait ConflictTarget<M>: 'static {
    /// The SQL behind `ON CONFLICT`.
    const ROPE: Rope;
}

impl<M> ConflictTarget<M> for Anything {
    const ROPE: Rope = &[];
}

impl<M: Model, C: CopyColumns<M> + 'static> ConflictTarget<M> for These<C> {
    const ROPE: Rope = &[Part::Text(" ("), Part::Names(C::COLUMNS, M::NAMES), Part::Text(")")];
}

impl<M: Model, T: ConflictTarget<M>, A: ConflictAction<M>> Conflict<M> for OnConflict<M, T, A> {
    const ROPE: Rope = &[Part::Text(" ON CONFLICT"), Part::Rope(T::ROPE), Part::Rope(A::ROPE)];

    fn bind<'a>(&'a self, params: &mut Params<'a>) {
        self.action.bind(params);
    }
}

impl<M: Model> QuerySet<M> {
    /// Inserts that find the row there already, known by these columns, do what is said next: `.ignore()`,
    /// `.update(columns)` or `.update_with(assignments)`. The columns must be unique together in the database.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let values = (User.id.set(7), User.name.set("ana"));
    /// let upsert = User::objects().on_conflict(User.id).update(User.name);
    /// assert!(upsert.create_sql(&values).starts_with(concat!(
    ///     r#"INSERT INTO "users" ("id", "name") VALUES ($1, $2) "#,
    ///     r#"ON CONFLICT ("id") DO UPDATE SET "name" = EXCLUDED."name" RETURNING "#
    /// )));
    /// let user: Option<User> = upsert.create(db, values).await?;
    /// # Ok(()) }
    /// ```
    pub fn on_conflict<T: CopyColumns<M>>(self, _columns: T) -> Target<M, T> {
        Target(PhantomData)
    }

    /// Django's `ignore_conflicts=True`: rows that break any unique or exclusion constraint are left out.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// # async fn f(db: &Db) -> Result<()> {
    /// let names = ["ana", "bob"].map(|name| User.name.set(name));
    /// let new: Vec<User> = User::objects().ignore_conflicts().bulk_create(db, names).await?;
    /// # Ok(()) }
    /// ```
    pub fn ignore_conflicts(self) -> OnConflict<M, Anything, Ignore> {
        OnConflict { action: Ignore, of: PhantomData }
    }
}

impl<M: Model, T> Target<M, T> {
    /// Leaves the row as it is: `DO NOTHING`.
    pub fn ignore(self) -> OnConflict<M, These<T>, Ignore> {
        OnConflict { action: Ignore, of: PhantomData }
    }

    /// Django's `update_conflicts=True, update_fields=[..]`: takes these columns from the new row,
    /// `DO UPDATE SET "a" = EXCLUDED."a"`.
    pub fn update<C: CopyColumns<M>>(self, _columns: C) -> OnConflict<M, These<T>, Replace<C>> {
        OnConflict { action: Replace(PhantomData), of: PhantomData }
    }

    /// Changes the row so; [`excluded`] stands for a column of the new one.
    ///
    /// ```
    /// # hyperdjango::__blog!();
    /// let values = (Post.id.set(1), Post.title.set("x"), Post.author.set(1), Post.score.set(5));
    /// let add = Post::objects()
    ///     .on_conflict(Post.id)
    ///     .update_with(Post.score.set(Post.score + excluded(Post.score)))
    ///     .filter(Post.score.lt(100));
    /// assert!(add.create_sql(&values).contains(concat!(
    ///     r#" DO UPDATE SET "score" = ("posts"."score" + EXCLUDED."score") WHERE "posts"."score" < $5 RETURNING "#
    /// )));
    /// ```
    pub fn update_with<A: Assignments<M>>(self, assignments: A) -> OnConflict<M, These<T>, SetTo<A>> {
        OnConflict { action: SetTo(assignments), of: PhantomData }
    }
}

impl<M: Model, T, A: ConflictAction<M>> OnConflict<M, T, A>
where
    Self: Conflict<M>,
{
    /// Changes the row that is there only where this is true of it; otherwise nothing happens.
    pub fn filter<C: Condition<M>>(self, condition: C) -> OnConflict<M, T, Where<A, C::Node>> {
        OnConflict { action: Where(self.action, condition.into_node()), of: PhantomData }
    }

    /// Inserts a row, or does what was said with the one that is there. Returns the row that was inserted or changed;
    /// none when nothing happened.
    ///
    /// # Errors
    /// As [`QuerySet::create`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn create<V: Assignments<M>>(
        &self,
        db: &impl Executor,
        values: V,
    ) -> impl Future<Output = Result<Option<M>>> {
        asked::<M, _>(async move {
            let mut errors = ValidationErrors::new();
            values.check(&mut errors);
            self.action.check(&mut errors);
            errors.into_result()?;
            create::insert(db, &values, self).await
        })
    }

    /// The text [`create`](Self::create) sends.
    #[must_use]
    pub fn create_sql<V: Assignments<M>>(&self, _values: &V) -> &'static str {
        insert_sql::<M, V, Self>().text
    }

    /// Inserts many rows in one statement, or does what was said with those that are there. Returns the rows that were
    /// inserted or changed. No two of them may be the same row.
    ///
    /// # Errors
    /// As [`QuerySet::bulk_create`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn bulk_create<V: BulkRow<M>>(
        &self,
        db: &impl Executor,
        rows: impl IntoIterator<Item = V>,
    ) -> impl Future<Output = Result<Vec<M>>> {
        asked::<M, _>(async move {
            let mut errors = ValidationErrors::new();
            self.action.check(&mut errors);
            errors.into_result()?;
            bulk::insert(db, rows.into_iter().collect(), self).await
        })
    }
}

/// `EXCLUDED."a"`
#[derive(Debug)]
pub struct Excluded<M, const I: usize>(PhantomData<fn() -> M>);

impl<M: HasColumn<I>, const I: usize> Node for Excluded<M, I> {
    const ROPE: Rope = &[Part::Text("EXCLUDED."), Part::Name(M::NAMES[I])];
    const NULLABLE: bool = <M::Type as Field>::NULLABLE;

    fn bind<'a>(&'a self, _: &mut Params<'a>) {}
}

/// In `update_with`, a column of the row that could not be inserted: `EXCLUDED."score"`.
pub fn excluded<M: HasColumn<I>, T, const I: usize>(
    _column: Expr<M, T, Column<Root<M>, M, I>>,
) -> Expr<M, T, Excluded<M, I>> {
    Expr::new(Excluded(PhantomData))
}

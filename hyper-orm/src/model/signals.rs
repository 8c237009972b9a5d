//! Being told of changes: Django's `pre_save`, `post_save`, `pre_delete`, `post_delete` and `m2m_changed`.

use hyper_core::db::Executor;

use super::{HasMany, Model};
use crate::error::Result;

/// Functions that are called as rows of `M` change, chosen with `#[model(signals = Type)]` when the program is compiled. What
/// they return an error for does not happen; in a transaction, what they do becomes part of it.
///
/// ```
/// use hyperdjango::orm;
/// use hyperdjango::orm::model::Signals;
/// use hyperdjango::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "users", signals = Welcome)]
/// pub struct User {
///     #[field(primary_key)]
///     pub id: i64,
///     pub name: String,
/// }
///
/// pub struct Welcome;
///
/// impl Signals<User> for Welcome {
///     async fn pre_save(_db: &impl Executor, user: &mut User) -> orm::Result<()> {
///         user.name = user.name.trim().to_owned();
///         Ok(())
///     }
///
///     async fn post_save(db: &impl Executor, user: &User, created: bool) -> orm::Result<()> {
///         if created {
///             let name = user.name.clone();
///             db.on_commit(move || println!("welcome, {name}"));
///         }
///         Ok(())
///     }
/// }
/// ```
///
/// | called by | |
/// |---|---|
/// | `row.save(db)`, `row.edit()` and `save` | `pre_save`, `post_save` |
/// | `objects().create(..)` | `post_save`, created: there is no row before |
/// | `get_or_create`, `update_or_create` | `post_save`, created or not; nothing where the row was only found |
/// | `row.delete(db)` | `pre_delete`, `post_delete` |
/// | `add`, `remove`, `set`, `clear` of a relation many to many | `many_changed` |
/// | `objects().filter(..).update(..)`, `.delete(..)`, `bulk_create`, `bulk_update`, `on_conflict`, `copy_in`, a patch | nothing: there may be millions of rows, and none of them is here |
/// | rows that go because others did (`on_delete`) | nothing: PostgreSQL sees to them |
pub trait Signals<M: Model> {
    /// Before a row is written that was there before. It can still be changed.
    ///
    /// # Errors
    /// It is not written, and whoever saves gets the error.
    fn pre_save(_db: &impl Executor, _row: &mut M) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// After a row was written.
    ///
    /// # Errors
    /// Whoever wrote gets the error; outside a transaction the row is written nevertheless.
    fn post_save(_db: &impl Executor, _row: &M, _created: bool) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Before a row is deleted.
    ///
    /// # Errors
    /// It is not deleted.
    fn pre_delete(_db: &impl Executor, _row: &M) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// After a row was deleted, or marked so.
    ///
    /// # Errors
    /// Whoever deleted gets the error; outside a transaction the row is gone nevertheless.
    fn post_delete(_db: &impl Executor, _row: &M) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// After rows were related to a row many to many, by relation number `I` ([`M::NAME`](HasMany::NAME) says which that
    /// is), or are no longer. `keys` are those that were given; none for `Clear`.
    ///
    /// # Errors
    /// As [`post_save`](Self::post_save).
    fn many_changed<const I: usize>(
        _db: &impl Executor,
        _row: &M,
        _change: ManyChange,
        _keys: &[<<M as HasMany<I>>::Target as Model>::Key],
    ) -> impl Future<Output = Result<()>> + Send
    where
        M: HasMany<I>,
    {
        async { Ok(()) }
    }
}

/// What became of the rows of a relation many to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManyChange {
    /// They were added.
    Add,
    /// They were removed.
    Remove,
    /// They are the only ones now.
    Set,
    /// There are none now.
    Clear,
}

/// Nobody is told: what models have that say nothing about `signals`.
#[derive(Debug, Clone, Copy)]
pub struct NoSignals;

impl<M: Model> Signals<M> for NoSignals {}

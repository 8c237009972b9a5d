//! Databases beside the default one, each a type.

use super::component;
use super::executor::{Executor, Reader};
use super::forward::forward;
use super::pool::Db;
use crate::{Result, Settings};

/// A part of an application that is a database: [`Db`], or a type that [`database!`](crate::database) made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database",
    label = "expected `Db`, or a type that `database! {{ pub Archive = \"archive\"; }}` makes"
)]
pub trait AsDb: Send + Sync + 'static {
    /// Its connections.
    fn as_db(&self) -> &Db;
}

impl AsDb for Db {
    fn as_db(&self) -> &Db {
        self
    }
}

/// A database with a name, made by [`database!`](crate::database).
pub trait NamedDatabase: AsDb {
    /// The name, in small letters: that of `DATABASE_URL_ARCHIVE` is `archive`.
    const NAME: &'static str;
}

/// Declares databases beside the default one: types that are parts of an application, arguments of handlers, and taken by
/// all that runs a query.
///
/// ```
/// use hyper_core::db::{DatabaseError, Executor, NamedDatabase};
///
/// hyper_core::database! {
///     /// The orders of former years.
///     pub Archive = "archive";
/// }
/// assert_eq!(Archive::NAME, "archive");
///
/// // As `#[derive(App)]` gives it to handlers that take `archive: &Archive`.
/// async fn forget(archive: &Archive) -> Result<(), DatabaseError> {
///     archive.execute_batch("DELETE FROM orders").await
/// }
/// ```
///
/// It is where `DATABASE_URL_ARCHIVE` says, with `POOL_SIZE_ARCHIVE` connections (or else `POOL_SIZE`), and with replicas
/// if `DATABASE_REPLICAS_ARCHIVE` names some. Without a URL it is a database of the
/// [project's own](crate::embedded) PostgreSQL. It dereferences to a [`Db`](crate::db::Db), for transactions and all else.
#[macro_export]
macro_rules! database {
    ($($(#[$attribute:meta])* $visibility:vis $type:ident = $name:literal;)+) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone)]
        $visibility struct $type($crate::db::Db);

        const _: () = $crate::db::check_database_name($name);

        impl $crate::db::AsDb for $type {
            fn as_db(&self) -> &$crate::db::Db {
                &self.0
            }
        }

        impl $crate::db::NamedDatabase for $type {
            const NAME: &'static str = $name;
        }

        impl $crate::Component for $type {
            async fn start(settings: &$crate::Settings) -> $crate::Result<Self> {
                ::core::result::Result::Ok(Self($crate::db::start_database::<Self>(settings).await?))
            }

            async fn stop(&self) {
                $crate::Component::stop(&self.0).await;
            }
        }

        impl $crate::health::Check for $type {
            async fn check(&self) -> $crate::Result<()> {
                $crate::health::Check::check(&self.0).await
            }
        }

        impl ::core::ops::Deref for $type {
            type Target = $crate::db::Db;

            fn deref(&self) -> &$crate::db::Db {
                &self.0
            }
        }
    )+};
}

/// Starts a database by its name.
#[doc(hidden)]
pub async fn start_database<D: NamedDatabase>(settings: &Settings) -> Result<Db> {
    component::start(settings, D::NAME).await
}

/// Holds a name against what a setting can be named.
#[doc(hidden)]
pub const fn check_database_name(name: &str) {
    let bytes = name.as_bytes();
    assert!(
        !bytes.is_empty() && bytes.len() <= 40 && bytes[0].is_ascii_lowercase(),
        "a database's name has 1 to 40 bytes and begins with a small letter: `archive` is `DATABASE_URL_ARCHIVE`"
    );
    let mut i = 0;
    while i < bytes.len() {
        assert!(
            bytes[i].is_ascii_lowercase() || bytes[i].is_ascii_digit() || bytes[i] == b'_',
            "a database's name is small letters, digits and `_`: `archive` is `DATABASE_URL_ARCHIVE`"
        );
        i += 1;
    }
}

#[diagnostic::do_not_recommend]
impl<D: NamedDatabase> Reader for D {
    forward!(self.as_db(), by self: read, run, cursor, copy_out);
}

#[diagnostic::do_not_recommend]
impl<D: NamedDatabase> Executor for D {
    forward!(self.as_db(), by self: write, copy_in_stream, execute_batch, begin, on_commit, on_rollback);
}

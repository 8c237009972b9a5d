//! Databases beside the default one, each a type.

use super::component;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::executor::{Executor, Reader};
use super::forward::forward;
use super::pool::Db;
use crate::{Error, Result, Settings};

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

/// Starts a database by its type's name.
#[doc(hidden)]
pub async fn start_database<D: NamedDatabase>(settings: &Settings) -> Result<Db> {
    component::start(settings, D::NAME).await
}

impl Db {
    /// Opens the database of a name, with the settings of that name: `DATABASE_URL_EAST`, `POOL_SIZE_EAST` and the like.
    ///
    /// # Errors
    /// What is wrong with a setting; that the name is none that a setting can have; and, without a URL, why the
    /// project's own PostgreSQL cannot be started.
    pub async fn start_named(settings: &Settings, name: &str) -> Result<Self> {
        if let Err(problem) = database_name(name) {
            return Err(Error::internal(DatabaseError::new(
                ErrorKind::Other,
                format!("`{name}`: {problem}"),
            )));
        }
        component::start(settings, name).await
    }
}

/// Holds a name against what a setting can be named.
#[doc(hidden)]
pub const fn check_database_name(name: &str) {
    if let Err(problem) = database_name(name) {
        panic!("{}", problem);
    }
}

/// Whether a database can be named so; what is wrong if it cannot.
#[doc(hidden)]
pub const fn database_name(name: &str) -> std::result::Result<(), &'static str> {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 40 || !bytes[0].is_ascii_lowercase() {
        return Err(
            "a database's name has 1 to 40 bytes and begins with a small letter: `archive` is `DATABASE_URL_ARCHIVE`",
        );
    }
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_lowercase() || bytes[i].is_ascii_digit() || bytes[i] == b'_') {
            return Err(
                "a database's name is small letters, digits and `_`: `archive` is `DATABASE_URL_ARCHIVE`",
            );
        }
        i += 1;
    }
    Ok(())
}

#[diagnostic::do_not_recommend]
impl<D: NamedDatabase> Reader for D {
    forward!(self.as_db(), by self: read, run, keeps, cursor, copy_out);
}

#[diagnostic::do_not_recommend]
impl<D: NamedDatabase> Executor for D {
    forward!(self.as_db(), by self: write, copy_in_stream, execute_batch, begin, on_commit, on_rollback);
}

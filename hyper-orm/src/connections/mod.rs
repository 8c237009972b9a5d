//! Several databases of one kind, whose names only the settings know: shards, regions, tenants.
//!
//! [`Connections`] are a part of an application, a [`Router`] says which of them a table is in, and [`Databases`] is what
//! tables are created in: the one database of most models, or several.

mod databases;
mod router;

use std::fmt;

use hyper_core::db::{DatabaseError, Db, ErrorKind, Reader};
use hyper_core::health::Check;
use hyper_core::settings::SettingsError;
use hyper_core::{Component, Error, Result, Settings};

use crate::model::{Model, Table};

pub use databases::Databases;
pub use router::Router;

/// Databases that the setting `DATABASES` names, Django's `connections`; `R` is the [`Router`].
///
/// Where a database has a meaning of its own, [`database!`](hyper_core::database) makes it a type. These are for as many
/// as there happen to be, all of one kind:
///
/// ```console
/// DATABASES="eu us"
/// DATABASE_URL_EU=postgres://app@frankfurt/shop
/// DATABASE_URL_US=postgres://app@oregon/shop
/// ```
///
/// ```
/// use hyperdjango::connections::Connections;
/// use hyperdjango::prelude::*;
///
/// type Regions = Connections;
///
/// #[derive(Model)]
/// #[model(table = "customers", database = Regions)]
/// pub struct Customer {
///     #[field(primary_key)]
///     pub id: i64,
/// }
///
/// #[get("/{region}/customers")]
/// async fn how_many(region: String, regions: &Regions) -> Result<String> {
///     let db = regions.get(&region).ok_or_else(|| Error::not_found("no such region"))?;
///     Ok(Customer::objects().count(db).await?.to_string())
/// }
///
/// routes! { Urls: how_many }
///
/// #[derive(App)]
/// #[app(routes = Urls, models = [Customer])]
/// struct Site {
///     regions: Regions,
/// }
/// ```
///
/// Each has its own pool, settings (`POOL_SIZE_EU` ..) and replicas (`DATABASE_REPLICAS_EU`), and is one of the checks of
/// `/ready`. The table of a model with `database = Regions` is created in each of them, unless the
/// router says otherwise.
pub struct Connections<R = ()> {
    /// In the order of the setting; one at least.
    all: Vec<(String, Db)>,
    router: R,
}

impl<R> Connections<R> {
    /// The database of a name, as a request or a row has it; none if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Db> {
        self.all.iter().find(|(other, _)| other == name).map(|(_, db)| db)
    }

    /// The database of a name that the program knows.
    ///
    /// ```no_run
    /// # use hyper_orm::connections::Connections;
    /// # fn f(connections: Connections) -> Result<(), hyper_core::db::DatabaseError> {
    /// let archive = connections.using("archive")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Other`](ErrorKind::Other), which is answered 500, if `DATABASES` does not name it. For a name that comes from
    /// outside there is [`get`](Self::get).
    pub fn using(&self, name: &str) -> Result<&Db, DatabaseError> {
        self.get(name).ok_or_else(|| {
            let problem = format!(
                "no database is named `{name}`: DATABASES has {}; add it there, with DATABASE_URL_{}",
                self.list(),
                name.to_ascii_uppercase()
            );
            DatabaseError::new(ErrorKind::Other, problem)
        })
    }

    /// All of them with their names, in the order of the setting.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Db)> {
        self.all.iter().map(|(name, db)| (name.as_str(), db))
    }

    fn list(&self) -> String {
        let names: Vec<_> = self.all.iter().map(|(name, _)| format!("`{name}`")).collect();
        names.join(", ")
    }
}

impl<R: Router> Connections<R> {
    /// Opens databases by their names, as the setting `DATABASES` does.
    ///
    /// ```no_run
    /// # use hyper_orm::connections::Connections;
    /// # fn f(eu: hyper_core::db::Db, us: hyper_core::db::Db) {
    /// let regions: Connections = Connections::new([("eu".to_owned(), eu), ("us".to_owned(), us)]);
    /// # }
    /// ```
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn new(all: impl IntoIterator<Item = (String, Db)>) -> Self {
        let all: Vec<_> = all.into_iter().collect();
        assert!(!all.is_empty(), "there is no database");
        Self { all, router: R::default() }
    }

    /// The router.
    pub fn router(&self) -> &R {
        &self.router
    }

    /// Where rows of a model are written, Django's `db_for_write`: what the router says, or else the first database
    /// that has its table.
    ///
    /// # Errors
    /// As [`using`](Self::using), where the router names one that is not there or lets none have the table.
    pub fn write<M: Model<Database = Self>>(&self) -> Result<&Db, DatabaseError> {
        match self.router.write(M::META) {
            Some(name) => self.using(name),
            None => self.of(M::META).into_iter().next().ok_or_else(|| {
                let problem = format!("the router lets no database have table `{}`", M::TABLE);
                DatabaseError::new(ErrorKind::Other, problem)
            }),
        }
    }

    /// Where rows of a model are read, Django's `db_for_read`: what the router says, or else where they are written.
    /// What writes does not compile with it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn read<M: Model<Database = Self>>(&self) -> Result<impl Reader + use<M, R>, DatabaseError> {
        match self.router.read(M::META) {
            Some(name) => self.using(name).cloned(),
            None => self.write::<M>().cloned(),
        }
    }
}

impl<R: Router> Databases for Connections<R> {
    fn of(&self, table: &Table) -> Vec<&Db> {
        self.iter().filter(|(name, _)| self.router.migrate(name, table)).map(|(_, db)| db).collect()
    }

    fn relate(&self, from: &Table, to: &Table) -> bool {
        self.router.relation(from, to)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Router> Component for Connections<R> {
    async fn start(settings: &Settings) -> Result<Self> {
        let names: Vec<String> = settings.list("DATABASES").map(str::to_owned).collect();
        let wrong = |problem: String| Error::from(SettingsError::new("DATABASES", problem));
        if names.is_empty() {
            return Err(wrong("is missing: name the databases, such as `eu us`".to_owned()));
        }
        let mut all: Vec<(String, Db)> = Vec::new();
        for name in names {
            if all.iter().any(|(other, _)| *other == name) {
                return Err(wrong(format!("has `{name}` twice")));
            }
            if let Err(problem) = hyper_core::db::database_name(&name) {
                return Err(wrong(format!("has `{name}`: {problem}")));
            }
            let db = Db::start_named(settings, &name).await?;
            all.push((name, db));
        }
        Ok(Self { all, router: R::default() })
    }

    async fn stop(&self) {
        futures_util::future::join_all(self.all.iter().map(|(_, db)| Component::stop(db))).await;
    }
}

/// All of them answer.
impl<R: Router> Check for Connections<R> {
    async fn check(&self) -> Result<()> {
        let ask = async |(name, db): &(String, Db)| {
            db.check().await.map_err(|error| Error::internal(NotWell { name: name.clone(), error }))
        };
        futures_util::future::try_join_all(self.all.iter().map(ask)).await.map(drop)
    }
}

/// Which of them does not answer.
#[derive(Debug)]
struct NotWell {
    name: String,
    error: Error,
}

impl fmt::Display for NotWell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database `{}`: {}", self.name, self.error)
    }
}

impl std::error::Error for NotWell {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}

impl<R: fmt::Debug> fmt::Debug for Connections<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("names", &self.list()).field("router", &self.router).finish()
    }
}

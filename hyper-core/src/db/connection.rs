//! One connection, with the statements prepared on it.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

use super::error::{DatabaseError, ErrorKind};
use super::sql::{Param, Sql};
use super::statements::Statements;

/// Where a database is: `postgres://user:password@host:5432/name`, or `key=value` pairs as libpq
/// takes them (`host=/run/postgresql dbname=shop`). The password never appears in `Debug`.
#[derive(Clone)]
pub struct DatabaseUrl(Config);

impl DatabaseUrl {
    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.get_dbname().or(self.0.get_user()).unwrap_or("postgres")
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut config = Config::from_str(text).map_err(|error| {
            let cause = std::error::Error::source(&error).map_or(String::new(), |cause| format!(": {cause}"));
            format!("{error}{cause}; expected postgres://user:password@host:5432/name")
        })?;
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_application_name().is_none() {
            config.application_name("hyperdjango");
        }
        Ok(Self(config))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({:?}, {:?})", self.0.get_hosts(), self.name())
    }
}

pub(super) struct Connection {
    client: Client,
    statements: Mutex<Statements>,
}

impl Connection {
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, DatabaseError> {
        let (client, connection) = url.0.connect(NoTls).await.map_err(|error| {
            let known = DatabaseError::from(error);
            match known.kind() {
                ErrorKind::Unavailable => known,
                // Refused with a code of PostgreSQL's own, such as a wrong password: still no connection.
                _ => DatabaseError::new(ErrorKind::Unavailable, known.to_string()).with_source(known),
            }
        })?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to PostgreSQL ended");
            }
        });
        Ok(Self { client, statements: Mutex::default() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn prepared(&self, sql: Sql) -> Result<Statement, DatabaseError> {
        if let Some(statement) = self.statements.lock().expect("no panic while held").get(sql) {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql.text).await?;
        (sql.check)(statement.columns())
            .map_err(|problem| DatabaseError::new(ErrorKind::SchemaMismatch, problem))?;
        self.statements.lock().expect("no panic while held").insert(sql, statement.clone());
        Ok(statement)
    }

    /// Runs a statement, gives each row to `each`, and returns how many rows it returned or touched.
    pub(super) async fn run(
        &self,
        sql: Sql,
        params: &[Param<'_>],
        each: &mut (impl FnMut(&Row) -> Result<(), DatabaseError> + Send),
    ) -> Result<u64, DatabaseError> {
        let statement = self.prepared(sql).await?;
        let outcome = async {
            let rows = self.client.query_raw(&statement, params.iter().copied()).await?;
            let mut rows = std::pin::pin!(rows);
            let mut returned = 0;
            while let Some(row) = rows.try_next().await? {
                each(&row)?;
                returned += 1;
            }
            Ok::<_, DatabaseError>(rows.rows_affected().unwrap_or(returned))
        };
        let outcome = outcome.await;
        if let Err(error) = &outcome
            && error.sqlstate() == Some("0A000")
        {
            // "cached plan must not change result type": the table was altered since.
            self.statements.lock().expect("no panic while held").remove(sql);
        }
        outcome
    }

    /// Runs statements that take no parameters and return nothing, as one string.
    pub(super) async fn batch(&self, text: &str) -> Result<(), DatabaseError> {
        Ok(self.client.batch_execute(text).await?)
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

//! One connection, with the statements prepared on it.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, Stream, TryStreamExt};
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{CancelToken, Client, Config, NoTls, Row, Socket, Statement};

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::listen::Messages;
use super::log::Noted;
use super::sql::{Param, Sql};
use super::statements::Statements;

/// How long it may take to connect, where the URL does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

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

    /// Another database of the same server.
    pub(super) fn of_database(&self, name: &str) -> Self {
        let mut config = self.0.clone();
        config.dbname(name);
        Self(config)
    }

    /// How long it may take to connect: 5 s, unless it says `connect_timeout`.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.0.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT)
    }

    /// Connects within the time limit, which is for all of it: a server that takes a connection and says nothing is not
    /// there either.
    async fn connect(
        &self,
        config: &Config,
    ) -> Result<(Client, tokio_postgres::Connection<Socket, NoTlsStream>), DatabaseError> {
        let limit = self.connect_timeout();
        let Ok(connected) = tokio::time::timeout(limit, config.connect(NoTls)).await else {
            let problem = format!("PostgreSQL did not answer within {limit:?}");
            return Err(DatabaseError::new(ErrorKind::Unavailable, problem));
        };
        connected.map_err(|error| {
            let known = DatabaseError::from(error);
            match known.kind() {
                ErrorKind::Unavailable => known,
                // Refused with a code of PostgreSQL's own, such as a wrong password: still no connection.
                _ => DatabaseError::new(ErrorKind::Unavailable, known.to_string()).with_source(known),
            }
        })
    }

    /// A connection for who listens, which PostgreSQL shows by that name.
    pub(super) async fn connect_to_listen(&self) -> Result<(Client, impl Messages + use<>), DatabaseError> {
        let mut config = self.0.clone();
        let program = self.0.get_application_name().unwrap_or("hyperdjango");
        config.application_name(format!("{program} (listens)"));
        self.connect(&config).await
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
            config.connect_timeout(CONNECT_TIMEOUT);
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
    pub(super) client: Client,
    statements: Mutex<Statements>,
    /// PostgreSQL said that it ends, which tokio-postgres may find out later than the statement that was told.
    broken: AtomicBool,
    /// Statements that were begun and have not ended well: under way, failed, or given up by who asked.
    unsettled: AtomicU32,
    /// Of those, the ones that nobody waited for until they ended.
    abandoned: AtomicBool,
}

/// Notes on its connection whether a statement ended, however its future does; and in the logs, where there are some.
struct Under<'c>(&'c Connection, bool, Option<Box<Noted>>);

impl<'c> Under<'c> {
    fn begin(connection: &'c Connection, noted: Option<Box<Noted>>) -> Self {
        connection.unsettled.fetch_add(1, Ordering::Relaxed);
        Self(connection, false, noted)
    }

    fn end<T>(mut self, outcome: &Result<T, DatabaseError>) {
        self.1 = true;
        if let Some(mut noted) = self.2.take() {
            noted.ended(outcome.as_ref().err().map(ToString::to_string));
        }
        match outcome {
            Ok(_) => {
                self.0.unsettled.fetch_sub(1, Ordering::Relaxed);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                self.0.broken.store(true, Ordering::Relaxed)
            }
            Err(_) => {}
        }
    }
}

impl Drop for Under<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.abandoned.store(true, Ordering::Relaxed);
        }
    }
}

impl Connection {
    /// Connects, and has a task serve the connection.
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, DatabaseError> {
        let (client, connection) = url.connect(&url.0).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to PostgreSQL ended");
            }
        });
        Ok(Self {
            client,
            statements: Mutex::default(),
            broken: AtomicBool::new(false),
            unsettled: AtomicU32::new(0),
            abandoned: AtomicBool::new(false),
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.broken.load(Ordering::Relaxed) || self.client.is_closed()
    }

    /// Whether statements have failed, or were not waited for, since [`settled`](Self::settled).
    pub(super) fn is_unsettled(&self) -> bool {
        self.unsettled.load(Ordering::Relaxed) != 0
    }

    /// Whether a statement may be under way that nobody waits for any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// Says that nothing is under way, and that the state PostgreSQL is in is known.
    pub(super) fn settled(&self) {
        self.unsettled.store(0, Ordering::Relaxed);
        self.abandoned.store(false, Ordering::Relaxed);
    }

    /// Waits for a statement, and keeps account of how it ends.
    pub(super) async fn watch<T>(
        &self,
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        self.watch_noted(None, work).await
    }

    /// The same for a statement of the application's, which logs have.
    pub(super) async fn watch_noted<T>(
        &self,
        noted: Option<Box<Noted>>,
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        let under = Under::begin(self, noted);
        let outcome = work.await;
        under.end(&outcome);
        outcome
    }

    pub(super) async fn prepared(&self, sql: Sql<'_>) -> Result<Statement, DatabaseError> {
        match self.known(&sql)? {
            Some(statement) => Ok(statement),
            None => self.prepare(sql).await,
        }
    }

    /// A statement that was prepared, after a look at what it returns where nobody had one.
    fn known(&self, sql: &Sql<'_>) -> Result<Option<Statement>, DatabaseError> {
        let known = self.statements.lock().expect("no panic while held").get(sql);
        match known {
            Some((statement, true)) => Ok(Some(statement)),
            Some((statement, false)) => check(sql, &statement).map(|()| Some(statement)),
            None => Ok(None),
        }
    }

    async fn prepare(&self, sql: Sql<'_>) -> Result<Statement, DatabaseError> {
        let statement = self.client.prepare(sql.text).await?;
        check(&sql, &statement)?;
        self.statements.lock().expect("no panic while held").insert(sql, statement.clone());
        Ok(statement)
    }

    /// Runs a statement, gives each row to `each`, and returns how many rows it returned or touched.
    ///
    /// Every query's future has this one in it, and copies it before it starts. So it borrows what an `async fn` would
    /// have twice, and what is large is in boxes: the first call of a statement, and tokio-postgres's future, a kilobyte
    /// with room for preparing what is prepared.
    #[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
    pub(super) fn run<'c>(
        &'c self,
        sql: &'c Sql<'_>,
        params: &'c [Param<'_>],
        each: &'c mut (impl FnMut(&Row) -> Result<(), DatabaseError> + Send),
    ) -> impl Future<Output = Result<u64, DatabaseError>> + Send + 'c {
        async move {
            let under = Under::begin(self, Noted::of(sql, params));
            let outcome = async {
                let statement = match self.known(sql)? {
                    Some(statement) => statement,
                    None => Box::pin(self.prepare(*sql)).await?,
                };
                // By reference, it is just not too large for the allocator's short way.
                let mut params = params.iter().copied();
                let rows = Box::pin(self.client.query_raw(&statement, &mut params)).await?;
                let mut rows = std::pin::pin!(rows);
                let mut returned = 0;
                while let Some(row) = rows.try_next().await? {
                    each(&row).inspect_err(|_| self.leave())?;
                    returned += 1;
                }
                Ok(rows.rows_affected().unwrap_or(returned))
            }
            .await;
            under.end(&outcome);
            if outcome.as_ref().is_err_and(DatabaseError::is_of_text) {
                self.statements.lock().expect("no panic while held").remove(*sql);
            }
            outcome
        }
    }

    /// Runs statements that take no parameters and return nothing, as one string.
    pub(super) async fn batch(&self, text: &str) -> Result<(), DatabaseError> {
        self.watch(async { Ok(self.client.batch_execute(text).await?) }).await
    }

    /// The same for what the application runs so, which logs have.
    pub(super) async fn script(&self, text: &str) -> Result<(), DatabaseError> {
        let noted = Noted::begin(text);
        self.watch_noted(noted, async { Ok(self.client.batch_execute(text).await?) }).await
    }

    /// Sends statements as [`batch`](Self::batch) does, and does not wait for what becomes of them.
    pub(super) fn post(&self, text: &str) {
        self.unsettled.fetch_add(1, Ordering::Relaxed);
        // The first poll sends it. Whoever is told of the answer need not be there: it comes in its order.
        let sent = std::pin::pin!(self.client.batch_execute(text));
        let _ = sent.poll(&mut Context::from_waker(Waker::noop()));
    }

    /// Notes that PostgreSQL may still send what nobody wants any more.
    pub(super) fn leave(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// Feeds a `COPY .. FROM STDIN`, as [`Executor::copy_in_stream`](super::Executor::copy_in_stream) says.
    pub(super) async fn copy_in(
        &self,
        text: &str,
        pieces: impl Stream<Item = Result<Bytes, DatabaseError>> + Send,
    ) -> Result<u64, DatabaseError> {
        let work = async {
            // Dropped before it is finished, it has PostgreSQL forget what came.
            let sink = self.client.copy_in::<_, Bytes>(text).await?;
            let (mut sink, mut pieces) = (std::pin::pin!(sink), std::pin::pin!(pieces));
            while let Some(piece) = pieces.try_next().await? {
                if !piece.is_empty() {
                    sink.send(piece).await?;
                }
            }
            Ok(sink.finish().await?)
        };
        self.watch_noted(Noted::begin(text), work).await
    }

    /// Hands over what a `COPY .. TO STDOUT` sends, as [`Executor::copy_out`](super::Executor::copy_out) says.
    pub(super) async fn copy_out(
        &self,
        text: &str,
        mut each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let work = async {
            let chunks = self.client.copy_out(text).await?;
            let mut chunks = std::pin::pin!(chunks);
            let mut bytes = 0;
            while let Some(chunk) = chunks.try_next().await? {
                each(&chunk).inspect_err(|_| self.leave())?;
                bytes += chunk.len() as u64;
            }
            Ok(bytes)
        };
        self.watch_noted(Noted::begin(text), work).await
    }

    /// Asks PostgreSQL to stop what it does for a connection.
    pub(super) fn canceller(&self) -> CancelToken {
        self.client.cancel_token()
    }
}

/// Whether what a statement returns is what its rows are read as.
fn check(sql: &Sql<'_>, statement: &Statement) -> Result<(), DatabaseError> {
    (sql.check)(statement.columns()).map_err(|problem| DatabaseError::new(ErrorKind::SchemaMismatch, problem))
}

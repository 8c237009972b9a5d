//! One connection, with the statements prepared on it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt, Stream, TryStreamExt};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Column, Statement};

use super::age::Age;
use super::canceller::Canceller;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::executor::Each;
use super::log::Noted;
use super::pooler::Server;
use super::pulse::Pulse;
use super::sql::{Param, Sql};
use super::statements::Table;
use super::target::Target;
use super::task::Task;
use super::timer::{Observed, Timed};
use super::wire::Turn;

pub(super) struct Connection {
    pub(super) client: Client,
    task: Task,
    pub(super) target: Arc<Target>,
    server: Server,
    /// Whether statements are prepared, and found again.
    prepares: bool,
    statements: Arc<Mutex<Table<Statement>>>,
    age: Age,
    pulse: Arc<Pulse>,
    /// Whether some of the statements that have not ended well were not waited for until they ended.
    abandoned: AtomicBool,
    /// Where its statements are counted and timed; none for what the framework asks by itself.
    observed: Option<Arc<Observed>>,
}

/// That a statement can be sent at once; with its prepared form, where nothing of that is left to check.
#[derive(Default)]
pub(super) struct Ready(Option<Statement>);

/// Notes on its connection whether a statement ended, however its future does; and in the logs, where there are some.
struct Under<'c> {
    connection: &'c Connection,
    ended: bool,
    /// It has succeeded.
    well: bool,
    noted: Option<Box<Noted>>,
    /// Whoever is alone on the connection sends the statement and takes the answer in, too.
    turn: Turn<'c>,
    _timed: Timed<'c>,
}

impl<'c> Under<'c> {
    fn begin(
        connection: &'c Connection,
        noted: Option<Box<Noted>>,
        sql: &'c str,
        params: &'c [Param<'c>],
    ) -> Self {
        connection.pulse.begin();
        connection.age.ran();
        let _timed = Timed::begin(connection.observed.as_deref(), sql, params);
        let turn = Turn::begin(&connection.task.wire);
        Self { connection, ended: false, well: false, noted, turn, _timed }
    }

    fn end<T>(mut self, outcome: &Result<T, DatabaseError>) {
        self.ended = true;
        if let Some(mut noted) = self.noted.take() {
            noted.ended(outcome.as_ref().err().map(ToString::to_string));
        }
        match outcome {
            Ok(_) => self.well = true,
            // PostgreSQL said that it ends.
            Err(error) if error.kind() == ErrorKind::Interrupted => self.connection.pulse.breaks(),
            Err(_) => {}
        }
    }
}

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.connection.pulse.end(self.well);
        if !self.ended {
            self.connection.abandoned.store(true, Ordering::Relaxed);
        }
    }
}

impl Connection {
    /// Connects within the time limit.
    pub(super) async fn open(target: &Arc<Target>) -> Result<Self, DatabaseError> {
        let (client, task, server) = target.connect().await?;
        let prepares = server.prepares(target.prepared_statements);
        let (pulse, limit) = (task.pulse.clone(), milliseconds(target.query_timeout()));
        pulse.set_limit(limit);
        // It takes no limits for a session, which nobody has.
        if server.is_pooler() && limit != 0 {
            pulse.stop_after(limit, target.canceller(&client));
        }
        Ok(Self {
            client,
            task,
            target: target.clone(),
            server,
            prepares,
            statements: target.statements.table(target.statement_cache_size),
            age: Age::new(target.limits),
            pulse,
            abandoned: AtomicBool::new(false),
            observed: None,
        })
    }

    /// Who answers on it.
    pub(super) fn server(&self) -> Server {
        self.server
    }

    /// Whether statements are prepared on it.
    pub(super) fn prepares(&self) -> bool {
        self.prepares
    }

    pub(super) fn is_closed(&self) -> bool {
        self.pulse.is_broken() || self.client.is_closed()
    }

    /// Whether PostgreSQL still says something on it.
    pub(super) fn pulse(&self) -> &Arc<Pulse> {
        &self.pulse
    }

    pub(super) fn age(&self) -> &Age {
        &self.age
    }

    /// Whether statements have failed, or were not waited for, since [`settled`](Self::settled).
    pub(super) fn is_unsettled(&self) -> bool {
        self.pulse.is_unsettled()
    }

    /// Whether a statement may be under way that nobody waits for any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// Says that nothing is under way, and that the state PostgreSQL is in is known.
    pub(super) fn settled(&self) {
        self.abandoned.store(false, Ordering::Relaxed);
        self.pulse.settled(milliseconds(self.target.query_timeout()));
    }

    /// Notes a limit that a transaction sets, until [`settled`](Self::settled).
    pub(super) fn is_limited(&self, limit: Duration) {
        self.pulse.set_limit(milliseconds(limit));
    }

    /// When a statement began, where there is a limit.
    fn begun(&self) -> Option<Instant> {
        (self.pulse.limit() != 0).then(Instant::now)
    }

    /// PostgreSQL has one code for statements that take too long and for those that somebody stops, and the words it says
    /// it by are in its language. What took as long as it may is the former.
    #[cold]
    fn judged(&self, error: DatabaseError, begun: Option<Instant>) -> DatabaseError {
        let limit = Duration::from_millis(self.pulse.limit().into());
        if is_overdue(&error, begun.map(|begun| begun.elapsed()), limit) {
            return error.into_kind(ErrorKind::Timeout);
        }
        self.if_silent(error)
    }

    /// Counts and times its statements from now on.
    pub(super) fn observed_by(mut self, observed: Arc<Observed>) -> Self {
        self.observed = Some(observed);
        self
    }

    /// Waits for a statement, and keeps account of how it ends.
    pub(super) async fn watch<T>(
        &self,
        text: &str,
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        let mut under = Under::begin(self, None, text, &[]);
        let mut work = pin!(work);
        let outcome = poll_fn(|cx| under.turn.poll(cx, work.as_mut())).await;
        let outcome = outcome.map_err(|error| self.if_silent(error));
        under.end(&outcome);
        outcome
    }

    /// The same for a statement of the application's, which logs have.
    pub(super) async fn watch_noted<T>(
        &self,
        noted: Option<Box<Noted>>,
        (text, params): (&str, &[Param<'_>]),
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        let under = Under::begin(self, noted, text, params);
        let begun = self.begun();
        let outcome = work.await.map_err(|error| self.judged(error, begun));
        under.end(&outcome);
        outcome
    }

    /// The types of a statement's parameters.
    pub(super) async fn types(&self, sql: Sql<'_>, params: usize) -> Result<Arc<[Type]>, DatabaseError> {
        let _turn = Turn::begin(&self.task.wire);
        let types = if self.prepares {
            let statement = match self.known(&sql)? {
                Some(statement) => statement,
                None => self.prepare(sql).await?,
            };
            statement.params().into()
        } else {
            self.described(sql, params).await?
        };
        if params != types.len() {
            let problem = format!("{params} values for {} parameters", types.len());
            return Err(DatabaseError::new(ErrorKind::Other, problem));
        }
        Ok(types)
    }

    /// A statement that was prepared, after a look at what it returns where nobody had one.
    fn known(&self, sql: &Sql<'_>) -> Result<Option<Statement>, DatabaseError> {
        let known = self.statements.lock().expect("no panic while held").get(sql);
        match known {
            Some((statement, true)) => Ok(Some(statement)),
            Some((statement, false)) => check(sql, statement.columns()).map(|()| Some(statement)),
            None => Ok(None),
        }
    }

    async fn prepare(&self, sql: Sql<'_>) -> Result<Statement, DatabaseError> {
        let statement = self.client.prepare(sql.text).await?;
        check(&sql, statement.columns())?;
        self.statements.lock().expect("no panic while held").insert(sql, statement.clone());
        Ok(statement)
    }

    /// Runs a statement, gives each row to `each`, and returns how many rows it returned or touched.
    ///
    /// It is in a box. Every query's future has this one in it, and is moved before it starts; tokio-postgres's alone has
    /// a kilobyte. And rustc goes through a future and all that are in it, to a depth that a site's own have a right to:
    /// here is an end.
    pub(super) fn run<'c>(
        &'c self,
        sql: &'c Sql<'_>,
        params: &'c [Param<'_>],
        each: &'c mut Each<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<u64, DatabaseError>> + Send + 'c>> {
        self.run_ready(Ready::default(), sql, params, each)
    }

    /// The same of one that [`ready`](Self::ready) has looked for.
    pub(super) fn run_ready<'c>(
        &'c self,
        ready: Ready,
        sql: &'c Sql<'_>,
        params: &'c [Param<'_>],
        each: &'c mut Each<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<u64, DatabaseError>> + Send + 'c>> {
        boxed(move || async move {
            let mut under = Under::begin(self, Noted::of(sql, params), sql.text, params);
            let begun = self.begun();
            let mut work = pin!(async {
                if !self.prepares {
                    return Box::pin(self.run_unprepared(sql, params, each)).await;
                }
                let found = match ready.0 {
                    Some(statement) => Some(statement),
                    None => self.known(sql)?,
                };
                let statement = match found {
                    Some(statement) => statement,
                    // In a box of its own, as it is as large, and seldom.
                    None => Box::pin(self.prepare(*sql)).await?,
                };
                let rows = self.client.query_raw(&statement, params.iter().copied()).await?;
                let mut rows = pin!(rows);
                let mut returned = 0;
                while let Some(row) = rows.try_next().await? {
                    each(&row).inspect_err(|_| self.leave())?;
                    returned += 1;
                }
                // EXPLAIN says that it touched none.
                Ok(rows.rows_affected().unwrap_or(0).max(returned))
            });
            let outcome = poll_fn(|cx| under.turn.poll(cx, work.as_mut())).await;
            let outcome = outcome.map_err(|error| self.judged(error, begun));
            under.end(&outcome);
            if outcome.as_ref().is_err_and(DatabaseError::is_of_text) {
                self.forget(*sql);
            }
            outcome
        })
    }

    /// What is known of a statement that can be sent at once; none if it has to be prepared, or described, first.
    pub(super) fn ready(&self, sql: &Sql<'_>, params: usize) -> Option<Ready> {
        if self.prepares {
            return self.statements.lock().expect("no panic while held").ready(sql).map(Ready);
        }
        let is_ready = params == 0 || self.target.types.lock().expect("no panic while held").has(sql);
        is_ready.then(Ready::default)
    }

    /// What is known of a statement may have been of another table.
    pub(super) fn forget(&self, sql: Sql<'_>) {
        if self.prepares {
            self.statements.lock().expect("no panic while held").remove(sql);
        } else {
            self.target.types.lock().expect("no panic while held").remove(sql);
        }
    }

    /// Runs statements that take no parameters and return nothing, as one string.
    pub(super) async fn batch(&self, text: &str) -> Result<(), DatabaseError> {
        self.watch(text, async { Ok(self.client.batch_execute(text).await?) }).await
    }

    /// The same for what the application runs so, which logs have.
    pub(super) async fn script(&self, text: &str) -> Result<(), DatabaseError> {
        let noted = Noted::begin(text);
        let _several = self.pulse.several(text);
        // It has a limit of its own, which this program does not know.
        if sets_limit(text) {
            self.pulse.set_limit(0);
        }
        let work = async {
            self.needs_session_for(text)?;
            Ok(self.client.batch_execute(text).await?)
        };
        self.watch_noted(noted, (text, &[]), work).await
    }

    /// Sends statements as [`batch`](Self::batch) does, and does not wait for what becomes of them.
    pub(super) fn post(&self, text: &str) {
        self.pulse.post();
        // The first poll sends it. Whoever is told of the answer need not be there: it comes in its order.
        let sent = pin!(self.client.batch_execute(text));
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
            self.make_room_for_copy().await?;
            // Dropped before it is finished, it has PostgreSQL forget what came.
            let sink = self.client.copy_in::<_, Bytes>(text).await?;
            let (mut sink, mut pieces) = (pin!(sink), pin!(pieces));
            while let Some(piece) = self.ours(pieces.try_next()).await? {
                if !piece.is_empty() {
                    sink.send(piece).await?;
                }
            }
            Ok(sink.finish().await?)
        };
        self.watch_noted(Noted::begin(text), (text, &[]), work).await
    }

    /// Waits for something that PostgreSQL waits for, too.
    async fn ours<T>(&self, work: impl Future<Output = T>) -> T {
        let _ours = self.pulse.ours();
        work.await
    }

    /// Hands over what a `COPY .. TO STDOUT` sends, as [`Reader::copy_out`](super::Reader::copy_out) says.
    pub(super) async fn copy_out(
        &self,
        text: &str,
        mut each: impl FnMut(&[u8]) -> Result<(), DatabaseError> + Send,
    ) -> Result<u64, DatabaseError> {
        let work = async {
            self.make_room_for_copy().await?;
            let chunks = self.client.copy_out(text).await?;
            let mut chunks = pin!(chunks);
            let mut bytes = 0;
            while let Some(chunk) = chunks.try_next().await? {
                let _ours = self.pulse.ours();
                each(&chunk).inspect_err(|_| self.leave())?;
                bytes += chunk.len() as u64;
            }
            Ok(bytes)
        };
        self.watch_noted(Noted::begin(text), (text, &[]), work).await
    }

    /// What asks PostgreSQL to stop what it does for this connection.
    pub(super) fn canceller(&self) -> Canceller {
        self.target.canceller(&self.client)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.is_at_rest = !self.is_unsettled() && !self.is_abandoned();
        self.target.statements.closed(&self.statements);
    }
}

/// A future that is made in its box: there is nothing to copy where the box is there first.
#[inline(always)]
fn boxed<F>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::into_pin(Box::write(Box::new_uninit(), make()))
}

/// Whether what a statement returns is what its rows are read as.
pub(super) fn check(sql: &Sql<'_>, columns: &[Column]) -> Result<(), DatabaseError> {
    (sql.check)(columns).map_err(|problem| DatabaseError::new(ErrorKind::SchemaMismatch, problem))
}

/// Never 0 for what is none.
fn milliseconds(limit: Duration) -> u32 {
    u32::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// Whether a script says by itself how long its statements may take.
fn sets_limit(script: &str) -> bool {
    const NAME: &[u8] = b"statement_timeout";
    script.as_bytes().windows(NAME.len()).any(|part| part.eq_ignore_ascii_case(NAME))
}

fn is_overdue(error: &DatabaseError, took: Option<Duration>, limit: Duration) -> bool {
    error.sqlstate() == Some("57014") && took.is_some_and(|took| took >= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_have_a_limit_of_its_own() {
        assert!(sets_limit("BEGIN; set local STATEMENT_TIMEOUT = 0; SELECT 1"));
        assert!(!sets_limit("") && !sets_limit("SET LOCAL lock_timeout = 0"));
    }

    #[test]
    fn what_took_as_long_as_it_may_is_a_timeout_in_any_language() {
        let stopped = DatabaseError::stopped("die Anweisung wird abgebrochen");
        let limit = Duration::from_secs(2);
        assert_eq!(stopped.kind(), ErrorKind::Canceled, "by its words");
        assert!(is_overdue(&stopped, Some(limit), limit));
        assert!(!is_overdue(&stopped, Some(Duration::from_secs(1)), limit));
        assert!(!is_overdue(&stopped, None, limit));
        assert!(!is_overdue(&DatabaseError::new(ErrorKind::Locked, "x"), Some(limit), limit));
    }
}

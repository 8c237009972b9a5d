//! Who wrote, and up to where replicas must be for them.

use std::sync::{Arc, Mutex};

use super::super::error::DatabaseError;
use super::super::error_kind::ErrorKind;
use super::super::pool::Db;
use super::super::reading::read_here;
use super::position::{OF_PRIMARY, Position};

tokio::task_local! {
    static CURRENT: Session;
}

/// What one visitor has written, so that his later reads see it.
///
/// A read inside of [`run`](Self::run) sees what was written inside of it before, and nobody else's writes make it wait.
/// Outside of any, each read sees what this process has written outside of any.
/// [`ReadYourWrites`](crate::middleware::ReadYourWrites) runs each request in one, and carries it on to the next request
/// of the same visitor.
#[derive(Clone, Default)]
pub struct Session(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// What earlier requests wrote, by the name of the database.
    before: Vec<(String, Position)>,
    here: Vec<(Db, Writes)>,
}

/// What was written to one database.
#[derive(Clone, Default)]
pub(super) struct Writes(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many writes there were.
    written: u64,
    /// After how many of them the primary was last asked where it is.
    asked: u64,
    position: Option<Position>,
    /// What no replica had after the longest wait.
    given_up: Option<Position>,
}

/// A write that is under way. When it ends, however it does, it counts.
pub(in super::super) struct Written(Writes);

impl Drop for Written {
    fn drop(&mut self) {
        self.0.0.lock().expect("no panic while held").written += 1;
    }
}

impl Session {
    /// A visitor who has written nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A visitor whose earlier requests left this: names of databases, each with a position.
    #[must_use]
    pub fn after(before: Vec<(String, Position)>) -> Self {
        Self(Arc::new(Mutex::new(Known { before, here: Vec::new() })))
    }

    /// Runs `work` as this visitor.
    ///
    /// ```no_run
    /// use hyper_core::db::{Db, Executor, Session};
    ///
    /// # async fn f(db: Db) -> Result<(), hyper_core::db::DatabaseError> {
    /// let job = Session::new();
    /// job.run(async { db.execute_batch("INSERT INTO log VALUES ('begun')").await }).await
    /// # }
    /// ```
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    /// What was written in it so far, and before: names of databases, each with a position. The primaries are asked where
    /// they are, if there were writes since.
    ///
    /// # Errors
    /// A primary that was written to cannot be reached.
    pub async fn written(&self) -> Result<Vec<(String, Position)>, DatabaseError> {
        let (mut all, here) = {
            let known = self.0.lock().expect("no panic while held");
            (known.before.clone(), known.here.clone())
        };
        for (db, writes) in here {
            let Some(position) = writes.position(&db).await? else { continue };
            let name = db.name();
            all.retain(|(other, _)| other != name);
            all.push((name.to_owned(), position));
        }
        Ok(all)
    }

    fn of(&self, db: &Db) -> Writes {
        let mut known = self.0.lock().expect("no panic while held");
        if let Some((_, writes)) = known.here.iter().find(|(other, _)| Arc::ptr_eq(&other.0, &db.0)) {
            return writes.clone();
        }
        let position = known.before.iter().find(|(name, _)| name == db.name()).map(|(_, position)| *position);
        let writes = Writes(Arc::new(Mutex::new(State { position, ..State::default() })));
        known.here.push((db.clone(), writes.clone()));
        writes
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Writes {
    /// Those of whoever runs this; `everybody` outside of all sessions.
    pub(super) fn current(db: &Db, everybody: &Self) -> Self {
        CURRENT.try_with(|session| session.of(db)).unwrap_or_else(|_| everybody.clone())
    }

    pub(super) fn begin(self) -> Written {
        Written(self)
    }

    /// Up to where a replica must be. The primary is asked, once for all that was written before: with the first read
    /// after a write, so that a write costs nothing where no read follows.
    pub(super) async fn position(&self, primary: &Db) -> Result<Option<Position>, DatabaseError> {
        let written = {
            let state = self.0.lock().expect("no panic while held");
            if state.asked >= state.written {
                return Ok(state.position);
            }
            state.written
        };
        let position = of_primary(primary).await?;
        let mut state = self.0.lock().expect("no panic while held");
        state.asked = state.asked.max(written);
        let joined = state.position.map_or(position, |known| known.join(position));
        state.position = Some(joined);
        Ok(Some(joined))
    }

    /// Notes that no replica had this in time: it is not waited for again.
    pub(super) fn give_up(&self, position: Position) {
        self.0.lock().expect("no panic while held").given_up = Some(position);
    }

    pub(super) fn has_given_up(&self, position: Position) -> bool {
        self.0.lock().expect("no panic while held").given_up == Some(position)
    }
}

/// Where the primary is.
pub(super) async fn of_primary(primary: &Db) -> Result<Position, DatabaseError> {
    let mut position = None;
    let mut each = |row: &tokio_postgres::Row| {
        position = Position::read(row)?;
        Ok(())
    };
    read_here(primary, None, &OF_PRIMARY, &[], &mut each).await?;
    position.ok_or_else(|| DatabaseError::new(ErrorKind::Unavailable, "the primary does not say where it is"))
}

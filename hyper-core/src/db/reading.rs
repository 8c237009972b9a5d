//! A read on its own: on a lane with others or alone, and asked again where that can be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio_postgres::Row;

use super::acquire::Way;
use super::error::DatabaseError;
use super::executor::Each;
use super::lane::{Ended, Lane};
use super::pace::Pace;
use super::pool::Db;
use super::replicas::{Node, Position};
use super::sql::{Param, Sql};

/// Of whom it is made sure that he has what is to be read.
pub(super) type Sure<'s> = Option<(&'s Node, Position)>;

/// Runs a read here, and not on a replica; after it was made sure, for a replica, that it has what is to be read.
#[expect(clippy::manual_async_fn, reason = "an `async fn` has its arguments in its future twice")]
pub(super) fn read_here<'r>(
    db: &'r Db,
    sure: Sure<'r>,
    sql: &'r Sql<'_>,
    params: &'r [Param<'_>],
    each: &'r mut Each<'_>,
) -> impl Future<Output = Result<u64, DatabaseError>> + Send {
    async move {
        if db.is_in_test() {
            return Box::pin(db.run_in_test(*sql, params, each)).await;
        }
        let seen = AtomicBool::new(false);
        let mut each = |row: &Row| {
            seen.store(true, Ordering::Relaxed);
            each(row)
        };
        // Each pinned connection may have ended unnoticed, and this may go on another thread than it began on.
        let mut tries = db.0.pinned.len();
        loop {
            let apart = match db.lane(sql) {
                Ok(lane) => Apart::On(lane),
                // In a box, as what it takes to connect would make the future of each statement much larger.
                Err(pace) => Box::pin(read_apart(db, pace, sure, (sql, params), &mut each)).await?,
            };
            let ended = match apart {
                Apart::On(lane) => {
                    let outcome = if sure.is_some() { make_sure(sure).await } else { Ok(()) };
                    match outcome {
                        Ok(()) => lane.run(&db.0.paces, (sql, params), &mut each, &seen).await,
                        Err(error) => Ended::Outcome(Err(error)),
                    }
                }
                Apart::Ended(outcome) => Ended::Outcome(outcome),
            };
            let error = match ended {
                Ended::Outcome(Ok(rows)) => return Ok(rows),
                Ended::Moved => continue,
                // The connection was gone already, or went before the first row: a read can be tried again.
                Ended::Outcome(Err(error)) if error.is_of_connection() => error,
                Ended::Outcome(Err(error)) => return Err(error),
                Ended::Stopped(error) => error,
            };
            if tries == 0 || seen.load(Ordering::Relaxed) {
                return Err(error);
            }
            tries -= 1;
        }
    }
}

enum Apart {
    On(Arc<Lane>),
    Ended(Result<u64, DatabaseError>),
}

/// Runs it on a connection for itself, or says on which lane it is to run.
async fn read_apart(
    db: &Db,
    pace: Pace,
    sure: Sure<'_>,
    (sql, params): (&Sql<'_>, &[Param<'_>]),
    each: &mut Each<'_>,
) -> Result<Apart, DatabaseError> {
    let connection = match db.way(pace).await? {
        Way::Shared(lane) => return Ok(Apart::On(lane)),
        Way::Alone(connection) => connection,
    };
    if let Err(error) = make_sure(sure).await {
        return Ok(Apart::Ended(Err(error)));
    }
    let begun = Instant::now();
    let outcome = connection.run(sql, params, each).await;
    let outcome = outcome.map_err(|error| connection.without_effect(error));
    if outcome.is_ok() {
        db.0.paces.note(sql.key, begun.elapsed());
    }
    Ok(Apart::Ended(outcome))
}

/// With the connection in hand: who is still connected after it, was while it looked around.
async fn make_sure(sure: Sure<'_>) -> Result<(), DatabaseError> {
    match sure {
        Some((node, needed)) => Box::pin(node.make_sure(needed)).await,
        None => Ok(()),
    }
}

//! The task that a connection lives in, which has its socket.

use std::sync::Arc;

use tokio::task::AbortHandle;

use super::pulse::Pulse;
use super::wire::Wire;

/// Ends the task when it is dropped, unless no answer is to come any more.
///
/// Left alone it waits for each answer before it says good-bye to PostgreSQL. Where something on the way swallows what is
/// sent none comes, and the socket would stay for as long as the program does; with it the transaction that is open in
/// PostgreSQL, and its locks.
pub(super) struct Task {
    pub(super) handle: AbortHandle,
    /// What it polls.
    pub(super) wire: Arc<Wire>,
    pub(super) is_at_rest: bool,
    pub(super) pulse: Arc<Pulse>,
}

impl Drop for Task {
    fn drop(&mut self) {
        if !self.is_at_rest {
            self.handle.abort();
        }
    }
}

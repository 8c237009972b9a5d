//! Where listeners come and go, and the task that listens for them.

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio_postgres::Client;

use super::queue::Queue;
use super::work::Work;
use crate::db::error::DatabaseError;
use crate::db::error_kind::ErrorKind;
use crate::db::target::Target;

/// The listeners of one [`Db`](crate::db::Db). The task ends with it.
#[derive(Default)]
pub(in crate::db) struct Hub {
    commands: Mutex<Option<UnboundedSender<Command>>>,
    connection: Connection,
}

/// The connection on which is listened, while there is one.
pub(super) type Connection = Arc<Mutex<Option<Arc<Client>>>>;

/// What the task is told. There are never more than two for each listener.
pub(super) enum Command {
    /// One more.
    Join { channel: Arc<str>, queue: Arc<Queue>, ready: Ready },
    /// One less.
    Leave { channel: Arc<str>, queue: Arc<Queue> },
}

/// To whom it is said that a channel is listened to, or cannot be.
pub(super) type Ready = oneshot::Sender<Result<(), DatabaseError>>;

/// That somebody listens, while it lives.
pub(super) struct Membership {
    channel: Arc<str>,
    queue: Arc<Queue>,
    /// Not keeping the task alive.
    commands: WeakUnboundedSender<Command>,
}

impl Hub {
    /// Adds a listener, and waits until PostgreSQL knows of the channel.
    pub(super) async fn join(
        &self,
        target: &Arc<Target>,
        channel: &str,
    ) -> Result<Membership, DatabaseError> {
        let commands = self.commands(target);
        let (channel, queue) = (Arc::<str>::from(channel), Arc::<Queue>::default());
        let (ready, is_ready) = oneshot::channel();
        let _ = commands.send(Command::Join { channel: channel.clone(), queue: queue.clone(), ready });
        // A member already while this waits: given up half-way, it leaves.
        let membership = Membership { channel, queue, commands: commands.downgrade() };
        drop(commands);
        let gone =
            || DatabaseError::new(ErrorKind::Unavailable, "the runtime on which it is listened has ended");
        is_ready.await.unwrap_or_else(|_| Err(gone()))?;
        Ok(membership)
    }

    /// Says something on the connection on which is listened, and on no other: it waits for nobody.
    pub(in crate::db) async fn say(&self, channel: &str, payload: &str) -> Result<(), DatabaseError> {
        let connection = self.connection.lock().expect("no panic while held").clone();
        let Some(connection) = connection else {
            return Err(DatabaseError::new(ErrorKind::Unavailable, "nobody listens at the moment"));
        };
        let text = format!("SELECT pg_notify({}, {})", escape_literal(channel), escape_literal(payload));
        connection.batch_execute(&text).await.map_err(DatabaseError::from)
    }

    /// The way to the task, which is started where there is none: on the runtime of the first listener.
    fn commands(&self, target: &Arc<Target>) -> UnboundedSender<Command> {
        let mut current = self.commands.lock().expect("no panic while held");
        if let Some(commands) = current.as_ref().filter(|commands| !commands.is_closed()) {
            return commands.clone();
        }
        let (commands, told) = unbounded_channel();
        *current = Some(commands.clone());
        tokio::spawn(Work::new(target.clone(), told, self.connection.clone()).run());
        commands
    }
}

/// A text as PostgreSQL reads it, whatever is in it.
fn escape_literal(text: &str) -> String {
    let escaped = text.replace('\'', "''");
    if escaped.contains('\\') {
        format!(" E'{}'", escaped.replace('\\', "\\\\"))
    } else {
        format!("'{escaped}'")
    }
}

impl Membership {
    pub(super) fn channel(&self) -> &str {
        &self.channel
    }

    pub(super) fn queue(&self) -> &Queue {
        &self.queue
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(commands) = self.commands.upgrade() {
            let _ =
                commands.send(Command::Leave { channel: self.channel.clone(), queue: self.queue.clone() });
        }
    }
}

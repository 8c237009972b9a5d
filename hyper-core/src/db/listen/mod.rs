//! LISTEN and NOTIFY: what others say, heard on one connection by all who listen.
//!
//! A [`Db`] has one connection for this, from the first [`listen`](Db::listen) on, whatever the number of channels and
//! listeners, and a task that owns it. The task tells PostgreSQL of a channel when its first listener comes and when its
//! last one has gone, hands each notification to all who listen to its channel, and connects again when the
//! connection is lost.

mod hub;
mod messages;
mod name;
mod queue;
mod work;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::Stream;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::pool::Db;
use crate::cache::CacheBus;

pub(super) use hub::Hub;
pub(super) use messages::Messages;
pub(super) use name::{NOTIFY, check};

use hub::Membership;

/// What a [`Listener`] hears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// Somebody said something.
    Notification(Notification),
    /// From here back to the item before, notifications may be missing: whoever keeps something up to date by them reads it
    /// anew now.
    MayHaveMissed(Gap),
}

/// Why notifications may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// The connection was lost. It is there again, and listens.
    Disconnected,
    /// The listener was too slow: so many of the oldest notifications made room for others.
    Slow(u64),
}

/// Something that was said on a channel. Its clones share the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    channel: Arc<str>,
    payload: Arc<str>,
    process_id: i32,
}

impl Notification {
    /// The channel.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// What was said; empty where there was nothing.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// The process of PostgreSQL that said it, `pg_backend_pid()` there.
    #[must_use]
    pub fn process_id(&self) -> i32 {
        self.process_id
    }
}

/// One who listens to a channel, from [`Db::listen`]: a [`Stream`] of what is heard, which ends with the [`Db`].
///
/// It keeps 1,024 notifications that were not taken yet, of which all listeners of a channel share the texts. If more
/// come, the oldest go, and it is told so. Dropped, it no longer listens.
pub struct Listener(Membership);

impl Listener {
    /// The channel it listens to.
    #[must_use]
    pub fn channel(&self) -> &str {
        self.0.channel()
    }

    /// Waits for what is heard next; none when the [`Db`] is gone. Given up half-way, it loses nothing.
    pub async fn next(&mut self) -> Option<Heard> {
        std::future::poll_fn(|cx| self.0.queue().poll(cx)).await
    }
}

impl Stream for Listener {
    type Item = Heard;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Heard>> {
        self.0.queue().poll(cx)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.channel()).finish()
    }
}

impl Db {
    /// Listens to a channel: hears what is [said](super::Executor::notify) on it by whomever, from when this returns.
    ///
    /// All who listen share one connection, which is beside those of the pool: a process has one more as soon as somebody
    /// listens, until 10 s after the last one has gone. Names are taken as they are, `Posts` is not `posts`; to
    /// somebody else's `NOTIFY Posts` one listens as `posts`.
    ///
    /// When the connection is lost, it is made again, after some 100 ms at first and 10 s at most, and each listener is
    /// [told](Heard::MayHaveMissed). That it is there still is looked at every 30 s. PostgreSQL keeps nothing for who is
    /// not there, so notifications are for waking up; what must not be lost stands in a table.
    ///
    /// ```no_run
    /// # use hyper_core::db::{Db, DatabaseError, Executor, Heard};
    /// # async fn f(db: Db) -> Result<(), DatabaseError> {
    /// let mut posts = db.listen("posts").await?;
    /// # let read_all_anew = async || ();
    /// while let Some(heard) = posts.next().await {
    ///     match heard {
    ///         Heard::Notification(said) => println!("post {} has changed", said.payload()),
    ///         _ => read_all_anew().await,
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// PostgreSQL cannot be reached, or is a standby, on which nobody can listen, or behind a pooler that is not in
    /// [session mode](super::PoolerMode::Session); the name is empty or longer than 63 bytes; or this is a test that
    /// is rolled back, in which nothing is ever delivered.
    pub async fn listen(&self, channel: &str) -> Result<Listener, DatabaseError> {
        name::check_channel(channel)?;
        if self.is_in_test() {
            let problem = "a test that is rolled back delivers no notifications, so it cannot listen: use a \
                           `LiveServer` or a `TestDatabase`";
            return Err(DatabaseError::new(ErrorKind::Other, problem));
        }
        let pool = &self.0;
        Ok(Listener(pool.hub.join(&pool.target, channel).await?))
    }

    /// Says something on the connection on which is listened; nothing, if nobody listens.
    pub(crate) async fn say(&self, channel: &str, payload: &str) -> Result<(), DatabaseError> {
        self.0.hub.say(channel, payload).await
    }

    /// Where the bus of its site's instances is kept.
    pub(crate) fn bus(&self) -> &tokio::sync::OnceCell<CacheBus> {
        &self.0.bus
    }
}

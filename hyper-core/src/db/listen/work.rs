//! The task that owns the connection on which is listened.

use std::collections::{HashMap, HashSet};
use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::Notification;
use super::hub::{Command, Connection, Ready};
use super::messages::Messages;
use super::name;
use super::queue::Queue;
use crate::alarm::Alarm;
use crate::db::error::DatabaseError;
use crate::db::error_kind::ErrorKind;
use crate::db::target::Target;

/// How long the connection stays after the last listener has gone.
const IDLE: Duration = Duration::from_secs(10);

/// How often PostgreSQL is asked whether it is there, when it says nothing by itself.
const CHECK: Duration = Duration::from_secs(30);

/// After a connection was lost it is made again after half as long to one and a half times as long, and after each further
/// failure after twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How often the pause doubles: up to 6.4 s, and half as much again.
const MOST_DOUBLINGS: u32 = 6;

/// A listener.
struct Member {
    queue: Arc<Queue>,
    /// Who waits for it to be one; none once it is.
    ready: Option<Ready>,
    /// Whether it was one when a connection was lost, and does not know yet.
    was_cut: bool,
}

/// What PostgreSQL was told, and the channels it knows when it has answered.
type Telling<'c> = BoxFuture<'c, Result<HashSet<Arc<str>>, DatabaseError>>;

/// Why a connection is not needed or not there any more.
enum End {
    /// Nobody listens.
    Nobody,
    /// The [`Db`](crate::db::Db) is gone.
    Over,
    Lost(DatabaseError),
}

pub(super) struct Work {
    target: Arc<Target>,
    commands: UnboundedReceiver<Command>,
    channels: HashMap<Arc<str>, Vec<Member>>,
    /// Whether listeners came or went since PostgreSQL was told.
    has_changed: bool,
    /// While PostgreSQL cannot be reached: why.
    problem: Option<String>,
    /// For those who say something on it.
    connection: Connection,
}

impl Work {
    pub(super) fn new(
        target: Arc<Target>,
        commands: UnboundedReceiver<Command>,
        connection: Connection,
    ) -> Self {
        Self { target, commands, channels: HashMap::new(), has_changed: false, problem: None, connection }
    }

    /// Listens until the [`Db`](crate::db::Db) is gone.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        loop {
            while self.channels.is_empty() {
                self.problem = None;
                let Some(command) = self.commands.recv().await else { return };
                self.take(command);
            }
            let target = self.target.clone();
            let Some(connected) = self.meanwhile(target.connect_to_listen()).await else { return };
            let lost = match connected {
                Ok((client, messages)) => {
                    self.problem = None;
                    let client = Arc::new(client);
                    *self.connection.lock().expect("no panic while held") = Some(client.clone());
                    let end = self.serve(&client, messages, &mut failures).await;
                    *self.connection.lock().expect("no panic while held") = None;
                    match end {
                        End::Nobody => continue,
                        End::Over => return,
                        End::Lost(error) => error,
                    }
                }
                Err(error) => {
                    self.refuse(&error.to_string());
                    error
                }
            };
            self.are_cut();
            failures += 1;
            if failures == 1 && !self.channels.is_empty() {
                tracing::warn!(error = %lost, database = self.target.url.name(), "the connection that listens was lost");
            }
            if self.meanwhile(sleep(pause(failures))).await.is_none() {
                return;
            }
        }
    }

    /// Waits for something, and lets listeners come and go in the meantime. None when the [`Db`](crate::db::Db) is gone.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                command = self.commands.recv() => self.take(command?),
            }
        }
    }

    fn take(&mut self, command: Command) {
        self.has_changed = true;
        match command {
            Command::Join { channel, queue, ready } => match &self.problem {
                // As others fail at once that ask for a connection.
                Some(problem) => {
                    let _ = ready.send(Err(DatabaseError::new(ErrorKind::Unavailable, problem.clone())));
                }
                None => {
                    self.channels.entry(channel).or_default().push(Member {
                        queue,
                        ready: Some(ready),
                        was_cut: false,
                    });
                }
            },
            Command::Leave { channel, queue } => {
                if let Some(members) = self.channels.get_mut(&channel) {
                    members.retain(|member| !Arc::ptr_eq(&member.queue, &queue));
                    if members.is_empty() {
                        self.channels.remove(&channel);
                    }
                }
            }
        }
    }

    /// Those that wait to be listeners are told that they cannot, until PostgreSQL is there again.
    fn refuse(&mut self, problem: &str) {
        self.problem = Some(problem.to_owned());
        self.channels.retain(|_, members| {
            members.retain_mut(|member| match member.ready.take() {
                Some(ready) => {
                    let _ = ready.send(Err(DatabaseError::new(ErrorKind::Unavailable, problem)));
                    false
                }
                None => true,
            });
            !members.is_empty()
        });
    }

    /// Listens on this connection.
    async fn serve(&mut self, client: &Client, mut messages: Box<dyn Messages>, failures: &mut u32) -> End {
        let mut known: HashSet<Arc<str>> = HashSet::new();
        // What PostgreSQL was told and has not answered.
        let mut telling: Option<Telling<'_>> = None;
        self.has_changed = true;
        loop {
            if telling.is_none() && std::mem::take(&mut self.has_changed) {
                telling = self.tell(client, &known);
                if telling.is_none() {
                    self.are_heard(&known);
                }
            }
            let is_idle = telling.is_none() && self.channels.is_empty();
            tokio::select! {
                message = poll_fn(|cx| messages.poll_message(cx)) => match message {
                    Some(Ok(AsyncMessage::Notification(said))) => self.hear(&said),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return End::Lost(error.into()),
                    None => return End::Lost(DatabaseError::new(ErrorKind::Interrupted, "PostgreSQL closed it")),
                },
                outcome = answer(&mut telling) => {
                    telling = None;
                    match outcome {
                        Ok(now_known) => known = now_known,
                        // As on a standby: it is there, and listening is not possible.
                        Err(error) if error.kind() != ErrorKind::Interrupted && !client.is_closed() => {
                            self.refuse(&error.to_string());
                            return End::Lost(error);
                        }
                        Err(error) => return End::Lost(error),
                    }
                    if std::mem::take(failures) > 0 {
                        tracing::info!(database = self.target.url.name(), "the connection that listens is there again");
                    }
                    self.are_heard(&known);
                },
                command = self.commands.recv() => match command {
                    Some(command) => self.take(command),
                    None => return End::Over,
                },
                () = Alarm::at(Instant::now() + IDLE), if is_idle => return End::Nobody,
                () = Alarm::at(Instant::now() + CHECK), if !is_idle && telling.is_none() => {
                    telling = Some(self.ask(client, String::new(), known.clone()));
                },
            }
        }
    }

    /// Tells PostgreSQL of the channels that it does not know of, and of those that nobody listens to any more.
    fn tell<'c>(&self, client: &'c Client, known: &HashSet<Arc<str>>) -> Option<Telling<'c>> {
        let mut text = String::new();
        for channel in self.channels.keys().filter(|channel| !known.contains(*channel)) {
            name::add(&mut text, "LISTEN", channel);
        }
        for channel in known.iter().filter(|channel| !self.channels.contains_key(*channel)) {
            name::add(&mut text, "UNLISTEN", channel);
        }
        let then_known = || self.channels.keys().cloned().collect();
        (!text.is_empty()).then(|| self.ask(client, text, then_known()))
    }

    /// Sends a text. One that is not answered within the time limit for connecting is as good as a connection lost.
    fn ask<'c>(&self, client: &'c Client, text: String, then_known: HashSet<Arc<str>>) -> Telling<'c> {
        let limit = self.target.url.connect_timeout();
        Box::pin(async move {
            match timeout(limit, client.batch_execute(&text)).await {
                Ok(outcome) => outcome.map(|()| then_known).map_err(DatabaseError::from),
                Err(_) => {
                    let problem = format!("PostgreSQL did not answer within {limit:?}");
                    Err(DatabaseError::new(ErrorKind::Interrupted, problem))
                }
            }
        })
    }

    /// Says so to those who wait to be listeners, and to those who may have missed something. Both are behind all others.
    fn are_heard(&mut self, known: &HashSet<Arc<str>>) {
        for (_, members) in self.channels.iter_mut().filter(|(channel, _)| known.contains(*channel)) {
            let news = members.iter_mut().rev().take_while(|member| member.ready.is_some() || member.was_cut);
            news.for_each(Member::is_heard);
        }
    }

    fn hear(&mut self, said: &tokio_postgres::Notification) {
        let Some((channel, _)) = self.channels.get_key_value(said.channel()) else { return };
        let said = Notification {
            channel: channel.clone(),
            payload: said.payload().into(),
            process_id: said.process_id(),
        };
        for member in self.channels.get_mut(&*said.channel).into_iter().flatten() {
            if member.was_cut {
                member.is_heard();
            }
            member.queue.hear(said.clone());
        }
    }

    /// Those that were listeners may miss something from now on.
    fn are_cut(&mut self) {
        for member in self.channels.values_mut().flatten() {
            member.was_cut |= member.ready.is_none();
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        *self.connection.lock().expect("no panic while held") = None;
        self.channels.values().flatten().for_each(|member| member.queue.end());
    }
}

impl Member {
    /// The channel is listened to on this connection.
    fn is_heard(&mut self) {
        if let Some(ready) = self.ready.take() {
            let _ = ready.send(Ok(()));
        }
        if std::mem::take(&mut self.was_cut) {
            self.queue.was_cut();
        }
    }
}

/// The answer to what PostgreSQL was told; of nothing there is none.
async fn answer(telling: &mut Option<Telling<'_>>) -> Result<HashSet<Arc<str>>, DatabaseError> {
    match telling {
        Some(telling) => telling.await,
        None => pending().await,
    }
}

/// At random, so that not all processes come at once.
fn pause(failures: u32) -> Duration {
    FIRST_PAUSE
        .mul_f64(f64::from(1 << failures.saturating_sub(1).min(MOST_DOUBLINGS)) * (0.5 + fastrand::f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_differ_and_end() {
        for _ in 0..100 {
            assert!((50..=150).contains(&pause(1).as_millis()));
            assert!((100..=300).contains(&pause(2).as_millis()));
            assert!((3200..=9600).contains(&pause(u32::MAX).as_millis()));
        }
    }
}

//! Connections to a server, each for many questions at once, which are made again when they break.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use parking_lot::Mutex;
use tokio::time::timeout;

use super::options::RemoteOptions;
use super::unavailable;
use crate::cache::error::CacheError;
use crate::cache::gate::{Gate, Pass};

type Cause = Box<dyn Error + Send + Sync>;

/// Makes connections to one server, or to one cluster.
pub(in crate::cache) trait Dial: Send + Sync + 'static {
    /// A connection; its clones are the same one.
    type Line: Clone + Send + Sync + 'static;

    /// Connects.
    fn dial(&self) -> impl Future<Output = Result<Self::Line, Cause>> + Send;

    /// Whether it is known to be broken.
    fn is_broken(_: &Self::Line) -> bool {
        false
    }
}

/// Why a question was not answered.
pub(in crate::cache) enum Failure {
    /// The connection broke. Whether it was done is not known.
    Broken(Cause),
    /// The server is there and has said so.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "memcached has other ways to say so"))]
    Said(CacheError),
}

/// Whether a question may be asked twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::cache) enum Again {
    Yes,
    No,
}

pub(in crate::cache) struct Lines<D: Dial> {
    dial: D,
    /// Whose they are, for messages; without a password.
    server: String,
    options: RemoteOptions,
    slots: Box<[Slot<D::Line>]>,
    next: AtomicUsize,
}

struct Slot<L> {
    /// The connection and how many there were before it.
    line: Mutex<(Option<L>, usize)>,
    /// Held by who connects.
    dialling: tokio::sync::Mutex<()>,
}

impl<D: Dial> Lines<D> {
    pub(in crate::cache) fn new(dial: D, server: String, options: &RemoteOptions) -> Self {
        let slot = |_| Slot { line: Mutex::new((None, 0)), dialling: tokio::sync::Mutex::new(()) };
        Self {
            dial,
            server,
            options: options.clone(),
            slots: (0..options.connections.max(1)).map(slot).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// Asks on one of the connections, if the gate lets it through. It takes no longer than to connect and to answer may take
    /// together, and twice that if an idle connection turns out to be broken.
    pub(in crate::cache) async fn ask<T, F>(
        &self,
        gate: &Gate,
        again: Again,
        question: impl Fn(D::Line) -> F,
    ) -> Result<T, CacheError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let Some(pass) = gate.enter() else {
            return Err(unavailable(&self.server, "failed a moment ago, and is not asked for now"));
        };
        let slot = &self.slots[self.next.fetch_add(1, Relaxed) % self.slots.len()];
        let answer = match self.once(slot, gate, pass, &question).await {
            // A connection that was made earlier may have been broken before this was asked.
            Err((Failure::Broken(_), false)) if again == Again::Yes => {
                self.once(slot, gate, pass, &question).await
            }
            answer => answer,
        };
        match answer {
            Ok(answer) => {
                gate.succeeded(pass);
                Ok(answer)
            }
            Err((Failure::Said(error), _)) => {
                gate.succeeded(pass);
                Err(error)
            }
            Err((Failure::Broken(cause), _)) => {
                gate.failed(pass);
                Err(unavailable(&self.server, "cannot be reached").with_source(cause))
            }
        }
    }

    /// Asks once. A failure comes with whether the connection is no older than the question.
    async fn once<T, F>(
        &self,
        slot: &Slot<D::Line>,
        gate: &Gate,
        pass: Pass,
        question: impl Fn(D::Line) -> F,
    ) -> Result<T, (Failure, bool)>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (line, number, is_new) =
            self.line(slot, gate, pass).await.map_err(|cause| (Failure::Broken(cause), true))?;
        let answer = match timeout(self.options.timeout, question(line)).await {
            Ok(answer) => answer.map_err(|failure| (failure, is_new)),
            // It would take as long on another connection.
            Err(_) => {
                let milliseconds = self.options.timeout.as_millis();
                Err((Failure::Broken(format!("no answer in {milliseconds} ms").into()), true))
            }
        };
        if matches!(answer, Err((Failure::Broken(_), _))) {
            let mut line = slot.line.lock();
            if line.1 == number {
                line.0 = None;
            }
        }
        answer
    }

    /// The connection of a slot, its number, and whether it was made now.
    async fn line(
        &self,
        slot: &Slot<D::Line>,
        gate: &Gate,
        pass: Pass,
    ) -> Result<(D::Line, usize, bool), Cause> {
        let there = || {
            let (line, number) = &*slot.line.lock();
            line.clone().filter(|line| !D::is_broken(line)).map(|line| (line, *number))
        };
        if let Some((line, number)) = there() {
            return Ok((line, number, false));
        }
        let connect = async {
            let _one = slot.dialling.lock().await;
            if let Some((line, number)) = there() {
                return Ok((line, number, true));
            }
            // Who was before has found out that there is nobody, and that is enough for all who waited.
            if !pass.is_probe && !gate.is_open() {
                return Err("another question could not connect".into());
            }
            let line = self.dial.dial().await?;
            let mut place = slot.line.lock();
            *place = (Some(line.clone()), place.1 + 1);
            Ok((line, place.1, true))
        };
        match timeout(self.options.connect_timeout, connect).await {
            Ok(connected) => connected,
            Err(_) => {
                let milliseconds = self.options.connect_timeout.as_millis();
                Err(format!("no connection in {milliseconds} ms").into())
            }
        }
    }
}

impl<D: Dial> std::fmt::Debug for Lines<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("server", &self.server).finish_non_exhaustive()
    }
}

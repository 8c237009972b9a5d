//! Whether PostgreSQL still says something on a connection on which it owes an answer.
//!
//! What takes longer than it may PostgreSQL ends by itself. Where it says nothing at all, as its processes are stopped or as
//! something on the way takes what is sent and passes nothing on, nobody would. So the [watch](super::watch) looks at
//! each connection now and then. For a statement no clock is read and no timer made: what counts is whether who has the
//! [socket](super::wire) had anything to do since the last look.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::{AbortHandle, yield_now};

use super::canceller::Canceller;
use super::connection::Connection;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::wire::Wire;

/// How much longer than a statement may take it is waited for a word of PostgreSQL's.
pub(super) const GRACE: Duration = Duration::from_secs(1);
/// What counts of the time between two looks at most: if it is more, it is this process that was stopped or had too much to
/// do.
const MOST: Duration = Duration::from_millis(500);

/// One statement that is under way, in [`Pulse::account`].
const OWED: u64 = 1 << 32;
const UNSETTLED: u64 = OWED - 1;

/// What is known of a connection without asking PostgreSQL.
#[derive(Default)]
pub(super) struct Pulse {
    /// In the upper half the statements whose answers somebody waits for. In the lower half those that were begun and have
    /// not ended well: under way, failed, or given up by who asked.
    account: AtomicU64,
    /// Another number each time that something was sent or came.
    stirred: AtomicU32,
    /// Milliseconds that PostgreSQL may take for a statement, as far as this program said; 0 is no limit.
    limit: AtomicU32,
    /// How many more statements went with the one that is under way: they are answered together.
    more: AtomicU32,
    /// PostgreSQL waits for this program.
    ours: AtomicBool,
    /// It is not to be used any more, which tokio-postgres may find out later.
    broken: AtomicBool,
    /// It was given up, as PostgreSQL said nothing for so many milliseconds.
    silent: AtomicU32,
    /// Those who wait had their turn since the watch asked for it.
    turn: AtomicBool,
    looked: Mutex<Option<Looked>>,
    lives: OnceLock<Lives>,
    /// For how many milliseconds it is this program that stops a statement, as nobody told PostgreSQL to.
    stopped_after: AtomicU32,
    stops: Mutex<Option<Canceller>>,
}

/// Where the connection lives.
struct Lives {
    /// It ends with it.
    task: AbortHandle,
    wire: Weak<Wire>,
    runtime: Handle,
}

/// What the watch saw the last time, where an answer was owed.
struct Looked {
    stirred: u32,
    silent: Duration,
    /// Whether those who wait were asked to take their turn, and had it.
    asked: bool,
    had_turn: bool,
}

impl Pulse {
    /// Something was sent or came: whoever has the socket is woken.
    #[inline]
    pub(super) fn stir(&self) {
        // Of two at once one may be lost: there was another.
        self.stirred.store(self.stirred.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Says which task it lives in.
    pub(super) fn lives(&self, task: AbortHandle, wire: Weak<Wire>) {
        let _ = self.lives.set(Lives { task, wire, runtime: Handle::current() });
    }

    #[cfg(test)]
    pub(super) fn stirs(&self) -> u32 {
        self.stirred.load(Relaxed)
    }

    /// A statement is sent that somebody waits for.
    #[inline]
    pub(super) fn begin(&self) {
        self.account.fetch_add(OWED + 1, Relaxed);
    }

    /// One is sent that nobody waits for.
    pub(super) fn post(&self) {
        self.account.fetch_add(1, Relaxed);
    }

    /// Nobody waits for it any more. `well`: as it has succeeded.
    #[inline]
    pub(super) fn end(&self, well: bool) {
        self.account.fetch_sub(OWED + u64::from(well), Relaxed);
    }

    /// Waits for an answer.
    pub(super) async fn owed<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut owed = Owed { pulse: self, well: false };
        owed.pulse.begin();
        let outcome = work.await;
        owed.well = outcome.is_ok();
        outcome
    }

    pub(super) fn is_unsettled(&self) -> bool {
        self.account.load(Relaxed) & UNSETTLED != 0
    }

    pub(super) fn settled(&self, limit: u32) {
        if self.is_unsettled() {
            self.account.fetch_and(!UNSETTLED, Relaxed);
        }
        self.limit.store(limit, Relaxed);
    }

    #[inline]
    pub(super) fn limit(&self) -> u32 {
        self.limit.load(Relaxed)
    }

    pub(super) fn set_limit(&self, limit: u32) {
        self.limit.store(limit, Relaxed);
    }

    /// Has this program stop what takes that long.
    pub(super) fn stop_after(&self, limit: u32, canceller: Canceller) {
        *self.stops.lock().expect("no panic while held") = Some(canceller);
        self.stopped_after.store(limit, Relaxed);
    }

    #[inline]
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Relaxed)
    }

    pub(super) fn breaks(&self) {
        self.broken.store(true, Relaxed);
    }

    /// How long PostgreSQL said nothing, if that is why it was given up.
    pub(super) fn silence(&self) -> Option<Duration> {
        match self.silent.load(Relaxed) {
            0 => None,
            silent => Some(Duration::from_millis(silent.into())),
        }
    }

    /// PostgreSQL waits for this program until this is dropped.
    pub(super) fn ours(&self) -> Ours<'_> {
        self.ours.store(true, Relaxed);
        Ours(self)
    }

    /// What is sent next has so many statements in it, each of which may take as long as one may, until this is dropped.
    pub(super) fn several(&self, script: &str) -> Several<'_> {
        let more = script.bytes().filter(|byte| *byte == b';').count();
        self.more.store(u32::try_from(more).unwrap_or(u32::MAX), Relaxed);
        Several(self)
    }

    /// Looks at it again after some time, and gives it up when PostgreSQL has said nothing for too long. Whether an answer
    /// is owed that may not take for ever.
    pub(super) fn look(self: &Arc<Self>, passed: Duration) -> bool {
        let limit = self.limit();
        let is_owed = self.account.load(Relaxed) >= OWED && !self.ours.load(Relaxed);
        let mut looked = self.looked.lock().expect("no panic while held");
        if limit == 0 || !is_owed || self.silence().is_some() {
            *looked = None;
            return false;
        }
        let stirred = self.stirred.load(Relaxed);
        let last = match &mut *looked {
            Some(last) if last.stirred == stirred => last,
            _ => {
                *looked = Some(Looked { stirred, silent: Duration::ZERO, asked: false, had_turn: false });
                return true;
            }
        };
        last.silent += passed.min(MOST);
        let limit = Duration::from_millis(limit.into()) * self.more.load(Relaxed).saturating_add(1);
        if last.silent >= limit {
            self.stop();
        }
        if last.silent < limit + GRACE {
            return true;
        }
        let Some(Lives { task, wire, runtime }) = self.lives.get() else { return true };
        // A busy process hears late. Whoever was woken by the socket has the turn before this one.
        if !last.asked {
            last.asked = true;
            // Nor is an answer lost that is there, only as the statement that has the socket is not polled by who asked.
            if let Some(wire) = wire.upgrade() {
                wire.leave_to_task();
            }
            self.turn.store(false, Relaxed);
            let this = Arc::clone(self);
            runtime.spawn(async move {
                yield_now().await;
                yield_now().await;
                this.turn.store(true, Relaxed);
            });
        } else if last.had_turn {
            let silent = u32::try_from(last.silent.as_millis()).unwrap_or(u32::MAX);
            tracing::warn!(silent = ?last.silent, "PostgreSQL owes an answer and says nothing: a connection is given up");
            self.breaks();
            self.silent.store(silent, Relaxed);
            task.abort();
        } else {
            last.had_turn = self.turn.load(Relaxed);
        }
        true
    }

    /// Has PostgreSQL stop what takes too long, where that is for this program to do.
    fn stop(&self) {
        if self.stopped_after.load(Relaxed) != self.limit() {
            return;
        }
        let stops = self.stops.lock().expect("no panic while held").take();
        if let (Some(canceller), Some(Lives { runtime, .. })) = (stops, self.lives.get()) {
            // It may arrive late, and must not meet the next one's statement.
            self.breaks();
            runtime.spawn(canceller.cancel());
        }
    }
}

/// Those of the connections that there are.
#[derive(Default)]
pub(super) struct Pulses(Mutex<Vec<Weak<Pulse>>>);

impl Pulses {
    pub(super) fn add(&self, pulse: &Arc<Pulse>) {
        let mut all = self.0.lock().expect("no panic while held");
        all.retain(|pulse| pulse.strong_count() > 0);
        all.push(Arc::downgrade(pulse));
    }

    /// Looks at each, as [`Pulse::look`] does.
    pub(super) fn look(&self, passed: Duration) -> bool {
        let all: Vec<_> =
            self.0.lock().expect("no panic while held").iter().filter_map(Weak::upgrade).collect();
        all.iter().fold(false, |is_owed, pulse| pulse.look(passed) | is_owed)
    }
}

/// That somebody waits for an answer.
struct Owed<'p> {
    pulse: &'p Pulse,
    well: bool,
}

impl Drop for Owed<'_> {
    fn drop(&mut self) {
        self.pulse.end(self.well);
    }
}

/// That PostgreSQL waits for this program.
pub(super) struct Ours<'p>(&'p Pulse);

impl Drop for Ours<'_> {
    fn drop(&mut self) {
        self.0.stir();
        self.0.ours.store(false, Relaxed);
    }
}

/// That what is under way has several statements in it.
pub(super) struct Several<'p>(&'p Pulse);

impl Drop for Several<'_> {
    fn drop(&mut self) {
        self.0.more.store(0, Relaxed);
    }
}

impl Connection {
    /// Says of a failure that the connection was given up, if it was.
    pub(super) fn if_silent(&self, error: DatabaseError) -> DatabaseError {
        match self.pulse().silence() {
            Some(silent) if error.kind() == ErrorKind::Interrupted => {
                let problem = format!(
                    "PostgreSQL said nothing for {silent:?}, which is longer than the statement may take, so its \
                     connection was given up: whether it took effect is not known"
                );
                DatabaseError::new(ErrorKind::Interrupted, problem).with_source(error)
            }
            _ => error,
        }
    }

    /// The same where it makes no difference whether it took effect, as it only reads or begins something.
    pub(super) fn without_effect(&self, error: DatabaseError) -> DatabaseError {
        match self.pulse().silence() {
            Some(silent) if error.kind() == ErrorKind::Interrupted => {
                let problem = format!(
                    "PostgreSQL said nothing for {silent:?}, which is longer than the statement may take, so its \
                     connection was given up"
                );
                DatabaseError::new(ErrorKind::Timeout, problem).with_source(error)
            }
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Duration = Duration::from_millis(100);

    fn pulse(limit: u32) -> Arc<Pulse> {
        let pulse = Arc::<Pulse>::default();
        pulse.set_limit(limit);
        pulse.lives(tokio::spawn(std::future::pending::<()>()).abort_handle(), Weak::new());
        pulse
    }

    /// Looks until it is given up, but not for ever. For how long it was silent.
    async fn silence(pulse: &Arc<Pulse>) -> Option<Duration> {
        for _ in 0..200 {
            pulse.look(LOOK);
            tokio::task::yield_now().await;
        }
        pulse.silence()
    }

    #[tokio::test]
    async fn it_is_given_up_when_nothing_stirs_and_an_answer_is_owed() {
        let owed = pulse(2000);
        assert_eq!(silence(&owed).await, None, "nothing is owed");
        owed.begin();
        let silent = silence(&owed).await.unwrap();
        assert!((Duration::from_secs(3)..Duration::from_secs(4)).contains(&silent), "{silent:?}");
        assert!(owed.is_broken());
        let has_ended = || owed.lives.get().unwrap().task.is_finished();
        while !has_ended() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn it_is_left_alone_while_something_stirs() {
        let pulse = pulse(2000);
        pulse.begin();
        for look in 0..200 {
            assert!(pulse.look(LOOK));
            if look % 20 == 0 {
                pulse.stir();
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(pulse.silence(), None);
        pulse.end(true);
        assert!(!pulse.look(LOOK) && !pulse.is_unsettled());
        assert_eq!(silence(&pulse).await, None);
    }

    #[tokio::test]
    async fn what_is_not_postgresqls_to_say_is_waited_for() {
        let none = pulse(0);
        none.begin();
        assert_eq!(silence(&none).await, None, "no limit");
        let ours = pulse(2000);
        ours.begin();
        let sends = ours.ours();
        assert_eq!(silence(&ours).await, None, "it waits for this program");
        drop(sends);
        assert!(silence(&ours).await.is_some());
        let script = pulse(2000);
        script.begin();
        let several = script.several("SELECT 1; SELECT 2; SELECT 3");
        let silent = silence(&script).await.unwrap();
        assert!((Duration::from_secs(7)..Duration::from_secs(8)).contains(&silent), "{silent:?}");
        drop(several);
    }

    #[tokio::test]
    async fn a_process_that_was_stopped_takes_nobody_for_silent() {
        let pulse = pulse(2000);
        pulse.begin();
        for _ in 0..5 {
            pulse.look(Duration::from_secs(3600));
            tokio::task::yield_now().await;
        }
        assert_eq!(pulse.silence(), None);
        // Nor does one whose threads have too much to do.
        for _ in 0..200 {
            pulse.look(LOOK);
        }
        assert_eq!(pulse.silence(), None);
        assert!(silence(&pulse).await.is_some());
    }

    #[tokio::test]
    async fn what_failed_or_was_left_is_unsettled() {
        let pulse = pulse(0);
        pulse.begin();
        pulse.end(false);
        assert!(pulse.is_unsettled());
        pulse.settled(7);
        assert!(!pulse.is_unsettled());
        assert_eq!(pulse.limit(), 7);
        pulse.post();
        pulse.begin();
        pulse.end(true);
        assert!(pulse.is_unsettled());
    }
}

//! Waiting for a time without a timer of the runtime's: as long as there is one, each rest of the runtime begins and ends
//! with a look at the clock, which costs more than all else that a small request is given by the runtime.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

static ALARMS: Mutex<Alarms> = Mutex::new(Alarms { waiting: BTreeMap::new(), made: 0, asleep: None });
static CHANGED: Condvar = Condvar::new();
static THREAD: LazyLock<()> = LazyLock::new(|| {
    let thread = std::thread::Builder::new().name("alarms".to_owned()).spawn(wake_when_due);
    if let Err(error) = thread {
        tracing::error!(%error, "nothing is done at intervals");
    }
});

struct Alarms {
    /// By when they are due; of several at one time, by who came first.
    waiting: BTreeMap<(Instant, u64), Waker>,
    made: u64,
    /// Until when the thread sleeps, where it does; that there is nothing to wake up for is `Some(None)`.
    asleep: Option<Option<Instant>>,
}

/// Ready at a time.
#[derive(Debug)]
pub(crate) struct Alarm {
    at: Instant,
    /// Its number among those that wait.
    number: Option<u64>,
}

impl Alarm {
    pub(crate) fn at(at: Instant) -> Self {
        Self { at, number: None }
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.at {
            return Poll::Ready(());
        }
        LazyLock::force(&THREAD);
        let mut alarms = alarms();
        let number = *self.number.get_or_insert_with(|| {
            alarms.made += 1;
            alarms.made
        });
        let before = alarms.waiting.insert((self.at, number), cx.waker().clone());
        // Who sleeps too long is woken, and nobody else: most alarms are dropped before they are due.
        let is_late = alarms.asleep.is_some_and(|until| until.is_none_or(|until| until > self.at));
        if is_late {
            alarms.asleep = None;
        }
        drop(alarms);
        drop(before);
        if is_late {
            CHANGED.notify_one();
        }
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = alarms().waiting.remove(&(self.at, number));
            drop(waker);
        }
    }
}

fn alarms() -> MutexGuard<'static, Alarms> {
    ALARMS.lock().expect("no panic while held")
}

fn wake_when_due() {
    loop {
        let mut alarms = alarms();
        let now = Instant::now();
        let next = alarms.waiting.first_key_value().map(|((at, _), _)| *at);
        match next {
            Some(at) if at <= now => {
                let due = alarms.waiting.pop_first();
                drop(alarms);
                // Not under the lock: who is woken may do anything.
                due.into_iter().for_each(|(_, waker)| waker.wake());
            }
            Some(at) => {
                alarms.asleep = Some(Some(at));
                let waited = CHANGED.wait_timeout(alarms, at - now);
                waited.expect("no panic while held").0.asleep = None;
            }
            None => {
                alarms.asleep = Some(None);
                CHANGED.wait(alarms).expect("no panic while held").asleep = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_soonest_is_waited_for_and_none_comes_too_early() {
        let later = tokio::spawn(Alarm::at(Instant::now() + Duration::from_secs(3600)));
        for milliseconds in [40, 20, 1] {
            let at = Instant::now() + Duration::from_millis(milliseconds);
            Alarm::at(at).await;
            assert!(Instant::now() >= at);
        }
        assert!(!later.is_finished());
        later.abort();
    }

    #[tokio::test]
    async fn one_that_is_dropped_is_forgotten() {
        let at = Instant::now() + Duration::from_secs(3600);
        let mut alarm = Box::pin(Alarm::at(at));
        assert!(alarm.as_mut().now_or_never().is_none());
        assert!(alarm.as_mut().now_or_never().is_none());
        let waiting = || super::alarms().waiting.keys().filter(|(other, _)| *other == at).count();
        assert_eq!(waiting(), 1);
        drop(alarm);
        assert_eq!(waiting(), 0);
        Alarm::at(Instant::now()).await;
    }
}

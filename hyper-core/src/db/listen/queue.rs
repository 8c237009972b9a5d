//! What one listener has not taken yet.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use super::{Gap, Heard, Notification};

/// How many are kept.
pub(super) const MOST: usize = 1024;

/// Between the one who owns the connection, who never waits, and a listener, who may.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Heard>,
    /// What made room: it came before all that waits.
    was_cut: bool,
    missed: u64,
    has_ended: bool,
    waker: Option<Waker>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic while held")
    }

    pub(super) fn hear(&self, said: Notification) {
        self.push(Heard::Notification(said));
    }

    /// The connection was lost, and is there again.
    pub(super) fn was_cut(&self) {
        self.push(Heard::MayHaveMissed(Gap::Disconnected));
    }

    fn push(&self, heard: Heard) {
        let mut state = self.state();
        if state.waiting.back() == Some(&heard) && matches!(heard, Heard::MayHaveMissed(_)) {
            return;
        }
        if state.waiting.len() >= MOST {
            match state.waiting.pop_front() {
                Some(Heard::MayHaveMissed(_)) => state.was_cut = true,
                _ => state.missed += 1,
            }
        }
        state.waiting.push_back(heard);
        wake(state);
    }

    /// There will be no more.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.has_ended = true;
        wake(state);
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Heard>> {
        let mut state = self.state();
        if std::mem::take(&mut state.was_cut) {
            return Poll::Ready(Some(Heard::MayHaveMissed(Gap::Disconnected)));
        }
        match std::mem::take(&mut state.missed) {
            0 => {}
            missed => return Poll::Ready(Some(Heard::MayHaveMissed(Gap::Slow(missed)))),
        }
        if let Some(heard) = state.waiting.pop_front() {
            return Poll::Ready(Some(heard));
        }
        if state.has_ended {
            return Poll::Ready(None);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}

/// Outside the lock: who is woken may ask at once.
fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(number: usize) -> Notification {
        Notification { channel: "c".into(), payload: number.to_string().into(), process_id: 0 }
    }

    fn take(queue: &Queue) -> Option<Option<Heard>> {
        match queue.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(heard) => Some(heard),
            Poll::Pending => None,
        }
    }

    #[test]
    fn it_ends_after_what_was_heard() {
        let queue = Queue::default();
        assert_eq!(take(&queue), None);
        queue.hear(said(1));
        queue.end();
        assert_eq!(take(&queue), Some(Some(Heard::Notification(said(1)))));
        assert_eq!((take(&queue), take(&queue)), (Some(None), Some(None)));
    }

    #[test]
    fn whoever_waits_is_woken_once() {
        let (queue, woken) = (Queue::default(), std::sync::Arc::new(Count::default()));
        let waker = Waker::from(woken.clone());
        assert!(queue.poll(&mut Context::from_waker(&waker)).is_pending());
        queue.hear(said(1));
        queue.hear(said(2));
        assert_eq!(woken.0.load(std::sync::atomic::Ordering::Relaxed), 1);
    }

    #[derive(Default)]
    struct Count(std::sync::atomic::AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    proptest! {
        /// However fast it is read: what is not heard is told, before what came after it, and not too often.
        #[test]
        fn nothing_is_missed_unsaid(steps in proptest::collection::vec((0..4000_usize, any::<bool>(), 0..3000_usize), 1..9)) {
            let queue = Queue::default();
            let (mut next, mut heard) = (0, 0);
            // Before which notification the last cut was; up to which one it was told that some may be missing.
            let (mut cuts, mut last_cut, mut told, mut just_told) = (0, 0, 0, false);
            for (count, cut, most) in steps.into_iter().chain([(0, false, usize::MAX)]) {
                for _ in 0..count {
                    queue.hear(said(next));
                    next += 1;
                }
                if cut {
                    queue.was_cut();
                    (cuts, last_cut) = (cuts + 1, next);
                }
                for _ in 0..most {
                    match take(&queue) {
                        None => break,
                        Some(None) => panic!("it has not ended"),
                        Some(Some(Heard::Notification(said))) => {
                            prop_assert_eq!(said.payload(), heard.to_string());
                            (heard, just_told) = (heard + 1, false);
                        }
                        Some(Some(Heard::MayHaveMissed(Gap::Slow(missed)))) => {
                            heard += missed as usize;
                            told = if just_told { heard } else { told };
                            just_told = false;
                        }
                        Some(Some(Heard::MayHaveMissed(Gap::Disconnected))) => {
                            prop_assert!(cuts > 0, "a cut was told that was none");
                            (cuts, told, just_told) = (cuts - 1, heard, true);
                        }
                    }
                }
            }
            prop_assert_eq!(heard, next);
            prop_assert!(told >= last_cut, "a cut before {} was not told", last_cut);
        }
    }
}

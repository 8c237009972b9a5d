//! Who has a connection's socket written and read.
//!
//! tokio-postgres has two halves: one that statements are given to, and one that has to be polled so that anything becomes of
//! them. The latter lives in a task. That task would be woken twice for each statement: to send it, and to hand on the answer
//! to whoever waits, who is woken in turn. So a statement that is alone on its connection leads: it polls that half itself,
//! where it waits. The task is there for the rest: for statements that share a connection, for answers that are long, for
//! what nobody waits for any more, and for the end of the connection.
//!
//! Nobody ever depends on a statement being polled but the one who asked: as soon as a second one comes, the task does it.
//!
//! The [pulse](super::pulse) is told whenever something is sent or comes, whoever polls: a statement is polled for reasons of
//! its caller's, too, which say nothing of PostgreSQL. It gives a connection up by ending the task, with which the socket is
//! closed also under a statement that leads.

use std::future::poll_fn;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::listen::Messages;
use super::pulse::Pulse;

#[cfg(test)]
mod tests;
mod turn;

pub(super) use turn::Turn;

/// Somebody polls it at the moment.
const POLLING: u8 = 1;
/// A statement leads.
const LEADING: u8 = 2;
/// Something has happened on the connection while somebody polled it.
const AGAIN: u8 = 4;
/// Something has come for the statement that leads.
const READY: u8 = 8;
/// It is gone.
const ENDED: u8 = 16;

/// The half of a connection that has to be polled.
pub(super) struct Wire {
    messages: Mutex<Option<Box<dyn Messages>>>,
    shared: Arc<Shared>,
    /// Woken by the socket, and by whoever sends.
    on_event: Waker,
    /// Woken by what comes for the statement that led when it began.
    on_answer: Waker,
}

struct Shared {
    pulse: Arc<Pulse>,
    state: AtomicU8,
    /// Statements that are under way.
    under_way: AtomicU32,
    /// It may be left when the statement has ended, which keeps the memory of one task.
    leader: AtomicWaker,
    task: AtomicWaker,
}

impl Wire {
    /// Nobody polls it yet: that is for [`keep`].
    pub(super) fn new(messages: Box<dyn Messages>, pulse: Arc<Pulse>) -> Arc<Self> {
        let shared = Arc::new(Shared {
            pulse,
            state: AtomicU8::new(0),
            under_way: AtomicU32::new(0),
            leader: AtomicWaker::new(),
            task: AtomicWaker::new(),
        });
        Arc::new(Self {
            messages: Mutex::new(Some(messages)),
            on_event: Waker::from(Arc::new(OnEvent(shared.clone()))),
            on_answer: Waker::from(Arc::new(OnAnswer(shared.clone()))),
            shared,
        })
    }

    /// Sends and takes in what there is; whether the connection has ended, which it also does where that panics: what it
    /// is like then is not known.
    fn poll(&self) -> bool {
        let ending = Ending(self);
        if self.has_come_to_its_end() {
            return true;
        }
        std::mem::forget(ending);
        false
    }

    fn has_come_to_its_end(&self) -> bool {
        let mut cx = Context::from_waker(&self.on_event);
        let mut messages = self.messages.lock();
        loop {
            let Some(open) = messages.as_mut() else { return true };
            match open.poll_message(&mut cx) {
                Poll::Pending => return false,
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => {
                    tracing::debug!(%error, "a connection to PostgreSQL ended");
                    return true;
                }
                Poll::Ready(None) => return true,
            }
        }
    }

    /// No statement leads from now on, until the next one: the task sees what there is.
    #[cold]
    pub(super) fn leave_to_task(&self) {
        self.shared.depose();
    }

    /// Closes the socket. Whoever waits is told.
    fn end(&self) {
        let messages = self.messages.lock().take();
        self.shared.state.store(ENDED, SeqCst);
        drop(messages);
        self.shared.task.wake();
    }
}

impl Shared {
    fn has(&self, bits: u8) -> bool {
        self.state.load(SeqCst) & bits != 0
    }

    /// Changes the state as `change` says; false where it says none.
    #[inline]
    fn change(&self, change: impl FnMut(u8) -> Option<u8>) -> bool {
        self.state.fetch_update(SeqCst, SeqCst, change).is_ok()
    }

    /// Whether the bit was set, which it is not any more.
    #[inline]
    fn takes(&self, bit: u8) -> bool {
        self.has(bit) && self.state.fetch_and(!bit, SeqCst) & bit != 0
    }

    /// Nobody leads any more, as far as that is not polling just now and sees it by itself.
    #[cold]
    fn depose(&self) {
        if self.change(|state| (state & (LEADING | POLLING) == LEADING).then_some(state & ENDED)) {
            self.task.wake();
        }
    }

    /// The leader does not lead any more; whether something has happened meanwhile.
    #[inline]
    fn resign(&self) -> bool {
        self.state.fetch_and(ENDED, SeqCst) & AGAIN != 0
    }
}

struct OnEvent(Arc<Shared>);

impl Wake for OnEvent {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let shared = &self.0;
        shared.pulse.stir();
        if shared.change(|state| (state & POLLING != 0).then_some(state | AGAIN)) {
            return;
        }
        // Who has stopped leading since then has woken the task.
        if shared.has(LEADING) {
            shared.leader.wake();
        } else {
            shared.task.wake();
        }
    }
}

struct OnAnswer(Arc<Shared>);

impl Wake for OnAnswer {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let shared = &self.0;
        let leads = shared.change(|state| (state & LEADING != 0).then_some(state | READY));
        // While it polls it looks by itself.
        if !(leads && shared.has(POLLING)) {
            shared.leader.wake();
        }
    }
}

/// The task: does what no statement does. It ends with the connection, which ends with it, also where it was never polled.
pub(super) fn keep(wire: Arc<Wire>) -> impl Future<Output = ()> + Send {
    let ending = Ending(wire);
    async move {
        let (wire, shared) = (&*ending.0, &*ending.0.shared);
        poll_fn(|cx| {
            shared.task.register(cx.waker());
            for _ in 0..2 {
                if shared.has(ENDED) {
                    return Poll::Ready(());
                }
                if !shared.change(|state| (state == 0).then_some(POLLING)) {
                    // Who leads has polled it since, or wakes the task when that ends.
                    return Poll::Pending;
                }
                if wire.poll() {
                    return Poll::Ready(());
                }
                if !shared.resign() {
                    return Poll::Pending;
                }
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Closes the connection in the end.
struct Ending<W: Deref<Target = Wire>>(W);

impl<W: Deref<Target = Wire>> Drop for Ending<W> {
    fn drop(&mut self) {
        self.0.end();
    }
}

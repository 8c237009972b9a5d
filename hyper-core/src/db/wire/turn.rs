//! A statement's stay on a connection: whether it leads, and what it does then.

use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll};

use super::{AGAIN, ENDED, LEADING, POLLING, READY, Wire};

/// So often one statement polls the connection. Whoever is not done then waits for much, and leaves it to the task, which
/// may be on another thread.
const ROUNDS: u8 = 8;

/// A statement that is under way on a connection.
pub(in crate::db) struct Turn<'w> {
    wire: &'w Wire,
    leads: Leads,
}

enum Leads {
    /// Others were under way already.
    Never,
    /// It would be the one.
    Next,
    /// So many times more.
    For(u8),
    /// It did.
    NoMore,
}

impl<'w> Turn<'w> {
    #[inline]
    pub(in crate::db) fn begin(wire: &'w Wire) -> Self {
        let shared = &*wire.shared;
        // Either the leader sees that it is not alone, or it is seen here that somebody leads.
        if shared.under_way.fetch_add(1, SeqCst) == 0 {
            return Self { wire, leads: Leads::Next };
        }
        if shared.has(LEADING) {
            shared.depose();
        }
        Self { wire, leads: Leads::Never }
    }

    /// Polls what waits for the answers, and what sends it and brings them.
    #[inline]
    pub(in crate::db) fn poll<F: Future>(
        &mut self,
        cx: &mut Context<'_>,
        mut work: Pin<&mut F>,
    ) -> Poll<F::Output> {
        let shared = &*self.wire.shared;
        let mut inner = Context::from_waker(&self.wire.on_answer);
        match self.leads {
            Leads::Never => return work.poll(cx),
            Leads::NoMore => {
                shared.leader.register(cx.waker());
                return work.poll(&mut inner);
            }
            Leads::Next => {
                self.leads = Leads::NoMore;
                if !shared.change(|state| (state == 0).then_some(POLLING | LEADING)) {
                    return self.poll(cx, work);
                }
                self.leads = Leads::For(ROUNDS);
                // Here it is sent.
                if let Poll::Ready(outcome) = work.as_mut().poll(&mut inner) {
                    return Poll::Ready(outcome);
                }
            }
            Leads::For(_) => {
                if !shared.change(|state| (state & LEADING != 0).then_some(state | POLLING)) {
                    self.leads = Leads::NoMore;
                    return self.poll(cx, work);
                }
            }
        }
        while self.round(cx) {
            if let Poll::Ready(outcome) = work.as_mut().poll(&mut inner) {
                return Poll::Ready(outcome);
            }
        }
        Poll::Pending
    }

    /// Polls the connection until something has come for the statement, or nothing more comes at the moment; whether the
    /// former.
    fn round(&mut self, cx: &Context<'_>) -> bool {
        let shared = &*self.wire.shared;
        while let Leads::For(rounds) = self.leads {
            if rounds == 0 {
                shared.leader.register(cx.waker());
                self.stop();
                // What has come by now is not told.
                return true;
            }
            self.leads = Leads::For(rounds - 1);
            shared.takes(AGAIN);
            if self.wire.poll() {
                shared.leader.register(cx.waker());
                self.leads = Leads::NoMore;
                return true;
            }
            if shared.takes(READY) {
                return true;
            }
            // Whatever has happened before it can be woken is seen by the state.
            shared.leader.register(cx.waker());
            if shared.change(|state| (state == POLLING | LEADING).then_some(LEADING)) {
                if shared.under_way.load(SeqCst) > 1 {
                    shared.depose();
                }
                return false;
            }
        }
        false
    }

    /// Leaves it to the task.
    #[cold]
    fn stop(&mut self) {
        self.leads = Leads::NoMore;
        self.wire.shared.resign();
        self.wire.shared.task.wake();
    }
}

impl Drop for Turn<'_> {
    #[inline]
    fn drop(&mut self) {
        let shared = &*self.wire.shared;
        if let Leads::For(rounds) = self.leads {
            let done = |state| (state & LEADING != 0).then_some(state & ENDED);
            // It may be dropped before its answer has come, when it does not poll. And it may have ended before it was sent:
            // then it has not polled at all, and the task may have left it to it what has happened before.
            if let Ok(was) = shared.state.fetch_update(SeqCst, SeqCst, done)
                && (was & (POLLING | AGAIN) != POLLING || rounds == ROUNDS)
            {
                shared.task.wake();
            }
        }
        shared.under_way.fetch_sub(1, SeqCst);
    }
}

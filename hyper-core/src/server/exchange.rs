//! Where the requests of a connection are answered, one after the other.
//!
//! What a handler keeps while it waits can be many kilobytes. It has its place once for as long as the connection is
//! awake, and is not moved for each request: what hyper moves is an [`Answer`], a pointer.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;

use super::handle::Case;
use crate::http::Response;

/// What is asked, and what is answered. A case is in a box that goes to and fro.
#[derive(Default)]
pub(super) struct Desk {
    asked: Option<Box<Case>>,
    answered: Option<Box<Case>>,
}

/// Where who asks and who answers meet.
pub(super) type Shared = Arc<Mutex<Desk>>;

/// The next request.
pub(super) async fn next(desk: &Mutex<Desk>) -> Box<Case> {
    poll_fn(|_| match desk.lock().asked.take() {
        Some(asked) => Poll::Ready(asked),
        // It is polled by the `Answer` of the next one.
        None => Poll::Pending,
    })
    .await
}

/// The answer to it.
pub(super) fn put(desk: &Mutex<Desk>, case: Box<Case>) {
    desk.lock().answered = Some(case);
}

/// One who answers all requests of a connection, and who asks.
pub(super) struct Exchange<M, F> {
    desk: Shared,
    /// Begins to answer.
    make: M,
    answering: Mutex<Pin<Box<F>>>,
}

impl<M: Fn(Shared) -> F, F: Future<Output = Infallible>> Exchange<M, F> {
    pub(super) fn new(make: M) -> Arc<Self> {
        let desk = Shared::default();
        let answering = Mutex::new(Box::pin(make(Arc::clone(&desk))));
        Arc::new(Self { desk, make, answering })
    }

    /// Asks. There can be no second one until it is answered or dropped.
    #[inline]
    pub(super) fn ask(self: &Arc<Self>, open: impl FnOnce(&mut Case)) -> Answer<M, F> {
        let mut desk = self.desk.lock();
        let mut case = desk.answered.take().unwrap_or_default();
        open(&mut case);
        desk.asked = Some(case);
        drop(desk);
        Answer { exchange: Arc::clone(self), has_come: false }
    }
}

/// The answer to one request. Who drops it does not want it any more: what is done for it ends.
pub(super) struct Answer<M: Fn(Shared) -> F, F: Future<Output = Infallible>> {
    exchange: Arc<Exchange<M, F>>,
    has_come: bool,
}

impl<M: Fn(Shared) -> F, F: Future<Output = Infallible>> Future for Answer<M, F> {
    type Output = Result<Response, Infallible>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Poll::Pending = self.exchange.answering.lock().as_mut().poll(cx);
        let mut desk = self.exchange.desk.lock();
        let answer = desk.answered.as_mut().and_then(|case| case.take_answer());
        drop(desk);
        let Some(response) = answer else { return Poll::Pending };
        self.has_come = true;
        Poll::Ready(Ok(response))
    }
}

impl<M: Fn(Shared) -> F, F: Future<Output = Infallible>> Drop for Answer<M, F> {
    #[inline]
    fn drop(&mut self) {
        if !self.has_come {
            self.exchange.begin_again();
        }
    }
}

impl<M: Fn(Shared) -> F, F: Future<Output = Infallible>> Exchange<M, F> {
    #[cold]
    fn begin_again(&self) {
        let afresh = Box::pin((self.make)(Arc::clone(&self.desk)));
        // Outside the lock: what a handler drops may do anything.
        let before = std::mem::replace(&mut *self.answering.lock(), afresh);
        drop(before);
        *self.desk.lock() = Desk::default();
    }
}

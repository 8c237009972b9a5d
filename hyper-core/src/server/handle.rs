//! One request: its limits, the application, and what becomes of a panic.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use http::StatusCode;
use http::header::{self, HeaderValue};
use hyper::body::Incoming;

use super::refusal;
use super::state::{Busy, State};
use super::watchdog;
use crate::app::{App, Running, panicked_outside, poll_caught};
use crate::http::{Peer, Request, Response};

/// A request that is in progress, and its answer when there is one.
#[derive(Debug, Default)]
pub(super) struct Case {
    request: Option<Request>,
    busy: Option<Busy>,
    answer: Option<Response>,
}

impl Case {
    #[inline]
    pub(super) fn open<A: App>(
        &mut self,
        app: &'static Running<A>,
        state: Arc<State>,
        request: http::Request<Incoming>,
        peer: Peer,
        max_body_size: usize,
    ) {
        let busy = Busy::new(state);
        let state = busy.state();
        let peer = (peer, state.is_secure());
        let watch = || state.body_watch();
        self.request = Some(Request::from_hyper(request, watch, max_body_size, peer, app.context()));
        self.busy = Some(busy);
    }

    /// The answer, once it is made.
    #[inline]
    pub(super) fn take_answer(&mut self) -> Option<Response> {
        self.answer.take()
    }

    /// Says in an answer of HTTP/1 that the connection ends behind it, unless another protocol goes on there.
    pub(super) fn answer_is_last(&mut self) {
        if let Some(response) = &mut self.answer
            && response.status() != StatusCode::SWITCHING_PROTOCOLS
        {
            is_last(response);
        }
    }

    /// Makes the answer.
    pub(super) async fn close<A: App>(&mut self, app: &'static Running<A>) {
        let Self { request: Some(request), busy: Some(busy), answer } = self else { return };
        let panic = {
            let mut watched = watchdog::Watched::new(app.context().site);
            let mut answering = pin!(app.respond(request));
            poll_fn(|cx| watched.poll(|| poll_caught(answering.as_mut(), cx, answer))).await
        };
        let response = answer.get_or_insert_with(|| panicked_outside(panic, request));
        let state = busy.state();
        // A stream of HTTP/2 ends alone; the others go on.
        if state.streams().is_none() {
            refusal::mark_as_answer(response);
            if request.body_is_pending() {
                request.discard_body().await;
            }
            if state.body_was_abandoned() {
                // What the client still sends would be taken for the next request.
                is_last(response);
            }
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                state.upgrade();
            }
        }
        request.finish();
        self.request = None;
        let busy = self.busy.take();
        if response.body().is_stream() {
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = body.on_stream_end(move || drop(busy));
        }
    }
}

fn is_last(response: &mut Response) {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}

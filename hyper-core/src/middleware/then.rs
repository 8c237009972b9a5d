//! What most middleware does: has the request answered, and changes the answer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::http::Response;

/// Has the request answered by `run`, and changes the answer where it lies.
///
/// It is what `let mut response = next.run(request).await; after(&mut response); response` is, without moving the
/// answer, which is some 160 bytes, three times on its way out of each middleware.
pub(super) fn then<F: Future<Output = Response>>(
    run: impl FnOnce() -> F,
    after: impl FnOnce(&mut Response),
) -> impl Future<Output = Response> {
    Then { run: Some(run), inner: None, after: Some(after) }
}

pin_project! {
    struct Then<R, F, A> {
        // Run at the first poll, so that what it makes is made where it stays.
        run: Option<R>,
        #[pin]
        inner: Option<F>,
        after: Option<A>,
    }
}

impl<R, F, A> Future for Then<R, F, A>
where
    R: FnOnce() -> F,
    F: Future<Output = Response>,
    A: FnOnce(&mut Response),
{
    type Output = Response;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let mut this = self.project();
        if let Some(run) = this.run.take() {
            this.inner.set(Some(run()));
        }
        // It is there from the first poll on.
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        let mut answered = inner.poll(cx);
        if let Poll::Ready(response) = &mut answered
            && let Some(after) = this.after.take()
        {
            after(response);
        }
        answered
    }
}

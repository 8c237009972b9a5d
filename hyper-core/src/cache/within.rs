//! Waiting for no longer than so long.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::alarm::Alarm;

/// Waits for so long at most; none is that it was too long. What is ready at once needs no alarm.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut alarm) = (pin!(work), None);
    poll_fn(|cx| {
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(Some(done));
        }
        let alarm = alarm.get_or_insert_with(|| Alarm::at(Instant::now() + limit));
        Pin::new(alarm).poll(cx).map(|()| None)
    })
    .await
}

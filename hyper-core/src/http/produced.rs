//! Streams that are written like a loop.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::{Error, Result};

/// Where the closure of a stream sends its items.
#[derive(Debug, Clone)]
pub struct Producer<T>(Sender<T>);

/// That nobody takes the items of a stream any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl<T: Send> Producer<T> {
    /// Sends an item, once the one before is on its way.
    ///
    /// # Errors
    /// That nobody is there any more. The closure itself is dropped where it waits when its client goes, so this is for
    /// tasks that it has started.
    pub async fn send(&self, item: T) -> Result<(), Gone> {
        self.0.send(item).await.map_err(|_| Gone)
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client of a stream is gone")
    }
}

impl std::error::Error for Gone {}

#[diagnostic::do_not_recommend]
impl From<Gone> for Error {
    #[track_caller]
    fn from(gone: Gone) -> Self {
        Self::internal(gone)
    }
}

/// The items that a closure sends, and behind them its error. It runs while the stream is polled, and is dropped with
/// it.
pub(super) fn produced<T, F, W>(work: F) -> Produced<T>
where
    F: FnOnce(Producer<T>) -> W,
    W: Future<Output = Result<()>> + Send + 'static,
{
    let (sender, items) = channel(1);
    Produced { work: Some(Box::pin(work(Producer(sender)))), items }
}

/// What [`produced`] makes.
pub(super) struct Produced<T> {
    work: Option<Pin<Box<dyn Future<Output = Result<()>> + Send>>>,
    items: Receiver<T>,
}

impl<T> Stream for Produced<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut failed = None;
        if let Some(work) = &mut self.work
            && let Poll::Ready(ended) = work.as_mut().poll(cx)
        {
            self.work = None;
            failed = ended.err();
        }
        // What it has sent comes before how it ended; tasks that it has started may still send.
        match self.items.poll_recv(cx) {
            Poll::Ready(Some(item)) => {
                if let Some(error) = failed {
                    self.work = Some(Box::pin(async { Err(error) }));
                }
                Poll::Ready(Some(Ok(item)))
            }
            ended => match failed {
                Some(error) => Poll::Ready(Some(Err(error))),
                None => ended.map(|_| None),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn items_come_in_their_order_and_the_error_last() {
        let stream = produced(|items: Producer<u8>| async move {
            for n in 1..=3 {
                items.send(n).await?;
                tokio::task::yield_now().await;
            }
            Err(Error::conflict("enough"))
        });
        let all: Vec<_> = stream.map(|item| item.map_err(|error| error.to_string())).collect().await;
        assert_eq!(all, [Ok(1), Ok(2), Ok(3), Err("enough".to_owned())]);
    }

    #[tokio::test]
    async fn a_task_that_is_left_behind_is_told() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut stream = produced(|items: Producer<u8>| async move {
            tokio::spawn(async move {
                while items.send(7).await.is_ok() {}
                tell.send(()).unwrap();
            });
            Ok(())
        });
        assert_eq!(stream.next().await.unwrap().unwrap(), 7);
        drop(stream);
        told.await.unwrap();
    }
}

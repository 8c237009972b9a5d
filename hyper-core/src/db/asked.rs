//! Who asks: the line of the program a statement comes from, and the model it is about.
//!
//! Known in builds with debug assertions only: the ORM's methods note their caller there, and wrap their futures in an
//! [`Asking`]. In others there is nothing of it, and futures are as large as they would be without.

use std::cell::Cell;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

thread_local! {
    /// Of the query that is polled at the moment.
    static CURRENT: Cell<Option<Asked>> = const { Cell::new(None) };
}

/// A place in the program that asks, and what about.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The call of the query's method.
    pub place: &'static Location<'static>,
    /// The model whose rows it is about.
    pub model: Option<&'static AskedModel>,
}

/// What of a model helps to see how rows of it are loaded together.
#[doc(hidden)]
#[derive(Debug)]
pub struct AskedModel {
    /// Its table.
    pub table: &'static str,
    /// The struct with its path.
    pub name: fn() -> &'static str,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
    /// Its foreign keys, each with column, field and the table it leads to.
    pub foreign_keys: fn() -> Vec<(&'static str, &'static str, &'static str)>,
}

impl AskedModel {
    /// The struct as the program writes it.
    pub(super) fn short_name(&self) -> &'static str {
        let name = (self.name)();
        name.rsplit("::").next().unwrap_or(name)
    }
}

/// Who asks what the calling code sends; none where nobody said so.
pub(super) fn current() -> Option<Asked> {
    CURRENT.try_with(Cell::get).ok().flatten()
}

pin_project! {
    /// A query under way, of which is known who asks.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Asking<F> {
        asked: Asked,
        #[pin]
        work: F,
    }
}

impl<F> Asking<F> {
    /// Of a query that was not sent yet.
    pub fn new(asked: Asked, work: F) -> Self {
        Self { asked, work }
    }
}

impl<F: Future> Future for Asking<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        /// Puts back what was there, also when the query panics.
        struct Before(Option<Asked>);
        impl Drop for Before {
            fn drop(&mut self) {
                let _ = CURRENT.try_with(|current| current.set(self.0));
            }
        }

        let this = self.project();
        let before = current();
        // Methods that are made of others: the outermost is the one that the program calls.
        let asked = before.unwrap_or(*this.asked);
        let _before = Before(before);
        let _ = CURRENT.try_with(|current| current.set(Some(asked)));
        this.work.poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn asking<F: Future>(line: &'static Location<'static>, work: F) -> Asking<F> {
        Asking::new(Asked { place: line, model: None }, work)
    }

    fn line() -> Option<u32> {
        current().map(|asked| asked.place.line())
    }

    #[test]
    fn the_outermost_asks_and_only_while_it_is_polled() {
        let outer = Location::caller();
        let inner = asking(Location::caller(), async { line() });
        let (within, after) = asking(outer, async move { (inner.await, line()) }).now_or_never().unwrap();
        assert_eq!((within, after, line()), (Some(outer.line()), Some(outer.line()), None));
        let panics = asking(outer, async { panic!("on purpose") });
        assert!(std::panic::AssertUnwindSafe(panics).catch_unwind().now_or_never().unwrap().is_err());
        assert_eq!(line(), None);
    }
}

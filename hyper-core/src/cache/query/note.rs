//! What a statement that writes leaves on its connection, until it has taken effect.

use std::fmt;
use std::time::{Duration, Instant};

use super::{QueryCache, Written};
use crate::alarm::Alarm;

/// When a connection is lost while something is written on it, PostgreSQL may bring it to an end for a while still. After these
/// times what was written counts as written once more.
const LATER: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)];

/// That tables are being written. Dropped, it has taken effect.
pub(crate) struct Note {
    cache: QueryCache,
    written: Written,
    is_lost: bool,
}

impl Note {
    pub(super) fn new(cache: QueryCache, written: Written) -> Self {
        Self { cache, written, is_lost: false }
    }

    /// Both.
    pub(crate) fn join(&mut self, other: Self) {
        self.written.join(&other.written);
        other.forget();
    }

    /// It has not taken effect.
    pub(crate) fn forget(mut self) {
        self.written = Written::default();
    }

    /// The connection was lost.
    pub(crate) fn is_lost(&mut self) {
        self.is_lost = true;
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if self.written.is_nothing() {
            return;
        }
        self.cache.invalidate(&self.written);
        if let Some(runtime) = tokio::runtime::Handle::try_current().ok().filter(|_| self.is_lost) {
            let (cache, written) = (self.cache.clone(), self.written.clone());
            runtime.spawn(async move {
                let lost = Instant::now();
                for later in LATER {
                    Alarm::at(lost + later).await;
                    cache.invalidate(&written);
                }
            });
        }
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Note").field(&self.written).finish()
    }
}

//! A layer that is not there is looked after in the background, so that nobody waits for it.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::layer::{Layer, MANY, Owed};
use crate::alarm::Alarm;
use crate::cache::backend::CacheBackend;
use crate::cache::error::CacheError;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Somebody looks whether the layer is there, until this is dropped, by whatever cause.
struct Recovering<B>(Weak<Layer<B>>);

impl<B> Drop for Recovering<B> {
    fn drop(&mut self) {
        if let Some(layer) = self.0.upgrade() {
            layer.recovering.store(false, SeqCst);
        }
    }
}

impl<B: CacheBackend> Layer<B> {
    /// Has it not asked any more until it is seen to be there. Outside of a runtime nobody could look, so it stays open.
    pub(super) fn close(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        self.closed.store(true, SeqCst);
        if !self.recovering.load(SeqCst) && !self.recovering.swap(true, SeqCst) {
            let recovering = Recovering(Arc::downgrade(self));
            runtime.spawn(recover(recovering));
        }
    }

    /// Opens it if it owes nothing.
    fn open(&self) -> bool {
        let owed = self.owed.lock().expect("no panic while held");
        let is_open = owed.is_empty();
        if is_open {
            self.closed.store(false, SeqCst);
        }
        is_open
    }

    /// Takes out what it was not told of.
    async fn pay(&self) -> Result<(), CacheError> {
        let owed = std::mem::take(&mut *self.owed.lock().expect("no panic while held"));
        let outcome = self.in_time(MANY, self.take_out(&owed)).await;
        if outcome.is_err() {
            let mut all = self.owed.lock().expect("no panic while held");
            if owed.all {
                all.add_all();
            }
            all.add(owed.keys.iter().map(String::as_str));
        } else if let Some(voice) = self.voice.get() {
            if owed.all {
                voice(None);
            }
            owed.keys.iter().for_each(|key| voice(Some(key)));
        }
        outcome
    }

    async fn take_out(&self, owed: &Owed) -> Result<(), CacheError> {
        if owed.all {
            return self.backend.clear().await;
        }
        let keys: Vec<&str> = owed.keys.iter().map(String::as_str).collect();
        self.backend.delete_many(&keys).await.map(drop)
    }
}

async fn recover<B: CacheBackend>(recovering: Recovering<B>) {
    let (mut pause, mut answers) = (FIRST_PAUSE, false);
    loop {
        // Up to a half less, so that instances do not come back at one moment.
        Alarm::at(Instant::now() + pause.mul_f64(1.0 - fastrand::f64() / 2.0)).await;
        let Some(layer) = recovering.0.upgrade() else { return };
        // One that stood still does what it was told before that, when it goes on: only then it is told what it owes.
        let outcome = if answers { layer.pay().await } else { layer.in_time(1, layer.backend.check()).await };
        match outcome {
            Ok(()) if layer.open() => {
                tracing::info!(errors = layer.errors(), "a layer of a cache is there again");
                return;
            }
            Ok(()) => (pause, answers) = (FIRST_PAUSE, true),
            Err(_) => (pause, answers) = ((pause * 2).min(LONGEST_PAUSE), false),
        }
    }
}

//! Ends the process when an input takes too long: what hangs does not panic.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Corpus;

/// After how long an input counts as one that hangs the target. A usual one takes less than a millisecond.
const LONGEST: Duration = Duration::from_secs(20);

/// What each target is at, and since when.
type Inputs = BTreeMap<&'static str, (Instant, Vec<u8>)>;

/// Looks after targets while they run. The process ends with the input in the corpus when one takes more than 20
/// seconds for it.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<Inputs>>);

impl Watch {
    /// Begins to look, until it and all its clones are gone.
    #[must_use]
    pub fn start() -> Self {
        let watch = Self::default();
        let inputs = Arc::downgrade(&watch.0);
        thread::spawn(move || {
            while let Some(inputs) = inputs.upgrade() {
                let inputs = inputs.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((name, (_, input))) =
                    inputs.iter().find(|(_, (since, _))| since.elapsed() > LONGEST)
                {
                    let file = match Corpus::read(name).and_then(|corpus| corpus.keep(input)) {
                        Ok(file) => format!("The input is in {}.", file.display()),
                        Err(error) => format!("The input cannot be kept: {error}."),
                    };
                    eprintln!(
                        "{name} takes more than {} seconds for `{}`. {file}",
                        LONGEST.as_secs(),
                        input.escape_ascii()
                    );
                    std::process::exit(1);
                }
                drop(inputs);
                thread::sleep(Duration::from_millis(500));
            }
        });
        watch
    }

    pub(crate) fn begins(&self, name: &'static str, input: &[u8]) {
        let mut inputs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inputs.insert(name, (Instant::now(), input.to_vec()));
    }

    pub(crate) fn ends(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

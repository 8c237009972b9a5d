//! What several parts of one application share: one pool for all who use the database of a name.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use super::Settings;
use crate::Result;

/// Parts by their type and name, while an application starts.
#[derive(Default)]
pub(super) struct Parts(Mutex<HashMap<(TypeId, String), Box<dyn Any + Send + Sync>>>);

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

impl Settings {
    /// These settings for an application that starts now, whose parts share what they both use.
    pub(crate) fn of_application(&self) -> Self {
        Self(Arc::clone(&self.0), Some(Arc::default()))
    }

    /// The part of a name that another part of this application has started, or a new one.
    pub(crate) async fn share<T: Clone + Send + Sync + 'static>(
        &self,
        name: &str,
        start: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let Some(Parts(parts)) = self.1.as_deref() else { return start.await };
        let key = (TypeId::of::<T>(), name.to_owned());
        let found = parts
            .lock()
            .expect("no panic while held")
            .get(&key)
            .and_then(|part| part.downcast_ref().cloned());
        if let Some(part) = found {
            return Ok(part);
        }
        // Parts start one after the other.
        let part: T = start.await?;
        parts.lock().expect("no panic while held").insert(key, Box::new(part.clone()));
        Ok(part)
    }
}

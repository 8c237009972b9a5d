//! Putting a value in the place of one that has expired, by one of all who want to.
//!
//! To look at what is there and to replace it are two questions, between which another may have replaced it. So it takes a
//! claim, which only one gets, whatever the backend: it lies beside the key, as the lock of those who compute.

use std::time::{Duration, Instant};

use super::across::Patience;
use super::is_stale;
use crate::cache::backend::CacheBackend;
use crate::cache::error::CacheError;
use crate::cache::ttl::Ttl;
use crate::cache::value::{Content, Value};

/// How long a claim holds at most, whatever becomes of him who has it.
const LONGEST: Duration = Duration::from_secs(2);

/// Puts a value in the place of one that has expired; false if another has. Then his is there: who is not first waits for it.
pub(super) async fn stale(
    backend: &impl CacheBackend,
    key: &str,
    value: Value,
    ttl: Ttl,
) -> Result<bool, CacheError> {
    // No key of a `Cache` has a `%` at this place.
    let claim = format!("{key}%add");
    let mut patience = Patience::new(LONGEST);
    loop {
        let claimed = Instant::now();
        let is_ours = backend.add(&claim, Value::new(Content::Integer(1)), Ttl::For(LONGEST)).await?;
        let old = backend.get(key).await;
        let is_in_the_way = matches!(&old, Ok(Some(old)) if is_stale(old));
        if is_ours {
            let put = if is_in_the_way { Some(backend.set(key, value.clone(), ttl).await) } else { None };
            // Later it may be another's.
            if claimed.elapsed() < LONGEST {
                let _ = backend.delete(&claim).await;
            }
            if let Some(put) = put {
                return put.map(|()| true);
            }
        }
        match old? {
            Some(old) if is_stale(&old) => {}
            Some(_) => return Ok(false),
            None => return backend.add(key, value, ttl).await,
        }
        if !patience.wait().await {
            return Ok(false);
        }
    }
}

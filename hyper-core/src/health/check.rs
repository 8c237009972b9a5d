//! What a part of an application says of itself.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::db::Db;
use crate::{Error, Result};

/// Says whether a part of an application can do its work.
///
/// Where a field of an application has this, [`Readiness`](super::Readiness) asks it: `#[derive(App)]` finds it by
/// itself. A [`Db`] has it. It is for what the process cannot serve without: an index that must be loaded, a service that
/// each request needs. It is asked once a second at most, and has `READY_TIMEOUT` to answer; one that takes longer is
/// dropped and counts as failed. So is one that panics.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
/// use hyper_core::health::Check;
/// use hyper_core::{Error, Result};
///
/// struct Search { loaded: AtomicBool }
///
/// impl Check for Search {
///     async fn check(&self) -> Result<()> {
///         if self.loaded.load(Relaxed) { Ok(()) } else { Err(Error::unavailable("The index is not loaded.", 5)) }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of its health",
    label = "implement `Check` for it: `async fn check(&self) -> Result<()>`"
)]
pub trait Check: Send + Sync + 'static {
    /// Succeeds when all is well.
    ///
    /// # Errors
    /// What is wrong. It is in the log, and with `DEBUG` in the answer of `/ready`; otherwise nobody outside sees it.
    fn check(&self) -> impl Future<Output = Result<()>> + Send;
}

/// PostgreSQL answers. It is asked on a connection of its own, so that a pool whose connections are all busy is no reason
/// to take the process out of service.
impl Check for Db {
    async fn check(&self) -> Result<()> {
        // Whoever asks has a limit that is shorter.
        self.ping(std::time::Duration::from_secs(60)).await.map(drop).map_err(Error::from)
    }
}

/// The checks of an application, by name.
#[derive(Default)]
pub struct Checks(pub(super) Vec<(&'static str, Ask)>);

/// Asks one.
pub(super) type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>;

impl Checks {
    /// Adds one under a name, which is that of the field.
    pub fn add<C: Check>(&mut self, name: &'static str, check: &'static C) {
        self.0.push((name, Box::new(move || Box::pin(check.check()))));
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// A field of an application. [`Checked`] is tried before [`Unchecked`], which needs one more reference: so the compiler
/// finds out whether it has a check.
#[doc(hidden)]
#[derive(Debug)]
pub struct Part<T: 'static>(pub &'static str, pub &'static T);

#[doc(hidden)]
pub trait Checked {
    fn add_to(&self, checks: &mut Checks);
}

impl<T: Check> Checked for Part<T> {
    fn add_to(&self, checks: &mut Checks) {
        checks.add(self.0, self.1);
    }
}

#[doc(hidden)]
pub trait Unchecked {
    fn add_to(&self, checks: &mut Checks);
}

impl<T> Unchecked for &Part<T> {
    fn add_to(&self, _: &mut Checks) {}
}

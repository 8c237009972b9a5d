//! What a request knows of the site it came to.

use std::sync::LazyLock;

use super::multipart::UploadLimits;
use super::proxies::Proxies;
use super::{Request, Response};
use crate::cache::CacheReport;
use crate::health::Readiness;
use crate::server::{Stopping, watchdog};
use crate::settings::SettingsError;
use crate::{Error, Settings};

/// Makes the answer to an error for a whole site: `#[app(on_error = failed)]`.
pub type OnError = fn(&Error, &Request) -> Response;

/// What is the same for all requests of a running site.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) on_error: Option<OnError>,
    pub(crate) stopping: Stopping,
    /// Whether it should be sent requests.
    pub(crate) readiness: Readiness,
    /// Its number, by which the watchdog knows it.
    pub(crate) site: u16,
    /// How much of forms and files is taken.
    pub(crate) uploads: UploadLimits,
    /// Whose word counts about who asks.
    pub(crate) proxies: Proxies,
    /// How often a request may run one statement before that is too often.
    pub(crate) n_plus_one: u32,
    /// The figures of its caches.
    pub(crate) caches: CacheReport,
}

/// `PERFORMANCE_N_PLUS_ONE_THRESHOLD`.
pub(crate) fn n_plus_one(settings: &Settings) -> Result<u32, SettingsError> {
    let limit = settings.number("PERFORMANCE_N_PLUS_ONE_THRESHOLD", 2..=1_000_000, 5)?;
    Ok(u32::try_from(limit).unwrap_or(u32::MAX))
}

impl Context {
    /// # Errors
    /// The first setting that is malformed.
    pub(crate) fn new(settings: &Settings, on_error: Option<OnError>) -> Result<Self, SettingsError> {
        let stopping = Stopping::default();
        Ok(Self {
            settings: settings.clone(),
            on_error,
            readiness: Readiness::new(settings, stopping.clone())?,
            stopping,
            site: watchdog::new_site(),
            uploads: UploadLimits::new(settings)?,
            proxies: Proxies::new(settings)?,
            n_plus_one: n_plus_one(settings)?,
            caches: CacheReport::default(),
        })
    }

    /// That of a request which came to no site.
    pub(crate) fn nowhere() -> &'static Self {
        static NOWHERE: LazyLock<Context> = LazyLock::new(|| {
            let settings = Settings::from_pairs([("DEBUG", "false")]);
            let context = settings.and_then(|settings| Context::new(&settings, None));
            context.expect("these settings are well-formed")
        });
        &NOWHERE
    }
}

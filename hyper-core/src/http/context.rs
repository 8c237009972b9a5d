//! What a request knows of the site it came to.

use std::sync::LazyLock;

use super::{Request, Response};
use crate::server::{Stopping, watchdog};
use crate::{Error, Settings};

/// Makes the answer to an error for a whole site: `#[app(on_error = failed)]`.
pub type OnError = fn(&Error, &Request) -> Response;

/// What is the same for all requests of a running site.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) on_error: Option<OnError>,
    pub(crate) stopping: Stopping,
    /// Its number, by which the watchdog knows it.
    pub(crate) site: u16,
}

impl Context {
    pub(crate) fn new(settings: &Settings, on_error: Option<OnError>) -> Self {
        Self {
            settings: settings.clone(),
            on_error,
            stopping: Stopping::default(),
            site: watchdog::new_site(),
        }
    }

    /// That of a request which came to no site.
    pub(crate) fn nowhere() -> &'static Self {
        static NOWHERE: LazyLock<Context> = LazyLock::new(|| {
            let settings = Settings::from_pairs([("DEBUG", "false")]);
            Context::new(&settings.expect("these settings are well-formed"), None)
        });
        &NOWHERE
    }
}

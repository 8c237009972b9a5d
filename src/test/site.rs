//! Applications that are started for tests.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::available_parallelism;

use hyper_core::app::{self, Running};
use hyper_core::db::in_test::{Databases, for_tests};
use hyper_core::{App, Settings};
use tokio::sync::OnceCell;

use super::database;

/// What is signed in tests, and nowhere else.
const SECRET_KEY: &str = "the secret key of the tests, which is no secret at all";

type Key = (TypeId, Vec<(String, String)>);
type Site = Arc<OnceCell<&'static (dyn Any + Send + Sync)>>;

/// The application with these settings, started by the first test that wants it.
pub(super) async fn shared<A: App>(settings: &[(&str, &str)]) -> &'static Running<A> {
    static SITES: LazyLock<Mutex<HashMap<Key, Site>>> = LazyLock::new(Mutex::default);
    let pairs = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let site =
        SITES.lock().expect("no panic while held").entry((TypeId::of::<A>(), pairs)).or_default().clone();
    let started: &&'static (dyn Any + Send + Sync) = site
        .get_or_init(|| async { start::<A>(settings, true).await as &'static (dyn Any + Send + Sync) })
        .await;
    let started: &'static (dyn Any + Send + Sync) = *started;
    started.downcast_ref().expect("the key has its type")
}

/// Starts the application on a fresh database.
pub(super) async fn start<A: App>(settings: &[(&str, &str)], rolled_back: bool) -> &'static Running<A> {
    let settings = self::settings(settings);
    #[cfg(feature = "encrypted")]
    if let Err(error) = hyper_orm::field::configure_encryption(&settings) {
        panic!("The settings of the tests are not right: {error}.");
    }
    let databases = Databases { create: database::create, rolled_back };
    match for_tests(databases, app::start::<A>(&settings)).await {
        Ok(running) => running,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                let _ = write!(text, ": {cause}");
                source = cause.source();
            }
            panic!("{} cannot be started for the tests: {text}", type_name::<A>());
        }
    }
}

/// Those of the environment, except where tests must differ, and these.
fn settings(own: &[(&str, &str)]) -> Settings {
    let cores = available_parallelism().map_or(1, usize::from);
    // One connection for each test that runs, and as many again for what does not belong to one.
    let connections = (3 * cores + 8).max(32).to_string();
    let defaults = [("SECRET_KEY", SECRET_KEY), ("POOL_SIZE", &connections), ("DRAIN_TIMEOUT", "1")];
    let fixed = [("DEBUG", "false"), ("PORT", "0"), ("HOST", "127.0.0.1")];
    let of_environment = std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        // It names the one that people work with.
        .filter(|(key, _)| !matches!(key.as_str(), "DATABASE_URL" | "BIND"));
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let pairs = defaults.iter().map(owned).chain(of_environment);
    Settings::from_pairs(pairs.chain(fixed.iter().chain(own).map(owned)))
        .unwrap_or_else(|error| panic!("The settings of the tests are not right: {error}."))
}

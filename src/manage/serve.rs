//! `serve`: the server, until it is told to stop.

use std::process::ExitCode;

use hyper_core::{App, Settings, server};

use super::log;

pub(super) fn serve<A: App>() -> ExitCode {
    log::install();
    let settings = match Settings::from_env().and_then(Settings::with_secret_key) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("The settings are not right: {error}.");
            return ExitCode::FAILURE;
        }
    };
    #[cfg(feature = "encrypted")]
    if let Err(error) = hyper_orm::field::configure_encryption(&settings) {
        eprintln!("The settings are not right: {error}.");
        return ExitCode::FAILURE;
    }
    let name = std::any::type_name::<A>();
    let routes = A::tree().routes.len();
    let served = server::run::<A>(&settings, |address| {
        let debug = if settings.debug() { ", with DEBUG on" } else { "" };
        eprintln!("Serving {name} ({routes} routes) at {address}{debug}. Ctrl-C stops it.");
    });
    match served {
        Ok(drained) if drained.cut > 0 => {
            eprintln!("Stopped; {} connections took longer than DRAIN_TIMEOUT and were cut.", drained.cut);
            ExitCode::SUCCESS
        }
        Ok(_) => {
            eprintln!("Stopped.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            eprintln!("{name} cannot start: {}", cause.unwrap_or_else(|| error.to_string()));
            ExitCode::FAILURE
        }
    }
}

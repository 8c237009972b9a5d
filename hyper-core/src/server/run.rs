//! The life of a serving process.

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::options::Model;
use super::{Drained, Listener, Server};
use crate::app::{App, start};
use crate::settings::Settings;
use crate::{Error, Result};

/// Serves an application until SIGTERM or SIGINT, then lets requests finish.
///
/// `ready` is called with the address, such as `http://127.0.0.1:8000`, once the first request can come. SIGHUP
/// reads the certificate again. A second SIGTERM or SIGINT ends the process at once.
///
/// # Errors
/// What keeps the application from starting or the address from being bound.
pub fn run<A: App>(settings: &Settings, ready: impl FnOnce(&str)) -> Result<Drained> {
    let runtime = runtime(settings).map_err(Error::internal)?;
    let drained = runtime.block_on(async {
        let mut signals = Signals::new(settings).map_err(Error::internal)?;
        settings.seconds("DRAIN_DELAY", 0)?;
        let listener = Listener::open(settings).await.map_err(Error::internal)?;
        let app = start::<A>(settings).await?;
        let server = Server::start(app, listener, settings).map_err(Error::internal)?;
        ready(&server.url());
        while signals.next().await == Told::Reload {
            if let Err(error) = server.reload() {
                tracing::error!("the certificate stays as it was: {error}");
            }
        }
        let wait = settings.seconds("DRAIN_DELAY", 0).unwrap_or_default();
        tracing::info!(connections = server.connections(), ?wait, "stopping");
        tokio::spawn(async move {
            while signals.next().await == Told::Reload {}
            std::process::exit(1);
        });
        let _workers = server.workers();
        // Who asks is told, and sends no more requests, before they find nobody.
        app.context().readiness.drain();
        tokio::time::sleep(wait).await;
        let drained = server.stop().await;
        app.stop().await;
        Ok(drained)
    });
    runtime.shutdown_background();
    drained
}

/// Where handlers run, or with a thread a core only what is around them.
fn runtime(settings: &Settings) -> std::io::Result<Runtime> {
    match settings.server().model {
        Model::Shared => Builder::new_multi_thread()
            .worker_threads(settings.threads())
            .on_thread_start(crate::db::register_worker)
            .enable_all()
            .build(),
        Model::PerCore => Builder::new_current_thread().enable_all().build(),
    }
}

/// What a signal says.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Stop,
    Reload,
}

/// The signals that a server listens to.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Without a certificate it ends the process, as it does others.
    hang_up: Option<Signal>,
}

impl Signals {
    fn new(settings: &Settings) -> std::io::Result<Self> {
        let certified = settings.server().tls.is_some();
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: certified.then(|| signal(SignalKind::hangup())).transpose()?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Stop,
            _ = self.interrupt.recv() => Told::Stop,
            Some(()) = async { self.hang_up.as_mut()?.recv().await } => Told::Reload,
        }
    }
}

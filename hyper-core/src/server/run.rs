//! The life of a serving process.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Drained, Listener, Server};
use crate::app::{App, start};
use crate::settings::{Bind, Settings};
use crate::{Error, Result};

/// Serves an application until SIGTERM or SIGINT, then lets requests finish.
///
/// `ready` is called with the address once the first request can come. A second signal ends the
/// process at once.
///
/// # Errors
/// What keeps the application from starting or the address from being bound.
pub fn run<A: App>(settings: &Settings, ready: impl FnOnce(&Bind)) -> Result<Drained> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.threads())
        .on_thread_start(crate::db::register_worker)
        .enable_all()
        .build()
        .map_err(Error::internal)?;
    let drained = runtime.block_on(async {
        let mut signals = Signals::new().map_err(Error::internal)?;
        let listener = Listener::bind(settings.bind()).await.map_err(Error::internal)?;
        let app = start::<A>(settings).await?;
        let server = Server::start(app, listener, settings).map_err(Error::internal)?;
        ready(server.address());
        signals.next().await;
        tracing::info!(connections = server.connections(), "stopping");
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(1);
        });
        let drained = server.stop().await;
        app.stop().await;
        Ok(drained)
    });
    runtime.shutdown_background();
    drained
}

/// The signals that stop a server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

//! Accepting connections, until told to stop.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::connection;
use super::listen::Listener;
use super::options::Model;
use super::registry::Registry;
use super::stopping::Stopping;
use super::watchdog::Watchdog;
use super::workers::Workers;
use crate::app::{App, Running};
use crate::settings::{Bind, Settings};

/// How the connections of a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// How many were cut off because they took longer than `DRAIN_TIMEOUT`.
    pub cut: usize,
}

/// What a server has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Connections that are open, those of WebSockets and the like among them.
    pub connections: usize,
    /// How many of them hold the memory that a request needs; the others rest.
    pub awake: usize,
    /// Connections that were accepted since it started.
    pub accepted: u64,
    /// Handlers that held their thread for longer than `WATCHDOG_THRESHOLD` since it started; the log names them.
    pub blocked: u64,
}

/// A running server. Dropping it stops accepting; connections then end by themselves, as long as the runtime is
/// there that it was started on. [`stop`](Self::stop) ends them.
#[derive(Debug)]
pub struct Server {
    address: Bind,
    registry: Arc<Registry>,
    accepting: JoinHandle<()>,
    stopping: Stopping,
    /// Where handlers run, unless it is the runtime that it was started on.
    workers: Option<Arc<Workers>>,
    drain: Duration,
}

impl Server {
    /// Starts to serve: on the current tokio runtime, or with `HTTP_SERVER_MODEL=per_core` on threads of its own,
    /// to which the current runtime only hands connections.
    ///
    /// # Errors
    /// The system's, when there can be no threads; a certificate that cannot be used.
    pub fn start<A: App>(
        app: &'static Running<A>,
        listener: Listener,
        settings: &Settings,
    ) -> io::Result<Self> {
        let registry =
            Registry::new(settings).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let options = settings.server();
        let shared = (options.model == Model::Shared).then(Handle::current);
        let watchdog = (!options.watchdog.is_zero())
            .then(|| Watchdog::new(app.context().site, A::tree(), options.watchdog, shared));
        Registry::sweep(&registry, watchdog)?;
        let workers = match options.model {
            Model::Shared => None,
            Model::PerCore => Some(Arc::new(Workers::start(settings.threads())?)),
        };
        let address = listener.address().clone();
        let accepting = tokio::spawn(accept(app, listener, Arc::clone(&registry), workers.clone()));
        Ok(Self {
            address,
            registry,
            accepting,
            stopping: app.context().stopping.clone(),
            workers,
            drain: settings.limits().drain,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &Bind {
        &self.address
    }

    /// Where it is reached: `https://127.0.0.1:8443`.
    #[must_use]
    pub fn url(&self) -> String {
        let url = self.address.to_string();
        #[cfg(feature = "tls")]
        if self.registry.tls.is_some()
            && let Some(rest) = url.strip_prefix("http:")
        {
            return format!("https:{rest}");
        }
        url
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.registry.len()
    }

    /// What it has counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let counters = &self.registry.counters;
        Stats {
            connections: self.registry.len(),
            awake: self.registry.awake.load(Relaxed),
            accepted: counters.accepted.load(Relaxed),
            blocked: counters.blocked.load(Relaxed),
        }
    }

    /// Reads the certificate again, as it does by itself once the files have changed. Without TLS there is
    /// nothing to do.
    ///
    /// # Errors
    /// Why the files cannot be used; the certificate then stays as it was.
    pub fn reload(&self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.registry.tls {
            tls.reload().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        }
        Ok(())
    }

    /// The threads that go on after the server has stopped, as parts of the application may need them.
    pub(super) fn workers(&self) -> Option<Arc<Workers>> {
        self.workers.clone()
    }

    /// Stops: accepts nothing more, closes idle connections at once, tells streams by [`Stopping`], and gives
    /// requests up to `DRAIN_TIMEOUT` to finish. What is left then is cut.
    pub async fn stop(mut self) -> Drained {
        self.accepting.abort();
        // The socket closes with its task.
        let _ = (&mut self.accepting).await;
        self.registry.stop();
        self.stopping.begin();
        let _ = tokio::time::timeout(self.drain, self.registry.empty()).await;
        Drained { cut: self.registry.cut() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<A: App>(
    app: &'static Running<A>,
    listener: Listener,
    registry: Arc<Registry>,
    workers: Option<Arc<Workers>>,
) {
    loop {
        let dealt = match listener.accept().await {
            Ok((accepted, peer)) => {
                registry.counters.accepted.fetch_add(1, Relaxed);
                let coming = registry.expect_one();
                match &workers {
                    None => {
                        tokio::spawn(connection::serve(app, accepted, peer, coming));
                        Ok(())
                    }
                    Some(workers) => accepted.detach().map(|detached| {
                        workers.deal(move |place| match detached.attach() {
                            Ok(accepted) => drop(tokio::spawn(async move {
                                connection::serve(app, accepted, peer, coming).await;
                                drop(place);
                            })),
                            Err(error) => tracing::warn!(%error, "a connection could not be taken over"),
                        });
                    }),
                }
            }
            Err(error) => Err(error),
        };
        if let Err(error) = dealt {
            // A client that went away costs nothing; out of file descriptors, time helps.
            tracing::warn!(%error, "a connection could not be accepted");
            if !is_of_one_connection(&error) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

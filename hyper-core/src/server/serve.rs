//! Accepting connections, until told to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Listener;
use super::connection;
use super::registry::Registry;
use crate::app::{App, Running};
use crate::settings::{Bind, Settings};

/// How the connections of a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// How many were cut off because their requests took longer than `DRAIN_TIMEOUT`.
    pub cut: usize,
}

/// A running server. Dropping it stops accepting; connections then end by themselves.
#[derive(Debug)]
pub struct Server {
    address: Bind,
    registry: Arc<Registry>,
    accepting: JoinHandle<()>,
    drain: Duration,
}

impl Server {
    /// Starts to serve on the current tokio runtime.
    ///
    /// # Errors
    /// The system's, when there can be no thread for the time limits.
    pub fn start<A: App>(
        app: &'static Running<A>,
        listener: Listener,
        settings: &Settings,
    ) -> std::io::Result<Self> {
        let registry = Registry::new(settings.limits(), settings.max_body_size());
        Registry::sweep(&registry)?;
        let address = listener.address().clone();
        let accepting = tokio::spawn(accept(app, listener, Arc::clone(&registry)));
        Ok(Self { address, registry, accepting, drain: settings.limits().drain })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &Bind {
        &self.address
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.registry.len()
    }

    /// Stops: accepts nothing more, closes idle connections at once, and gives requests up to
    /// `DRAIN_TIMEOUT` to finish.
    pub async fn stop(mut self) -> Drained {
        self.accepting.abort();
        // The socket closes with its task.
        let _ = (&mut self.accepting).await;
        self.registry.stop();
        let _ = tokio::time::timeout(self.drain, self.registry.empty()).await;
        Drained { cut: self.registry.len() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<A: App>(app: &'static Running<A>, listener: Listener, registry: Arc<Registry>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(connection::serve(app, stream, peer, Arc::clone(&registry)));
            }
            Err(error) => {
                // A client that went away costs nothing; out of file descriptors, time helps.
                tracing::warn!(%error, "a connection could not be accepted");
                if !is_of_one_connection(&error) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

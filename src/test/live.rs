//! The real server, for browsers and raw sockets.

use std::net::SocketAddr;

use hyper_core::app::Running;
use hyper_core::server::{Listener, Server};
use hyper_core::settings::Bind;
use hyper_core::{App, Provides, db::Db};

use super::site;

/// An application that is served on a free port, on a fresh database of its own: what its handlers write is committed, as
/// in production. It stops when this is dropped.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # use hyperdjango::prelude::*;
/// # #[get("/")] async fn index() -> &'static str { "Hello" }
/// # routes! { pub Urls: index }
/// # #[derive(App)] #[app(routes = Urls)] pub struct Site;
/// use std::io::{Read, Write};
/// use hyperdjango::test::LiveServer;
///
/// #[hyperdjango::test]
/// async fn it_speaks_http(server: LiveServer<Site>) {
///     let mut socket = std::net::TcpStream::connect(server.address()).unwrap();
///     socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
///     let mut answer = String::new();
///     socket.read_to_string(&mut answer).unwrap();
///     assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
/// }
/// # fn main() { it_speaks_http(); }
/// ```
pub struct LiveServer<A: App> {
    site: &'static Running<A>,
    server: Option<Server>,
    address: SocketAddr,
}

impl<A: App> LiveServer<A> {
    /// Starts one.
    ///
    /// # Panics
    /// When the application cannot be started.
    pub async fn start() -> Self {
        Self::with_settings(&[]).await
    }

    /// Starts one with these settings beside those of the environment.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn with_settings(settings: &[(&str, &str)]) -> Self {
        let site = site::start::<A>(settings, false).await;
        let any = Bind::Tcp("127.0.0.1".to_owned(), 0);
        let server = match Listener::bind(&any).await {
            Ok(listener) => Server::start(site, listener, site.settings()),
            Err(error) => Err(error),
        };
        let server = server.unwrap_or_else(|error| panic!("no server for the test can be started: {error}"));
        let port = match server.address() {
            Bind::Tcp(_, port) => *port,
            Bind::Unix(_) => 0,
        };
        Self { site, server: Some(server), address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    /// Where it listens, as `http://127.0.0.1:41234`, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &'static A {
        self.site
    }

    /// Its database.
    #[must_use]
    pub fn db(&self) -> &'static Db
    where
        A: Provides<Db>,
    {
        self.app().provide()
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.as_ref().map_or(0, Server::connections)
    }

    /// Stops it, and returns when it has stopped: requests have a second to finish (`DRAIN_TIMEOUT`).
    pub async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
            self.site.stop().await;
        }
    }
}

impl<A: App> Drop for LiveServer<A> {
    fn drop(&mut self) {
        let (Some(server), Ok(runtime)) = (self.server.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let site = self.site;
        runtime.spawn(async move {
            server.stop().await;
            site.stop().await;
        });
    }
}

impl<A: App> std::fmt::Debug for LiveServer<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveServer").field("address", &self.address).finish_non_exhaustive()
    }
}

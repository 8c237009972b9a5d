//! Other protocols than HTTP, on a connection that began with it: WebSockets, say.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CONNECTION, HeaderValue, UPGRADE};
use http::{StatusCode, Version};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Body, FromRequest, Request, Response};
use crate::server::Stopping;
use crate::{Error, Result};

/// A request to go on with another protocol (`Connection: Upgrade`), as an argument of a handler.
///
/// ```
/// use hyper_core::http::{Response, Upgrade};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// async fn echo(upgrade: Upgrade) -> Response {
///     upgrade.to("echo", |mut io| async move {
///         let mut buffer = [0; 1024];
///         while let Ok(count @ 1..) = io.read(&mut buffer).await {
///             if io.write_all(&buffer[..count]).await.is_err() || io.flush().await.is_err() {
///                 break;
///             }
///         }
///     })
/// }
/// ```
#[derive(Debug)]
pub struct Upgrade {
    upgrade: OnUpgrade,
    protocols: String,
    stopping: Stopping,
}

impl Upgrade {
    /// What the client wants to go on with, as it was sent: `websocket`.
    #[must_use]
    pub fn protocols(&self) -> &str {
        &self.protocols
    }

    /// Whether the client wants to go on with this protocol; letters' case does not matter.
    #[must_use]
    pub fn offers(&self, protocol: &str) -> bool {
        self.protocols.split(',').any(|offered| offered.trim().eq_ignore_ascii_case(protocol))
    }

    /// Answers 101, and then gives the bytes of the connection to `work`.
    ///
    /// The connection counts as one of the server's until `work` drops it. It may take as long as it likes, but
    /// is closed when the server stops and `DRAIN_TIMEOUT` is over: [`Upgraded::stopping`] tells before.
    pub fn to<W, F>(self, protocol: &'static str, work: W) -> Response
    where
        W: FnOnce(Upgraded) -> F + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let Self { upgrade, stopping, .. } = self;
        tokio::spawn(async move {
            match upgrade.await {
                Ok(io) => work(Upgraded { io: TokioIo::new(io), stopping }).await,
                Err(error) => tracing::debug!(%error, "the client was gone before it was upgraded"),
            }
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
        response.headers_mut().insert(UPGRADE, HeaderValue::from_static(protocol));
        response
    }
}

/// 426 for a request that does not ask for it, as one over HTTP/2, where there is no such thing.
impl FromRequest for Upgrade {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let protocols = request.header(UPGRADE).unwrap_or_default().to_owned();
        let asked = request.headers().get_all(CONNECTION).iter().any(|value| {
            let value = value.to_str().unwrap_or_default();
            value.split(',').any(|option| option.trim().eq_ignore_ascii_case("upgrade"))
        });
        let upgrade = request.extensions_mut().remove::<OnUpgrade>();
        match upgrade {
            Some(upgrade) if asked && !protocols.is_empty() && request.version() == Version::HTTP_11 => {
                Ok(Self { upgrade, protocols, stopping: request.stopping().clone() })
            }
            _ => Err(Error::new(
                StatusCode::UPGRADE_REQUIRED,
                "This is answered only over HTTP/1.1 with `Connection: Upgrade` and `Upgrade: <protocol>`.",
            )),
        }
    }
}

/// The bytes of a connection that has been upgraded. It closes when this is dropped.
///
/// What is written leaves with `flush`.
#[derive(Debug)]
pub struct Upgraded {
    io: TokioIo<hyper::upgrade::Upgraded>,
    stopping: Stopping,
}

impl Upgraded {
    /// Tells when the server begins to stop, so that it can be ended in order.
    #[must_use]
    pub fn stopping(&self) -> &Stopping {
        &self.stopping
    }
}

impl AsyncRead for Upgraded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

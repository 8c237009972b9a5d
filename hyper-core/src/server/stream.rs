//! A connection's stream, whatever it is made of: one type, so that the server is compiled once.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::io::First;
use super::listen::Accepted;
use super::registry::Registry;

/// A connection of any kind.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    #[cfg(feature = "tls")]
    Tls(Box<super::tls::TlsStream>),
}

impl Stream {
    /// Begins a connection: with TLS, agrees on keys.
    #[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "there is nothing to agree on"))]
    pub(super) async fn open(accepted: Accepted, registry: &Registry) -> io::Result<Self> {
        match accepted {
            Accepted::Unix(stream) => Ok(Self::Unix(stream)),
            Accepted::Tcp(stream) => {
                #[cfg(feature = "tls")]
                if let Some(tls) = &registry.tls {
                    return Ok(Self::Tls(Box::pin(agree(tls, stream, registry)).await?));
                }
                Ok(Self::Tcp(stream))
            }
        }
    }

    /// What it speaks, where that is known before a byte has come.
    pub(super) fn first(&self) -> Option<First> {
        match self {
            Self::Tcp(_) | Self::Unix(_) => None,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Some(super::tls::agreed(stream)),
        }
    }

    /// Whether nobody can read along.
    #[inline]
    pub(super) fn is_secure(&self) -> bool {
        match self {
            Self::Tcp(_) | Self::Unix(_) => false,
            #[cfg(feature = "tls")]
            Self::Tls(_) => true,
        }
    }

    /// Waits until there is something to read.
    pub(super) fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => stream.poll_read_ready(cx),
            Self::Unix(stream) => stream.poll_read_ready(cx),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.get_ref().0.poll_read_ready(cx),
        }
    }

    /// Ends it both ways.
    pub(super) fn shut(&self) {
        let socket = match self {
            Self::Tcp(stream) => SockRef::from(stream),
            Self::Unix(stream) => SockRef::from(stream),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => SockRef::from(stream.get_ref().0),
        };
        // The client may have ended it before.
        let _ = socket.shutdown(Shutdown::Both);
    }
}

/// Agrees on keys. A client that takes longer than a server that stops waits for is given up.
#[cfg(feature = "tls")]
async fn agree(
    tls: &super::tls::Tls,
    stream: TcpStream,
    registry: &Registry,
) -> io::Result<Box<super::tls::TlsStream>> {
    tokio::select! {
        agreed = tls.accept(stream, registry.limits.header) => agreed.map(Box::new),
        () = registry.first_requests_are_over() => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Does the same with whichever stream it is.
macro_rules! either {
    ($self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Tcp(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Unix(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => {
                let $stream = Pin::new(&mut **stream);
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, buf))
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}

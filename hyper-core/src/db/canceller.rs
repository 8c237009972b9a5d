//! Asking PostgreSQL to stop what it does for a connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::Host;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, Config, NoTls};

use super::tls::Connector;

/// How long a pooler may take to pass a cancellation on.
const PATIENCE: Duration = Duration::from_secs(10);

/// Stops what PostgreSQL does for a connection, on the way the connection took.
pub(super) struct Canceller {
    pub(super) token: CancelToken,
    /// Of a connection that may be encrypted.
    pub(super) connector: Option<Connector>,
    /// Where a pooler is.
    pub(super) pooler: Option<Box<Config>>,
}

impl Canceller {
    /// Returns when the request was sent, or passed on by a pooler.
    pub(super) async fn cancel(self) {
        let Some(pooler) = self.pooler else {
            let _ = match self.connector {
                Some(connector) => self.token.cancel_query(connector).await,
                None => self.token.cancel_query(NoTls).await,
            };
            return;
        };
        // PgBouncer 1.18 ends, for everybody, when who cancels does not wait. So a task does, whoever waits for this.
        let (token, connector) = (self.token, self.connector);
        let sent = tokio::spawn(tokio::time::timeout(PATIENCE, async move {
            let Some((stream, host)) = reach(&pooler).await else { return };
            let _ = match connector {
                Some(mut connector) => {
                    match MakeTlsConnect::<Waiting>::make_tls_connect(&mut connector, &host) {
                        Ok(tls) => token.cancel_query_raw(stream, tls).await,
                        Err(_) => return,
                    }
                }
                None => token.cancel_query_raw(stream, NoTls).await,
            };
        }));
        let _ = sent.await;
    }
}

/// The first of the hosts that can be reached, and its name.
async fn reach(config: &Config) -> Option<(Waiting, String)> {
    for (n, host) in config.get_hosts().iter().enumerate() {
        let port = config.get_ports().get(n).or(config.get_ports().first()).copied().unwrap_or(5432);
        let (stream, name): (io::Result<Box<dyn Stream>>, _) = match host {
            Host::Unix(folder) => {
                let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await;
                (stream.map(|stream| Box::new(stream) as _), String::new())
            }
            Host::Tcp(name) => {
                let stream = match config.get_hostaddrs().get(n) {
                    Some(address) => TcpStream::connect((*address, port)).await,
                    None => TcpStream::connect((name.as_str(), port)).await,
                };
                (stream.map(|stream| Box::new(stream) as _), name.clone())
            }
        };
        if let Ok(stream) = stream {
            return Some((Waiting(stream), name));
        }
    }
    None
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A stream that this side does not end: it waits until the other one does.
struct Waiting(Box<dyn Stream>);

impl AsyncRead for Waiting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Waiting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut room = [0; 64];
            let mut buffer = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut self.0).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

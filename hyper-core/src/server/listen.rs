//! Where connections come from: TCP and unix sockets.

use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UnixListener, lookup_host};

use crate::http::Peer;
use crate::settings::Bind;

use super::io::Stream;

/// How many connections the kernel keeps until they are accepted.
const BACKLOG: i32 = 4096;

/// A socket that connections come from.
#[derive(Debug)]
pub struct Listener {
    socket: Socketed,
    address: Bind,
}

#[derive(Debug)]
enum Socketed {
    Tcp(TcpListener),
    Unix { listener: UnixListener, _file: Remove },
}

/// Removes the file of a unix socket when its listener goes.
#[derive(Debug)]
struct Remove(PathBuf);

impl Drop for Remove {
    fn drop(&mut self) {
        // Somebody else may have removed it; there is nothing to do about it then.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Listener {
    /// Binds to an address. The file of a unix socket nobody listens on any more is replaced.
    ///
    /// # Errors
    /// The system's, with the address in its text.
    pub async fn bind(bind: &Bind) -> io::Result<Self> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {bind}: {error}"));
        match bind {
            Bind::Tcp(host, port) => Self::tcp(host, *port).await.map_err(named),
            Bind::Unix(path) => Self::unix(path).map_err(named),
        }
    }

    async fn tcp(host: &str, port: u16) -> io::Result<Self> {
        let mut addresses = lookup_host((host, port)).await?;
        let address = addresses.next().ok_or_else(|| io::Error::other("the host has no address"))?;
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        let local = listener.local_addr()?;
        Ok(Self { socket: Socketed::Tcp(listener), address: Bind::Tcp(local.ip().to_string(), local.port()) })
    }

    fn unix(path: &Path) -> io::Result<Self> {
        if std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
            && std::os::unix::net::UnixStream::connect(path).is_err()
        {
            std::fs::remove_file(path)?;
        }
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.bind(&socket2::SockAddr::unix(path)?)?;
        let file = Remove(path.to_owned());
        socket.listen(BACKLOG)?;
        let listener = UnixListener::from_std(socket.into())?;
        Ok(Self { socket: Socketed::Unix { listener, _file: file }, address: Bind::Unix(path.to_owned()) })
    }

    /// Where it listens; for port 0 the port that was free.
    #[must_use]
    pub fn address(&self) -> &Bind {
        &self.address
    }

    pub(super) async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match &self.socket {
            Socketed::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), Peer::Tcp(address)))
            }
            Socketed::Unix { listener, .. } => Ok((Stream::Unix(listener.accept().await?.0), Peer::Unix)),
        }
    }
}

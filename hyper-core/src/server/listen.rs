//! Where connections come from: TCP and unix sockets, made here or inherited.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream, lookup_host};

use super::options::Options;
use crate::http::Peer;
use crate::settings::{Bind, Settings, SettingsError};

/// A socket that connections come from.
#[derive(Debug)]
pub struct Listener {
    socket: Listening,
    address: Bind,
    /// Removed with the listener, where it was made with it.
    _file: Option<Remove>,
}

#[derive(Debug)]
enum Listening {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// A new connection.
#[derive(Debug)]
pub(super) enum Accepted {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// A connection that no runtime knows.
#[derive(Debug)]
pub(super) enum Detached {
    Tcp(std::net::TcpStream),
    Unix(std::os::unix::net::UnixStream),
}

impl Accepted {
    /// Takes it from this runtime, for another one.
    pub(super) fn detach(self) -> io::Result<Detached> {
        Ok(match self {
            Self::Tcp(stream) => Detached::Tcp(stream.into_std()?),
            Self::Unix(stream) => Detached::Unix(stream.into_std()?),
        })
    }
}

impl Detached {
    /// Gives it to this runtime.
    pub(super) fn attach(self) -> io::Result<Accepted> {
        Ok(match self {
            Self::Tcp(stream) => Accepted::Tcp(TcpStream::from_std(stream)?),
            Self::Unix(stream) => Accepted::Unix(UnixStream::from_std(stream)?),
        })
    }
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
    /// The socket that the settings name: one that is inherited, from systemd (`LISTEN_FDS`) or as standard input
    /// (`HYPER_FD=0`), else a new one, bound to `BIND` or `HOST` and `PORT`.
    ///
    /// # Errors
    /// The system's, with the address in its text; that what is inherited is no listening socket.
    pub async fn open(settings: &Settings) -> io::Result<Self> {
        match inherited(settings)? {
            Some(socket) => Self::listening(socket, None, settings.server()),
            None => Self::bind_as(settings.bind(), settings.server()).await,
        }
    }

    /// Binds to an address. The file of a unix socket nobody listens on any more is replaced.
    ///
    /// # Errors
    /// The system's, with the address in its text.
    pub async fn bind(bind: &Bind) -> io::Result<Self> {
        Self::bind_as(bind, &Options::default()).await
    }

    async fn bind_as(bind: &Bind, options: &Options) -> io::Result<Self> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {bind}: {error}"));
        match bind {
            Bind::Tcp(host, port) => Self::tcp(host, *port, options).await.map_err(named),
            Bind::Unix(path) => Self::unix(path, options).map_err(named),
        }
    }

    async fn tcp(host: &str, port: u16, options: &Options) -> io::Result<Self> {
        let mut addresses = lookup_host((host, port)).await?;
        let address = addresses.next().ok_or_else(|| io::Error::other("the host has no address"))?;
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        Self::listening(socket, None, options)
    }

    fn unix(path: &Path, options: &Options) -> io::Result<Self> {
        if std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
            && std::os::unix::net::UnixStream::connect(path).is_err()
        {
            std::fs::remove_file(path)?;
        }
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        let file = Remove(path.to_owned());
        if let Some(mode) = options.unix_mode {
            // Nobody can connect before it listens.
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        }
        Self::listening(socket, Some(file), options)
    }

    fn listening(socket: Socket, file: Option<Remove>, options: &Options) -> io::Result<Self> {
        let local = socket.local_addr()?;
        let address = match (local.as_socket(), local.as_pathname()) {
            (Some(address), _) => Bind::Tcp(address.ip().to_string(), address.port()),
            (None, path) => Bind::Unix(path.unwrap_or(Path::new("")).to_owned()),
        };
        socket.set_nonblocking(true)?;
        let socket = if local.is_unix() {
            socket.listen(options.backlog)?;
            Listening::Unix(UnixListener::from_std(OwnedFd::from(socket).into())?)
        } else {
            // What is accepted inherits it.
            socket.set_tcp_nodelay(options.nodelay)?;
            socket.listen(options.backlog)?;
            Listening::Tcp(TcpListener::from_std(socket.into())?)
        };
        Ok(Self { socket, address, _file: file })
    }

    /// Where it listens; for port 0 the port that was free.
    #[must_use]
    pub fn address(&self) -> &Bind {
        &self.address
    }

    pub(super) async fn accept(&self) -> io::Result<(Accepted, Peer)> {
        match &self.socket {
            Listening::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                Ok((Accepted::Tcp(stream), Peer::Tcp(address)))
            }
            Listening::Unix(listener) => Ok((Accepted::Unix(listener.accept().await?.0), Peer::Unix)),
        }
    }
}

/// The listening socket that the process was started with, if it was.
fn inherited(settings: &Settings) -> io::Result<Option<Socket>> {
    let refused = |problem: &str| {
        let error = SettingsError::new("HYPER_FD", problem);
        io::Error::new(io::ErrorKind::InvalidInput, error)
    };
    match settings.get("HYPER_FD") {
        None => from_systemd(settings),
        Some("0") => {
            let socket = Socket::from(io::stdin().as_fd().try_clone_to_owned()?);
            match socket.is_listener() {
                Ok(true) => Ok(Some(socket)),
                _ => Err(refused("is `0`, but standard input is not a listening socket")),
            }
        }
        Some(other) => {
            Err(refused(&format!("should be `0`, standard input as the listening socket, and is `{other}`")))
        }
    }
}

/// `LISTEN_FDS`, where `LISTEN_PID` says that it is for this process.
fn from_systemd(settings: &Settings) -> io::Result<Option<Socket>> {
    if settings.get("LISTEN_FDS").is_none() {
        return Ok(None);
    }
    let mut inherited = ListenFd::from_env();
    if inherited.len() > 1 {
        let problem = format!("hands over {} sockets, and one is served", inherited.len());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, SettingsError::new("LISTEN_FDS", problem)));
    }
    if let Ok(socket) = inherited.take_unix_listener(0) {
        return Ok(socket.map(|socket| Socket::from(OwnedFd::from(socket))));
    }
    Ok(inherited.take_tcp_listener(0)?.map(|socket| Socket::from(OwnedFd::from(socket))))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn accepted(bind: &Bind, options: &Options) -> (Accepted, Peer) {
        let listener = Listener::bind_as(bind, options).await.unwrap();
        let Bind::Tcp(host, port) = listener.address() else { panic!("not TCP") };
        let _client = TcpStream::connect((host.as_str(), *port)).await.unwrap();
        listener.accept().await.unwrap()
    }

    #[tokio::test]
    async fn what_is_accepted_sends_at_once_unless_told_otherwise() {
        let bind = Bind::Tcp("127.0.0.1".to_owned(), 0);
        for nodelay in [true, false] {
            let options = Options { nodelay, ..Options::default() };
            let (Accepted::Tcp(stream), Peer::Tcp(_)) = accepted(&bind, &options).await else {
                panic!("not TCP")
            };
            assert_eq!(stream.nodelay().unwrap(), nodelay);
        }
    }

    #[tokio::test]
    async fn a_unix_socket_has_its_mode_and_goes_with_its_listener() {
        let path = std::env::temp_dir().join(format!("hyper-mode-{}.sock", std::process::id()));
        let options = Options { unix_mode: Some(0o640), ..Options::default() };
        let listener = Listener::bind_as(&Bind::Unix(path.clone()), &options).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let _client = UnixStream::connect(&path).await.unwrap();
        let (Accepted::Unix(_), Peer::Unix) = listener.accept().await.unwrap() else { panic!("not unix") };
        drop(listener);
        assert!(!path.exists());
    }
}

//! A contestant as a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A server that runs until this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) async fn start(command: &str, settings: &[(&str, &str)]) -> Self {
        let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|free| free.local_addr())
            .expect("a port is free")
            .port();
        let child = Command::new(std::env::current_exe().expect("this program has a file"))
            .arg(command)
            .env("PORT", port.to_string())
            .env("SECRET_KEY", "0123456789abcdef0123456789abcdef")
            .envs(settings.iter().copied())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("this program starts");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Self { child, address }
    }

    /// Resident memory, in kB.
    pub(crate) fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("Linux has /proc");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).expect("a size")
    }
}

/// Somebody who disturbs the server at an address, until it is dropped.
pub(crate) fn disturber(address: SocketAddr, what: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program has a file"))
        .args(["disturb", &address.to_string(), what])
        .kill_on_drop(true)
        .spawn()
        .expect("this program starts")
}

/// One connection.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Asks, and reads the whole answer, which ends with its `content-length`.
    pub(crate) async fn ask(&mut self, path: &str) -> std::io::Result<usize> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        self.0.write_all(request.as_bytes()).await?;
        let mut read = Vec::with_capacity(512);
        loop {
            if self.0.read_buf(&mut read).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let text = String::from_utf8_lossy(&read);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if length.and_then(|length| length.parse().ok()) == Some(body.len()) {
                    return Ok(body.len());
                }
            }
        }
    }

    /// Asks, and throws away what comes, so many bytes a second, until there is an end of chunks.
    pub(crate) async fn download(&mut self, path: &str, speed: usize) -> std::io::Result<usize> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        self.0.write_all(request.as_bytes()).await?;
        let (mut buffer, mut total) = (vec![0; 256 << 10], 0);
        let begun = tokio::time::Instant::now();
        loop {
            let count = self.0.read(&mut buffer).await?;
            total += count;
            if count == 0 || buffer[..count].ends_with(b"\r\n0\r\n\r\n") {
                return Ok(total);
            }
            tokio::time::sleep_until(begun + Duration::from_secs_f64(total as f64 / speed as f64)).await;
        }
    }
}

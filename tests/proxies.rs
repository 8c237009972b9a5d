//! nginx and HAProxy in front of the site, as processes of their own on a unix socket.
//!
//! As in tests, what goes wrong is a panic that says what.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How long one may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy, which ends with this.
#[derive(Debug)]
pub struct Proxy {
    process: Child,
    folder: PathBuf,
    /// Where it listens.
    pub socket: PathBuf,
}

impl Proxy {
    /// nginx, which waits for a whole body (`buffered`) or passes it on as it comes.
    #[must_use]
    pub fn nginx(port: u16, buffered: bool) -> Self {
        let buffering = if buffered { "on" } else { "off" };
        Self::nginx_of(
            port,
            // Short, for many rows are no whole request.
            "client_header_timeout 200ms; client_body_timeout 200ms; lingering_timeout 200ms; keepalive_timeout 2s;",
            &format!(
                "server_name site.example;
                    large_client_header_buffers 4 16k;
                    location / {{
                        proxy_pass http://site;
                        proxy_http_version 1.1;
                        proxy_set_header Connection \"\";
                        proxy_set_header Host $host;
                        proxy_request_buffering {buffering};
                        proxy_next_upstream off;
                    }}"
            ),
        )
    }

    /// nginx as a configuration has it, in front of the upstream `site`: what stands in `http`, and the locations. `FOLDER` in
    /// them is one of its own.
    #[must_use]
    pub fn nginx_of(port: u16, http: &str, locations: &str) -> Self {
        Self::start(
            "nginx",
            &["-p", "FOLDER", "-e", "stderr", "-c"],
            &format!(
                "daemon off; master_process off; pid pid; error_log stderr crit;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path body; proxy_temp_path proxy;
                fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                upstream site {{ server 127.0.0.1:{port} max_fails=0; keepalive 4; }}
                {http}
                server {{
                    listen unix:FOLDER/front;
                    server_name site.example;
                    {locations}
                }}
            }}"
            ),
        )
    }

    /// HAProxy, which shares its connections to the site among all clients.
    #[must_use]
    pub fn haproxy(port: u16) -> Self {
        Self::start(
            "haproxy",
            &["-db", "-q", "-f"],
            &format!(
                "defaults
                mode http
                timeout connect 5s
                timeout client 200ms
                timeout server 10s
                timeout http-request 200ms
                timeout http-keep-alive 2s
                http-reuse always
            frontend front
                bind unix@FOLDER/front
                default_backend site
            backend site
                server site 127.0.0.1:{port}
"
            ),
        )
    }

    fn start(program: &str, arguments: &[&str], configuration: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("hyper-{program}-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        let path = folder.display().to_string();
        let file = folder.join("conf");
        fs::write(&file, configuration.replace("FOLDER", &path)).unwrap();
        let process = Command::new(program)
            .args(arguments.iter().map(|argument| argument.replace("FOLDER", &path)))
            .arg(&file)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut proxy = Self { process, socket: folder.join("front"), folder };
        let begun = Instant::now();
        while let Err(error) = UnixStream::connect(&proxy.socket) {
            let ended = proxy.process.try_wait().unwrap();
            assert!(ended.is_none(), "{program} has ended: {ended:?}");
            assert!(begun.elapsed() < PATIENCE, "{program} does not listen: {error}");
            std::thread::yield_now();
        }
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

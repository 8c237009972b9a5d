//! The catalog on a free port, with the machine's own packages or, on a machine that is no Debian, an excerpt of Debian's.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use catalog::site::Site;
use hyperdjango::Settings;
use hyperdjango::db::register_worker;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;
use tokio::runtime::Runtime;

/// Nothing in these tests takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What dpkg knows of the machine.
const STATUS: &str = "/var/lib/dpkg/status";

/// Some paragraphs of Debian 12's `Packages`.
pub(crate) fn excerpt() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog/Packages")
}

/// A running site.
pub(crate) struct Served {
    /// The text of the file that it shows.
    pub(crate) text: String,
    port: u16,
    _server: Server,
    _runtime: Runtime,
}

/// The site of all tests that only read.
pub(crate) static SITE: LazyLock<Served> = LazyLock::new(|| {
    let file = if Path::new(STATUS).is_file() { STATUS.into() } else { excerpt() };
    Served::on(hyper_tests::postgres().url(), &file)
});

impl Served {
    /// With this database and this file.
    pub(crate) fn on(url: &str, file: &Path) -> Self {
        let settings = [
            ("PORT", "0"),
            ("DEBUG", "true"),
            ("SECRET_KEY", "a secret key of the tests, and of nothing else"),
            ("DATABASE_URL", url),
            ("PACKAGES", file.to_str().unwrap()),
        ];
        let settings = Settings::from_pairs(settings).unwrap();
        // As a serving process does it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads())
            .on_thread_start(register_worker)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(async {
            let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            Server::start(site, listener, &settings).unwrap()
        });
        let port = match server.address() {
            Bind::Tcp(_, port) => *port,
            Bind::Unix(_) => 0,
        };
        let text = std::fs::read_to_string(file).unwrap();
        Self { text, port, _server: server, _runtime: runtime }
    }

    /// Asks on a connection of its own.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, target: impl AsRef<[u8]>) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = Vec::from(method.as_bytes());
        request.push(b' ');
        request.extend_from_slice(target.as_ref());
        request.extend_from_slice(b" HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n");
        stream.write_all(&request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    #[track_caller]
    pub(crate) fn get(&self, target: impl AsRef<[u8]>) -> Answer {
        self.ask("GET", target)
    }

    /// A page that is there.
    #[track_caller]
    pub(crate) fn page(&self, target: &str) -> String {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        assert!(answer.head.contains("text/html; charset=utf-8"), "{target}: {}", answer.head);
        answer.body
    }

    /// JSON that is there, under `/api/v1`.
    #[track_caller]
    pub(crate) fn json(&self, target: &str) -> serde_json::Value {
        let answer = self.get(format!("/api/v1{target}"));
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        serde_json::from_str(&answer.body)
            .unwrap_or_else(|error| panic!("{target}: {error}: {}", answer.body))
    }
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A text as a part of a path or of a query.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

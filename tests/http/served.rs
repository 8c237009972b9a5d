//! The site on a free port, and a client that sends any bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use hyperdjango::Settings;
use hyperdjango::app::Running;
use hyperdjango::server::{Drained, Listener, Server};
use hyperdjango::settings::Bind;
use tokio::runtime::Runtime;

use crate::site::Site;

/// Nothing in these tests takes longer, unless it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The model of servers for which a test names none. `HTTP_SERVER_MODEL=per_core cargo test -p hyper-tests --test http` runs
/// all tests with that; [`models`](crate::models) runs those again for which it matters.
pub(crate) fn model() -> String {
    std::env::var("HTTP_SERVER_MODEL")
        .ok()
        .filter(|model| !model.is_empty())
        .unwrap_or_else(|| "shared".to_owned())
}

/// A running site.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) site: &'static Running<Site>,
    server: Option<Server>,
    pub(crate) port: u16,
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// With these settings beside a free port.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let model = model();
        let pairs =
            [("PORT", "0"), ("HTTP_SERVER_MODEL", &model)].into_iter().chain(settings.iter().copied());
        let settings = Settings::from_pairs(pairs).unwrap();
        let runtime = Runtime::new().unwrap();
        let (site, server) = runtime.block_on(async {
            let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            (site, Server::start(site, listener, &settings).unwrap())
        });
        let port = match server.address() {
            Bind::Tcp(_, port) => *port,
            Bind::Unix(_) => 0,
        };
        Self { runtime, site, server: Some(server), port }
    }

    pub(crate) fn connect(&self) -> Client {
        Client(self.try_connect().unwrap())
    }

    pub(crate) fn try_connect(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect();
        client.send(request);
        client.answer()
    }

    /// `GET` of a target.
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(&format!("GET {target} HTTP/1.1\r\nhost: t\r\n\r\n"))
    }

    /// A request with a body of this type.
    pub(crate) fn post(&self, target: &str, kind: &str, body: &str) -> Answer {
        self.ask(&format!(
            "POST {target} HTTP/1.1\r\nhost: t\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// Begins to stop; the result comes once the server has stopped.
    pub(crate) fn stop(&mut self) -> tokio::task::JoinHandle<Drained> {
        let server = self.server.take().unwrap();
        self.runtime.spawn(server.stop())
    }

    /// Lets go of the server without stopping it.
    pub(crate) fn let_go(&mut self) {
        self.server = None;
    }

    /// Which requests came to `/seen` since this was asked last.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.site.log.0.lock().unwrap())
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        self.server.as_ref().unwrap().connections()
    }

    /// How many tasks are alive, the one that accepts included.
    pub(crate) fn tasks(&self) -> usize {
        self.runtime.metrics().num_alive_tasks()
    }

    /// Waits until this many handlers wait at the gate.
    pub(crate) fn wait_until_entered(&self, handlers: usize) {
        while self.site.gate.entered.load(std::sync::atomic::Ordering::SeqCst) < handlers {
            std::thread::yield_now();
        }
    }
}

/// One connection.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// Says that nothing more comes.
    pub(crate) fn finish(&mut self) {
        self.0.shutdown(Shutdown::Write).unwrap();
    }

    /// Reads one answer.
    pub(crate) fn answer(&mut self) -> Answer {
        read_answer(&mut self.0, true)
    }

    /// Reads the head of the answer to a `HEAD` request.
    pub(crate) fn head(&mut self) -> Answer {
        read_answer(&mut self.0, false)
    }

    /// What comes until the server closes.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("the server did not close: {error}"),
        }
        rest
    }
}

/// Waits until the condition holds.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::yield_now();
    }
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body of an error, with its form checked.
    pub(crate) fn error(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(body["status"], self.status);
        assert!(body["detail"].is_string());
        body
    }

    pub(crate) fn detail(&self) -> String {
        self.error()["detail"].as_str().unwrap().to_owned()
    }
}

/// Reads one answer off a stream, byte by byte so that nothing of the next is taken.
pub(crate) fn read_answer(stream: &mut impl Read, with_body: bool) -> Answer {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap_or_else(|error| {
            panic!("no whole answer: {error}, after {:?}", String::from_utf8_lossy(&head));
        });
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer { status, head, body: String::new() };
    if !with_body || status == 204 || status == 101 {
        return answer;
    }
    let mut body = Vec::new();
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let mut size = Vec::new();
            while !size.ends_with(b"\r\n") {
                stream.read_exact(&mut byte).unwrap();
                size.push(byte[0]);
            }
            let size = usize::from_str_radix(String::from_utf8(size).unwrap().trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).unwrap();
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else {
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        body.resize(length, 0);
        stream.read_exact(&mut body).unwrap();
    }
    answer.body = String::from_utf8(body).unwrap();
    answer
}

//! A proxy between the program and PostgreSQL that counts what goes through, holds it up, and cuts it off.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use hyperdjango::db::{Db, DbOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Notify;

/// Where to cut a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The program's bytes that hold this text do not reach PostgreSQL.
    Before(&'static str),
    /// They do, and its answer to them does not come back.
    Answer(&'static str),
}

#[derive(Default)]
struct State {
    cut: Mutex<Option<Cut>>,
    /// How often the program sent something.
    sends: AtomicUsize,
    /// Whether answers are held back, and how many statements the program has sent (by their `Sync` and `Query`
    /// messages).
    holding: AtomicBool,
    released: Notify,
    statements: AtomicUsize,
}

#[derive(Clone)]
pub(crate) struct Proxy {
    state: Arc<State>,
    port: u16,
}

impl State {
    fn release(&self) {
        self.holding.store(false, SeqCst);
        self.released.notify_waiters();
    }
}

/// Either kind of socket PostgreSQL may listen on.
trait Socket: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Socket for T {}

impl Proxy {
    /// A proxy to the server of this URL, and a handle whose connections go through it: one for reads and one for
    /// the rest.
    pub(crate) async fn new(url: &str) -> (Self, Db) {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let this = Self { state: Arc::default(), port: listener.local_addr().unwrap().port() };
        let (host, port) =
            (config.get_hosts()[0].clone(), config.get_ports().first().copied().unwrap_or(5432));
        let state = this.state.clone();
        tokio::spawn(async move {
            loop {
                let (program, _) = listener.accept().await.unwrap();
                program.set_nodelay(true).unwrap();
                let server: Box<dyn Socket> = match &host {
                    tokio_postgres::config::Host::Tcp(host) => {
                        Box::new(TcpStream::connect((host.as_str(), port)).await.unwrap())
                    }
                    tokio_postgres::config::Host::Unix(folder) => {
                        Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await.unwrap())
                    }
                };
                tokio::spawn(pass(state.clone(), program, server));
            }
        });
        let through = format!(
            "host=127.0.0.1 port={} user={} dbname={} sslmode=disable",
            this.port,
            config.get_user().unwrap(),
            config.get_dbname().unwrap()
        );
        let mut options = DbOptions::default();
        (options.pinned, options.exclusive) = (1, 1);
        (this, Db::with_options(through.parse().unwrap(), options))
    }

    /// Cuts the next connection on which this comes.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.state.cut.lock().unwrap() = Some(cut);
    }

    /// Whether it has been cut.
    pub(crate) fn was_cut(&self) -> bool {
        self.state.cut.lock().unwrap().is_none()
    }

    /// How often the program has sent something.
    pub(crate) fn sends(&self) -> usize {
        self.state.sends.load(SeqCst)
    }

    /// Keeps answers back until `count` more statements have been sent. Returns how often the program has sent something
    /// by then.
    pub(crate) fn hold_until(&self, count: usize) -> impl Future<Output = usize> + use<> {
        let state = self.state.clone();
        state.holding.store(true, SeqCst);
        let before = state.statements.load(SeqCst);
        async move {
            while state.statements.load(SeqCst) < before + count {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            let sends = state.sends.load(SeqCst);
            state.release();
            sends
        }
    }

    /// Keeps no answers back any more.
    pub(crate) fn release(&self) {
        self.state.release();
    }
}

async fn pass(state: Arc<State>, program: TcpStream, server: Box<dyn Socket>) {
    let (mut from_program, mut to_program) = program.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    // Set when the answer to come is to be lost.
    let lose = &AtomicBool::new(false);
    let there = async {
        let mut started = false;
        let mut buffer = vec![0; 1 << 16];
        let mut messages = Messages::default();
        while let Ok(read @ 1..) = from_program.read(&mut buffer).await {
            let bytes = &buffer[..read];
            if started {
                state.sends.fetch_add(1, SeqCst);
                state.statements.fetch_add(messages.count(bytes), SeqCst);
            }
            started = true;
            let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            let cut = *state.cut.lock().unwrap();
            match cut {
                Some(Cut::Before(text)) if holds(text) => {
                    *state.cut.lock().unwrap() = None;
                    return;
                }
                Some(Cut::Answer(text)) if holds(text) => lose.store(true, SeqCst),
                _ => {}
            }
            if to_server.write_all(bytes).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            if lose.load(SeqCst) {
                *state.cut.lock().unwrap() = None;
                return;
            }
            while state.holding.load(SeqCst) {
                let released = state.released.notified();
                if !state.holding.load(SeqCst) {
                    break;
                }
                released.await;
            }
            if to_program.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    // Whichever ends first ends the connection, on both sides.
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

/// Finds the messages of the protocol in what arrives in pieces.
#[derive(Default)]
struct Messages {
    pending: VecDeque<u8>,
}

impl Messages {
    /// How many messages that PostgreSQL answers with `ReadyForQuery` end in these bytes.
    fn count(&mut self, bytes: &[u8]) -> usize {
        self.pending.extend(bytes);
        let mut count = 0;
        while self.pending.len() >= 5 {
            let length = self.pending.range(1..5).fold(0, |length, byte| length << 8 | usize::from(*byte));
            if self.pending.len() < 1 + length {
                break;
            }
            count += usize::from(matches!(self.pending[0], b'S' | b'Q'));
            self.pending.drain(..1 + length);
        }
        count
    }
}

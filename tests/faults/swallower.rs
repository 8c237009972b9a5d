//! A proxy that passes on what it is sent, or swallows it and keeps the connections open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_postgres::config::Host;

#[derive(Default)]
struct State {
    swallowing: AtomicBool,
    /// Only what PostgreSQL sends.
    swallowing_answers: AtomicBool,
    refusing: AtomicBool,
    /// Whether those of which something was swallowed may end.
    forgotten: watch::Sender<bool>,
    /// How often all connections were cut.
    cuts: watch::Sender<u32>,
}

pub(crate) struct Swallower {
    state: Arc<State>,
    url: String,
}

impl Swallower {
    /// A proxy on a port of this machine to the server of this URL.
    pub(crate) async fn start(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let through = format!(
            "host=127.0.0.1 port={} user={} dbname={}",
            listener.local_addr().unwrap().port(),
            config.get_user().unwrap(),
            config.get_dbname().unwrap()
        );
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let Host::Unix(folder) = &config.get_hosts()[0] else {
            panic!("the server of the tests has a socket")
        };
        let socket = folder.join(format!(".s.PGSQL.{port}"));
        let state = Arc::<State>::default();
        tokio::spawn({
            let state = state.clone();
            async move {
                while let Ok((program, _)) = listener.accept().await {
                    if state.refusing.load(SeqCst) {
                        continue;
                    }
                    program.set_nodelay(true).unwrap();
                    let server = UnixStream::connect(&socket).await.unwrap();
                    tokio::spawn(pass(state.clone(), program, server));
                }
            }
        });
        Self { state, url: through }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Swallows all from now on, or passes on what comes on connections of which nothing was swallowed.
    pub(crate) fn swallow(&self, all: bool) {
        self.state.swallowing.store(all, SeqCst);
    }

    /// Swallows what PostgreSQL answers from now on, or passes it on.
    pub(crate) fn swallow_answers(&self, all: bool) {
        self.state.swallowing_answers.store(all, SeqCst);
    }

    /// Ends all connections that there are, on both sides.
    pub(crate) fn cut(&self) {
        self.state.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends new connections at once, and passes on what comes on those that there are.
    pub(crate) fn refuse(&self, new: bool) {
        self.state.refusing.store(new, SeqCst);
    }

    /// Ends, from now on, the connections of which something was swallowed and that one side has ended.
    pub(crate) fn forget(&self) {
        self.state.forgotten.send_replace(true);
    }
}

async fn pass(state: Arc<State>, program: TcpStream, server: UnixStream) {
    // Of what the program sends, and of what it is answered: who is not answered any more is heard all the same.
    let lost = [AtomicBool::new(false), AtomicBool::new(false)];
    let mut cuts = state.cuts.subscribe();
    let (from_program, to_program) = program.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pump(&state, &lost, 0, from_program, to_server) => {}
        () = pump(&state, &lost, 1, from_server, to_program) => {}
        _ = cuts.changed() => {}
    }
}

/// Passes on what comes in one direction.
async fn pump(
    state: &State,
    lost: &[AtomicBool; 2],
    direction: usize,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) {
    let is_lost = || {
        if state.swallowing.load(SeqCst) {
            lost.iter().for_each(|lost| lost.store(true, SeqCst));
        } else if direction == 1 && state.swallowing_answers.load(SeqCst) {
            lost[1].store(true, SeqCst);
        }
        lost[direction].load(SeqCst)
    };
    let mut buffer = vec![0; 1 << 14];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if !is_lost() && to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    // That one side has gone is swallowed, too.
    if is_lost() {
        let _ = state.forgotten.subscribe().wait_for(|forgotten| *forgotten).await;
    }
}

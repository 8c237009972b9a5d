//! Statements that lead, on a connection that is none.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{AsyncMessage, Error};

use super::super::listen::Messages;
use super::super::pulse::Pulse;
use super::{Turn, Wire, keep};

mod ends;
mod given_up;
mod turns;

type Statement = oneshot::Sender<u32>;

/// What PostgreSQL has answered, and who is told.
#[derive(Default)]
struct Socket {
    answers: AtomicUsize,
    hangs_up: AtomicUsize,
    panics: AtomicUsize,
    /// Answers that come when it has just been looked for some.
    late: AtomicUsize,
    reader: AtomicWaker,
    polled: AtomicUsize,
    sent: AtomicUsize,
}

impl Socket {
    fn answer(&self, count: usize) {
        self.answers.fetch_add(count, SeqCst);
        self.reader.wake();
    }
}

/// A connection that answers in order.
struct Connection {
    statements: mpsc::UnboundedReceiver<Statement>,
    sent: VecDeque<Statement>,
    socket: Arc<Socket>,
}

impl Messages for Connection {
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> {
        self.socket.polled.fetch_add(1, SeqCst);
        loop {
            match self.statements.poll_recv(cx) {
                Poll::Ready(Some(statement)) => {
                    self.socket.sent.fetch_add(1, SeqCst);
                    self.sent.push_back(statement);
                }
                Poll::Ready(None) if self.sent.is_empty() => return Poll::Ready(None),
                _ => break,
            }
        }
        self.socket.reader.register(cx.waker());
        assert_eq!(self.socket.panics.load(SeqCst), 0, "on purpose");
        if self.socket.hangs_up.load(SeqCst) > 0 {
            return Poll::Ready(None);
        }
        while !self.sent.is_empty() && self.socket.answers.load(SeqCst) > 0 {
            self.socket.answers.fetch_sub(1, SeqCst);
            // Whether anybody waits for it is all one.
            let _ = self.sent.pop_front().unwrap().send(7);
        }
        if !self.sent.is_empty() && self.socket.late.load(SeqCst) > 0 {
            self.socket.late.fetch_sub(1, SeqCst);
            self.socket.answer(1);
        }
        Poll::Pending
    }
}

fn connected() -> (mpsc::UnboundedSender<Statement>, Arc<Socket>, Arc<Wire>) {
    connected_with(Arc::default())
}

fn connected_with(pulse: Arc<Pulse>) -> (mpsc::UnboundedSender<Statement>, Arc<Socket>, Arc<Wire>) {
    let (client, statements) = mpsc::unbounded_channel();
    let socket = Arc::<Socket>::default();
    let messages = Connection { statements, sent: VecDeque::new(), socket: socket.clone() };
    (client, socket, Wire::new(Box::new(messages), pulse))
}

async fn run(wire: &Wire, client: &mpsc::UnboundedSender<Statement>) -> Option<u32> {
    let mut turn = Turn::begin(wire);
    let mut work = pin!(async {
        let (statement, answer) = oneshot::channel();
        client.send(statement).ok()?;
        answer.await.ok()
    });
    std::future::poll_fn(|cx| turn.poll(cx, work.as_mut())).await
}

/// How often somebody was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Woken {
    fn take(&self) -> usize {
        self.0.swap(0, SeqCst)
    }
}

fn poll<F: Future>(work: Pin<&mut F>, woken: &Arc<Woken>) -> Poll<F::Output> {
    work.poll(&mut Context::from_waker(&Waker::from(woken.clone())))
}

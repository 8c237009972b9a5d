//! Statements that lead, on a connection that is none.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{AsyncMessage, Error};

use super::super::listen::Messages;
use super::super::pulse::Pulse;
use super::{Turn, Wire, keep};

type Statement = oneshot::Sender<u32>;

/// What PostgreSQL has answered, and who is told.
#[derive(Default)]
struct Socket {
    answers: AtomicUsize,
    hangs_up: AtomicUsize,
    panics: AtomicUsize,
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

#[test]
fn who_is_alone_does_without_the_task() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    for _ in 0..3 {
        let mut statement = pin!(run(&wire, &client));
        assert!(poll(statement.as_mut(), &me).is_pending());
        let polled = socket.polled.load(SeqCst);
        assert_eq!((task.take(), me.take()), (0, 0));
        socket.answer(1);
        assert_eq!((task.take(), me.take()), (0, 1));
        assert_eq!(poll(statement.as_mut(), &me), Poll::Ready(Some(7)));
        assert_eq!((task.take(), me.take(), socket.polled.load(SeqCst) - polled), (0, 0, 1));
    }
    // What happens while nobody waits is the task's.
    drop(client);
    assert_eq!(task.take(), 1);
    assert!(poll(keeping, &task).is_ready());
}

#[test]
fn a_second_one_does_not_hang_on_the_first() {
    let (client, socket, wire) = connected();
    let (task, one, two) = (Arc::<Woken>::default(), Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let (mut first, mut second) = (pin!(run(&wire, &client)), pin!(run(&wire, &client)));
    assert!(poll(first.as_mut(), &one).is_pending());
    assert!(poll(second.as_mut(), &two).is_pending());
    assert!(task.take() > 0);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    assert_eq!(socket.sent.load(SeqCst), 2);
    // The first one is never polled meanwhile.
    task.take();
    socket.answer(2);
    assert_eq!((task.take(), one.take(), two.take()), (1, 0, 0));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    assert_eq!((one.take(), two.take()), (1, 1));
    assert_eq!(poll(second.as_mut(), &two), Poll::Ready(Some(7)));
    assert_eq!(poll(first.as_mut(), &one), Poll::Ready(Some(7)));
}

#[test]
fn nor_does_one_that_comes_while_the_first_polls() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let mut second = None;
    let mut turn = Turn::begin(&wire);
    let mut work = pin!(async {
        let (statement, answer) = oneshot::channel();
        client.send(statement).ok()?;
        second = Some(Turn::begin(&wire));
        answer.await.ok()
    });
    let mut first = pin!(std::future::poll_fn(|cx| turn.poll(cx, work.as_mut())));
    assert!(poll(first.as_mut(), &me).is_pending());
    assert_eq!(task.take(), 1);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    socket.answer(1);
    assert_eq!((task.take(), me.take()), (1, 0));
    assert!(poll(keeping, &task).is_pending());
    assert_eq!((me.take(), poll(first.as_mut(), &me)), (1, Poll::Ready(Some(7))));
}

#[test]
fn what_nobody_waits_for_is_taken_in_by_the_task() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let mut given_up = Box::pin(run(&wire, &client));
    assert!(poll(given_up.as_mut(), &me).is_pending());
    drop(given_up);
    assert_eq!(task.take(), 1);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    socket.answer(1);
    assert_eq!(task.take(), 1);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    // The next one has its own answer.
    let mut next = pin!(run(&wire, &client));
    assert!(poll(next.as_mut(), &me).is_pending());
    socket.answer(1);
    assert_eq!(poll(next.as_mut(), &me), Poll::Ready(Some(7)));
}

#[test]
fn a_panic_leaves_the_connection_to_the_others() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let panics = std::panic::AssertUnwindSafe(|| {
        let mut turn = Turn::begin(&wire);
        let mut work = pin!(async { panic!("on purpose") });
        let _: Poll<()> = turn.poll(&mut Context::from_waker(Waker::noop()), work.as_mut());
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    let mut next = pin!(run(&wire, &client));
    assert!(poll(next.as_mut(), &me).is_pending());
    socket.answer(1);
    assert_eq!(poll(next.as_mut(), &me), Poll::Ready(Some(7)));
}

#[test]
fn a_connection_that_panics_is_closed() {
    let (client, socket, wire) = connected();
    let (task, me, other) = (Arc::<Woken>::default(), Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    socket.panics.store(1, SeqCst);
    let mut waits = Box::pin(run(&wire, &client));
    let (statement, mut answer) = oneshot::channel();
    client.send(statement).unwrap();
    assert!(poll(Pin::new(&mut answer), &other).is_pending());
    let panics = std::panic::AssertUnwindSafe(|| poll(waits.as_mut(), &me));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert!(poll(keeping, &task).is_ready());
    assert_eq!(other.take(), 1);
    assert!(matches!(poll(Pin::new(&mut answer), &other), Poll::Ready(Err(_))));
    drop(waits);
    assert_eq!(poll(pin!(run(&wire, &client)), &me), Poll::Ready(None), "who comes later");
}

/// The task was told of something, and sees that somebody leads; who then has nothing to send.
#[test]
fn what_the_task_leaves_to_a_statement_that_never_polls_is_not_lost() {
    for panics in [false, true] {
        let (client, socket, wire) = connected();
        let task = Arc::<Woken>::default();
        let mut keeping = pin!(keep(wire.clone()));
        assert!(poll(keeping.as_mut(), &task).is_pending());
        client.send(oneshot::channel().0).unwrap();
        assert_eq!(task.take(), 1);
        let statement = std::panic::AssertUnwindSafe(|| {
            let mut turn = Turn::begin(&wire);
            let mut work = pin!(async {
                assert!(poll(keeping.as_mut(), &task).is_pending());
                assert!(!panics, "on purpose");
            });
            turn.poll(&mut Context::from_waker(Waker::noop()), work.as_mut())
        });
        assert_eq!(std::panic::catch_unwind(statement).is_err(), panics);
        assert_eq!((task.take(), socket.sent.load(SeqCst)), (1, 0));
        assert!(poll(keeping, &task).is_pending());
        assert_eq!(socket.sent.load(SeqCst), 1);
    }
}

/// At whichever moment it is dropped, those who came meanwhile have their answers, and so has who comes then.
#[test]
fn who_is_dropped_while_he_leads_leaves_the_others_theirs() {
    for moment in 0..4 {
        let (client, socket, wire) = connected();
        let (task, one, two) = (Arc::<Woken>::default(), Arc::<Woken>::default(), Arc::<Woken>::default());
        let mut keeping = pin!(keep(wire.clone()));
        assert!(poll(keeping.as_mut(), &task).is_pending());
        let mut leads = Some(Box::pin(run(&wire, &client)));
        assert!(poll(leads.as_mut().unwrap().as_mut(), &one).is_pending());
        drop(leads.take_if(|_| moment == 0));
        let mut first = pin!(run(&wire, &client));
        assert!(poll(first.as_mut(), &one).is_pending());
        drop(leads.take_if(|_| moment == 1));
        let mut second = pin!(run(&wire, &client));
        drop(leads.take_if(|_| moment == 2));
        assert!(poll(second.as_mut(), &two).is_pending());
        if task.take() > 0 {
            assert!(poll(keeping.as_mut(), &task).is_pending());
        }
        drop(leads.take());
        socket.answer(3);
        while task.take() > 0 {
            assert!(poll(keeping.as_mut(), &task).is_pending());
        }
        for (statement, woken) in [(first.as_mut(), &one), (second.as_mut(), &two)] {
            assert!(woken.take() > 0, "at {moment}");
            assert_eq!(poll(statement, woken), Poll::Ready(Some(7)), "at {moment}");
        }
    }
}

#[test]
fn who_is_waited_for_elsewhere_is_told_there() {
    for behind in [0, 1] {
        let (client, socket, wire) = connected();
        let (task, here, there) = (Arc::<Woken>::default(), Arc::<Woken>::default(), Arc::<Woken>::default());
        let mut keeping = pin!(keep(wire.clone()));
        assert!(poll(keeping.as_mut(), &task).is_pending());
        let mut statement = pin!(run(&wire, &client));
        assert!(poll(statement.as_mut(), &here).is_pending());
        let others: Vec<_> = (0..behind).map(|_| Turn::begin(&wire)).collect();
        assert!(poll(statement.as_mut(), &there).is_pending());
        socket.answer(1);
        while task.take() > 0 {
            assert!(poll(keeping.as_mut(), &task).is_pending());
        }
        assert_eq!((here.take(), there.take()), (0, 1), "{behind} behind it");
        assert_eq!(poll(statement.as_mut(), &there), Poll::Ready(Some(7)));
        drop(others);
    }
}

#[test]
fn the_end_of_the_connection_is_told_to_all() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let mut statement = pin!(run(&wire, &client));
    assert!(poll(statement.as_mut(), &me).is_pending());
    socket.hangs_up.store(1, SeqCst);
    socket.answer(0);
    assert_eq!(poll(statement.as_mut(), &me), Poll::Ready(None));
    assert_eq!(task.take(), 1);
    assert!(poll(keeping, &task).is_ready());
    // And when the task is stopped while one leads.
    let (client, _socket, wire) = connected();
    let keeping = Box::pin(keep(wire.clone()));
    let mut statement = pin!(run(&wire, &client));
    assert!(poll(statement.as_mut(), &me).is_pending());
    me.take();
    drop(keeping);
    assert_eq!(me.take(), 1);
    assert_eq!(poll(statement.as_mut(), &me), Poll::Ready(None));
}

/// Many tasks on four threads, of which some give up: all others have their answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_waits_for_ever() {
    let (client, socket, wire) = connected();
    tokio::spawn(keep(wire.clone()));
    let server = socket.clone();
    let answering = tokio::spawn(async move {
        let mut answered = 0;
        loop {
            let sent = server.sent.load(SeqCst);
            if sent > answered {
                server.answer(sent - answered);
                answered = sent;
            }
            tokio::task::yield_now().await;
        }
    });
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let (client, wire) = (client.clone(), wire.clone());
            tokio::spawn(async move {
                for round in 0..3000_u32 {
                    let limit =
                        Duration::from_micros(if number == 0 { u64::from(round % 50) } else { 60_000_000 });
                    let outcome = tokio::time::timeout(limit, run(&wire, &client)).await;
                    assert!(number == 0 || outcome == Ok(Some(7)), "{outcome:?}");
                    if round % 7 == number {
                        tokio::task::yield_now().await;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    answering.abort();
}

#[test]
fn what_is_sent_or_comes_stirs_whoever_polls() {
    let pulse = Arc::<Pulse>::default();
    let (client, socket, wire) = connected_with(pulse.clone());
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    let mut statement = pin!(run(&wire, &client));
    let before = pulse.stirs();
    assert!(poll(statement.as_mut(), &me).is_pending());
    let sent = pulse.stirs();
    assert!(sent > before);
    // It is polled as something else has happened where it is waited for.
    for _ in 0..20 {
        assert!(poll(statement.as_mut(), &me).is_pending());
    }
    assert!(poll(keeping.as_mut(), &task).is_pending());
    assert_eq!(pulse.stirs(), sent);
    socket.answer(1);
    assert!(pulse.stirs() > sent);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    assert_eq!(poll(statement.as_mut(), &me), Poll::Ready(Some(7)));
    // What nobody waits for is the task's.
    let posted = pulse.stirs();
    client.send(oneshot::channel().0).unwrap();
    assert!(pulse.stirs() > posted);
    assert!(poll(keeping.as_mut(), &task).is_pending());
}

/// One leads, and others wait behind it, when PostgreSQL says nothing any more.
#[tokio::test]
async fn who_leads_a_connection_that_is_given_up_is_told_as_all_others_are() {
    for behind in [0, 2] {
        let pulse = Arc::<Pulse>::default();
        let (client, socket, wire) = connected_with(pulse.clone());
        let keeping = tokio::spawn(keep(wire.clone()));
        pulse.lives(keeping.abort_handle(), Arc::downgrade(&wire));
        pulse.set_limit(500);
        tokio::task::yield_now().await;
        pulse.begin();
        let me = Arc::<Woken>::default();
        let mut leads = pin!(run(&wire, &client));
        assert!(poll(leads.as_mut(), &me).is_pending());
        assert!(wire.shared.has(super::LEADING));
        let mut others: Vec<_> = (0..behind).map(|_| Box::pin(run(&wire, &client))).collect();
        for other in &mut others {
            assert!(poll(other.as_mut(), &me).is_pending());
        }
        assert_eq!(socket.sent.load(SeqCst), 1);
        let mut looks = 0;
        while pulse.silence().is_none() {
            assert!(looks < 20, "500 ms and a second, and two more looks");
            pulse.look(Duration::from_millis(100));
            looks += 1;
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(socket.sent.load(SeqCst), 1 + behind);
        assert!(keeping.await.unwrap_err().is_cancelled());
        assert!(me.take() > 0);
        assert_eq!(poll(leads.as_mut(), &me), Poll::Ready(None));
        for other in others {
            assert_eq!(other.await, None);
        }
        assert_eq!(run(&wire, &client).await, None, "who comes later");
    }
}

/// Who has something else to do before he looks again has his answer, where one came.
#[tokio::test]
async fn an_answer_that_came_is_not_lost_when_the_connection_is_given_up() {
    let pulse = Arc::<Pulse>::default();
    let (client, socket, wire) = connected_with(pulse.clone());
    let keeping = tokio::spawn(keep(wire.clone()));
    pulse.lives(keeping.abort_handle(), Arc::downgrade(&wire));
    pulse.set_limit(500);
    tokio::task::yield_now().await;
    pulse.begin();
    let me = Arc::<Woken>::default();
    let mut statement = pin!(run(&wire, &client));
    assert!(poll(statement.as_mut(), &me).is_pending());
    socket.answer(1);
    while pulse.silence().is_none() {
        pulse.look(Duration::from_millis(100));
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
    }
    assert!(keeping.await.unwrap_err().is_cancelled());
    assert_eq!(poll(statement.as_mut(), &me), Poll::Ready(Some(7)));
}

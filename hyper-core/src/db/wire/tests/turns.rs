//! Who leads, and who is told.

use std::time::Duration;

use super::*;

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

/// However often it was polled there: it leads, or another one has come, or it has left it to the task.
#[test]
fn who_is_waited_for_elsewhere_is_told_there() {
    for (polls, behind) in (1..20).flat_map(|polls| [(polls, 0), (polls, 1)]) {
        let (client, socket, wire) = connected();
        let (task, here, there) = (Arc::<Woken>::default(), Arc::<Woken>::default(), Arc::<Woken>::default());
        let mut keeping = pin!(keep(wire.clone()));
        assert!(poll(keeping.as_mut(), &task).is_pending());
        let mut statement = pin!(run(&wire, &client));
        for _ in 0..polls {
            assert!(poll(statement.as_mut(), &here).is_pending());
        }
        let others: Vec<_> = (0..behind).map(|_| Turn::begin(&wire)).collect();
        assert!(poll(statement.as_mut(), &there).is_pending());
        socket.answer(1);
        let mut outcome = Poll::Pending;
        while outcome.is_pending() {
            let is_told = task.take() > 0;
            if is_told {
                assert!(poll(keeping.as_mut(), &task).is_pending());
            }
            assert!(there.take() > 0 || is_told, "{polls} polls, {behind} behind it");
            outcome = poll(statement.as_mut(), &there);
        }
        assert_eq!((here.take(), outcome), (0, Poll::Ready(Some(7))));
        drop(others);
    }
}

/// It is the next one to ask for that has it, or the task, where nobody is told any more.
#[test]
fn what_comes_while_somebody_polls_is_taken_in() {
    let (client, socket, wire) = connected();
    let (task, me) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    let mut keeping = pin!(keep(wire.clone()));
    assert!(poll(keeping.as_mut(), &task).is_pending());
    // While a statement does.
    socket.late.store(1, SeqCst);
    assert_eq!(poll(pin!(run(&wire, &client)), &me), Poll::Ready(Some(7)));
    assert_eq!((task.take(), me.take()), (0, 0));
    // While the task does, more than once.
    let answers: Vec<_> = (0..3)
        .map(|_| {
            let (statement, answer) = oneshot::channel();
            client.send(statement).unwrap();
            answer
        })
        .collect();
    socket.late.store(3, SeqCst);
    while task.take() > 0 {
        assert!(poll(keeping.as_mut(), &task).is_pending());
    }
    for mut answer in answers {
        assert_eq!(poll(Pin::new(&mut answer), &me), Poll::Ready(Ok(7)));
    }
    // While a statement has its answer already.
    let mut turn = Turn::begin(&wire);
    let mut work = pin!(async {
        let (statement, answer) = oneshot::channel();
        client.send(statement).ok()?;
        let answer = answer.await.ok();
        client.send(oneshot::channel().0).ok()?;
        answer
    });
    socket.late.store(1, SeqCst);
    assert_eq!(turn.poll(&mut Context::from_waker(Waker::noop()), work.as_mut()), Poll::Ready(Some(7)));
    let sent = socket.sent.load(SeqCst);
    drop(turn);
    assert_eq!(task.take(), 1);
    assert!(poll(keeping.as_mut(), &task).is_pending());
    assert_eq!(socket.sent.load(SeqCst), sent + 1);
}

/// Tasks on four threads, of which one gives up: all others have their answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_waits_for_ever() {
    for tasks in [2, 3, 6] {
        nobody_of(tasks).await;
    }
}

async fn nobody_of(tasks: u32) {
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
    let tasks: Vec<_> = (0..tasks)
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

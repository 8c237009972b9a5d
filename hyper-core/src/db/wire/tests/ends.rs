//! Statements and connections that end in the middle.

use super::*;

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

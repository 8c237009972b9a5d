//! Connections on which PostgreSQL says nothing any more.

use std::time::Duration;

use super::*;

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
        assert!(wire.shared.has(super::super::LEADING));
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

//! One who computes and does not come to an end.

use std::pin::pin;

use super::*;

#[tokio::test]
async fn one_who_hangs_is_waited_for_as_long_as_said() {
    let cache = Cache::new(LocMemCache::default());
    let patient = cache.protected().patience(Duration::from_millis(50));
    let hangs = async || std::future::pending::<Result<i32, CacheError>>().await;
    let mut first = pin!(patient.get_or_compute("k", 60, hangs));
    assert!(is_pending(&mut first).await);
    let (since, computed) = (Instant::now(), AtomicU32::new(0));
    let compute = async || {
        computed.fetch_add(1, SeqCst);
        sleep(20).await;
        Ok::<_, CacheError>(2)
    };
    let answers = join_all((0..100).map(|_| patient.get_or_compute("k", 60, compute))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == 2));
    assert!((50..4_000).contains(&since.elapsed().as_millis()), "{:?}", since.elapsed());
    // Of those who have waited long enough one computes as well, and the others wait for him.
    assert_eq!(computed.load(SeqCst), 1);
    assert_eq!(cache.get::<i32>("k").await.unwrap(), Some(2));
    assert!(is_pending(&mut first).await);
}

/// As the futures beside the one that `select!` goes on with.
#[tokio::test]
async fn one_who_is_not_polled_holds_nobody_up_for_long() {
    let cache = Cache::new(LocMemCache::default());
    let patient = cache.protected().patience(Duration::from_millis(20));
    let mut answers = Vec::new();
    let (mut first, mut second) = (
        pin!(patient.get_or_compute("k", 60, async || {
            sleep(1).await;
            Ok::<_, CacheError>(1)
        })),
        pin!(patient.get_or_compute("k", 60, async || {
            sleep(1).await;
            Ok::<_, CacheError>(2)
        })),
    );
    assert!(is_pending(&mut first).await && is_pending(&mut second).await);
    sleep(30).await;
    // It is its turn now, and nobody goes on with it either.
    assert!(is_pending(&mut second).await);
    answers.push(patient.get_or_compute("k", 60, async || Ok::<_, CacheError>(3)).await.unwrap());
    answers.push(second.await.unwrap());
    answers.push(first.await.unwrap());
    assert_eq!(answers[0], 3);
    assert!(cache.protected().is_resting());
}

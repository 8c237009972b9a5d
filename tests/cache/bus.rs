//! What instances of a site tell each other, and what they do when they cannot.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper_core::cache::{CacheBus, Said, Subscription};
use hyper_core::db::{Db, Executor};
use hyper_core::{Component, Settings};
use hyperdjango::orm::query::RawSql as _;

/// An instance of a site, and what it hears.
struct Instance {
    db: Db,
    bus: CacheBus,
    heard: Arc<Mutex<Vec<String>>>,
    _subscription: Subscription,
}

impl Instance {
    async fn new(url: &str) -> Self {
        let db = Db::new(url.parse().unwrap());
        let bus = CacheBus::of(&db).await.unwrap();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let subscription = bus.on("topic", {
            let heard = heard.clone();
            move |said| {
                heard.lock().unwrap().push(match said {
                    Said::This(what) => what.to_owned(),
                    Said::Everything => "everything".to_owned(),
                });
            }
        });
        Self { db, bus, heard, _subscription: subscription }
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// Waits until this has been heard, and returns all that was.
    async fn hears(&self, what: &str) -> Vec<String> {
        let is_there = || self.heard.lock().unwrap().iter().any(|heard| heard == what);
        until(&format!("{what} to be heard"), is_there).await;
        self.heard()
    }
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(30), "waited for {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn what_one_says_the_others_hear_in_order_and_it_does_not() {
    let database = hyper_tests::postgres();
    let (one, two) = (Instance::new(database.url()).await, Instance::new(database.url()).await);
    let odd = "it's a \\ key\nof \"ü\"";
    for what in ["a", odd, &"x".repeat(7000), &"y".repeat(7000)] {
        one.bus.say("topic", what);
        one.bus.say("another", "not for these");
        one.bus.flush().await.unwrap();
    }
    let heard = two.hears(&"y".repeat(7000)).await;
    assert_eq!(heard, ["a", odd, &"x".repeat(7000), &"y".repeat(7000)]);
    // Many at once.
    for n in 0..500 {
        two.bus.say("topic", format!("{n}"));
    }
    two.bus.say("topic", "z");
    let mut heard = one.hears("z").await;
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard.len(), 501, "it heard nothing of its own, and all of the other's");
    // Too many are anything.
    for n in 0..3000 {
        two.bus.say("topic", format!("{n}"));
    }
    one.hears("everything").await;
    assert_eq!((one.bus.others(), two.bus.others(), one.bus.forgotten()), (1, 1, 0));
    // One bus for a database.
    let again = CacheBus::of(&one.db).await.unwrap();
    again.say("topic", "again");
    two.hears("again").await;
    assert_eq!(one.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_connection_is_noticed_and_nothing_is_lost_that_was_to_be_said() {
    let database = hyper_tests::postgres();
    let (one, two) = (Instance::new(database.url()).await, Instance::new(database.url()).await);
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE application_name LIKE '% (listens)' AND datname = current_database()";
    let there = "SELECT count(*) FROM pg_stat_activity \
                 WHERE application_name LIKE '% (listens)' AND datname = current_database()";
    for round in 0..5 {
        let started = Instant::now();
        while one.db.query_val::<i64>(there, &[]).await.unwrap() < 2 {
            assert!(started.elapsed() < Duration::from_secs(30), "both listen again");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let before = (one.bus.forgotten(), two.bus.forgotten());
        one.db.execute_batch(kill).await.unwrap();
        one.bus.say("topic", format!("{round}"));
        let both = || one.bus.forgotten() > before.0 && two.bus.forgotten() > before.1;
        until("both to forget everything", both).await;
        // It is said all the same; who did not hear it has forgotten everything.
        one.bus.flush().await.unwrap();
    }
    // Once both listen again, what is said is heard.
    let started = Instant::now();
    while !two.heard().iter().any(|heard| heard == "after") {
        assert!(started.elapsed() < Duration::from_secs(30), "nothing is heard any more");
        one.bus.say("topic", "after");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    until("both to be trusted", || one.bus.is_trusted() && two.bus.is_trusted()).await;
    assert!(one.bus.forgotten() >= 5);
}

#[tokio::test]
async fn who_goes_without_a_word_may_have_had_something_to_say() {
    let database = hyper_tests::postgres();
    let (one, two, three) = (
        Instance::new(database.url()).await,
        Instance::new(database.url()).await,
        Instance::new(database.url()).await,
    );
    until("all to be heard", || one.bus.others() == 2).await;
    // Stopped properly.
    two.bus.say("topic", "last words");
    two.db.stop().await;
    one.hears("last words").await;
    until("it to be gone", || one.bus.others() == 1).await;
    drop(two);
    let started = Instant::now();
    drop(three);
    let heard = one.hears("everything").await;
    assert_eq!(heard, ["everything"]);
    // A beat may have been said just before.
    assert!(started.elapsed() > Duration::from_secs(2) && one.bus.others() == 0);
    assert_eq!(one.bus.forgotten(), 1, "for the one that stopped nothing was forgotten");
}

#[tokio::test]
async fn nobody_who_hears_nothing_is_trusted() {
    let database = hyper_tests::postgres();
    let one = Instance::new(database.url()).await;
    assert!(one.bus.is_trusted());
    let admin = Db::new(hyper_tests::postgres().url().parse().unwrap());
    let name = database.url().rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let allow = |yes| format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS {yes}");
    admin.execute_batch(&allow(false)).await.unwrap();
    let kill = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute_batch(&kill).await.unwrap();
    until("it not to be trusted", || !one.bus.is_trusted()).await;
    one.bus.say("topic", "unheard");
    assert!(one.bus.flush().await.is_err());
    admin.execute_batch(&allow(true)).await.unwrap();
    until("it to be trusted again", || one.bus.is_trusted()).await;
    one.hears("everything").await;
    one.bus.flush().await.unwrap();
}

#[tokio::test]
async fn a_part_of_an_application_shares_its_database() {
    // Nothing is shared by settings alone.
    let database = hyper_tests::postgres();
    let settings = Settings::from_pairs([("DATABASE_URL", database.url())]).unwrap();
    let (one, other) = (Db::start(&settings).await.unwrap(), Db::start(&settings).await.unwrap());
    let (one, other) = (CacheBus::of(&one).await.unwrap(), CacheBus::of(&other).await.unwrap());
    until("both to be heard", || one.others() == 1 && other.others() == 1).await;
}

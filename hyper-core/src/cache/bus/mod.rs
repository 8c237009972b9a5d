//! What the instances of a site tell each other about what has changed, by PostgreSQL's `NOTIFY`.
//!
//! Each instance numbers what it says and says something once a second, if only that it is there. So others notice when
//! something was missed: a number is missing, their own connection was lost, or an instance has gone without a word, which may
//! have had something to say. Then they forget everything that might have changed. An instance that does not hear itself
//! knows that it hears nobody, and [trusts](CacheBus::is_trusted) nothing it keeps.

mod message;
mod others;
mod work;

use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, RwLock, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::error::{CacheError, CacheErrorKind};
use crate::db::{DatabaseError, Db};

use others::Others;

/// How often an instance says that it is there.
pub(super) const BEAT: Duration = Duration::from_secs(1);

/// After so long without a word from it, an instance is not heard any more: three beats and a half.
pub(super) const SILENCE: Duration = Duration::from_millis(3500);

/// How often it is looked whether an instance is silent, so that it is noticed after four seconds at most.
const LOOK: Duration = Duration::from_millis(400);

/// How long [`CacheBus::flush`] waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// What instances of a site tell each other about what has changed, through one database. Its clones are one.
///
/// What is said is heard by the others within milliseconds; should it be missed, that is noticed within 4 seconds, and they are
/// told to forget [`Everything`](Said::Everything).
///
/// ```no_run
/// # use hyper_core::cache::{CacheBus, Said};
/// # async fn f(db: hyper_core::db::Db) -> Result<(), hyper_core::db::DatabaseError> {
/// let bus = CacheBus::of(&db).await?;
/// let subscription = bus.on("prices", |said| match said {
///     Said::This(price) => println!("{price} has changed"),
///     Said::Everything => println!("any may have changed"),
/// });
/// bus.say("prices", "bread");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct CacheBus(pub(super) Arc<Inner>);

/// What is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// This has changed.
    This(&'a str),
    /// Anything may have: something was missed, or is too much to be said one by one.
    Everything,
}

pub(super) struct Inner {
    /// This instance, a number at random.
    id: u64,
    /// Where it can be said.
    db: crate::db::WeakDb,
    waiting: Mutex<Waiting>,
    wake: Notify,
    /// How much of what was to be said has been.
    sent: watch::Sender<u64>,
    subscribers: RwLock<Vec<Weak<Subscriber>>>,
    others: Mutex<Others>,
    started: Instant,
    /// When it heard itself last, in milliseconds since then, and one more; 0 if it never did.
    heard_itself: AtomicU64,
    /// How often everything had to be forgotten.
    forgotten: AtomicU64,
}

/// What has not been said yet.
#[derive(Default)]
struct Waiting {
    /// How many things were to be said so far.
    count: u64,
    /// What: of several equal ones, one.
    what: HashSet<(&'static str, Option<String>)>,
    /// This instance stops.
    is_ending: bool,
}

struct Subscriber {
    topic: &'static str,
    heard: Box<dyn Fn(Said<'_>) + Send + Sync>,
}

impl Subscriber {
    /// A panic is its own affair: the others still are to be told.
    fn tell(&self, said: Said<'_>) {
        if catch_unwind(AssertUnwindSafe(|| (self.heard)(said))).is_err() {
            tracing::error!(topic = self.topic, ?said, "who was told by the cache bus has panicked");
        }
    }
}

/// That somebody is told what is said, while it lives.
#[must_use = "it ends when it is dropped"]
pub struct Subscription(Arc<Subscriber>);

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Subscription").field(&self.0.topic).finish()
    }
}

impl CacheBus {
    /// The bus of a database, of which there is one in a process. Waits until it is listened to.
    ///
    /// # Errors
    /// As [`Db::listen`]: behind PgBouncer in transaction mode, for one, nobody can.
    pub async fn of(db: &Db) -> Result<Self, DatabaseError> {
        db.bus().get_or_try_init(|| work::start(db)).await.cloned()
    }

    /// Says that something has changed, in a moment: to whoever has subscribed to the topic in the other instances. In this one
    /// nobody is told, as whoever changes something knows.
    pub fn say(&self, topic: &'static str, what: impl Into<String>) {
        self.queue(topic, Some(what.into()));
    }

    /// Says that anything may have changed.
    pub fn say_everything(&self, topic: &'static str) {
        self.queue(topic, None);
    }

    fn queue(&self, topic: &'static str, what: Option<String>) {
        let mut waiting = self.0.waiting.lock().expect("no panic while held");
        waiting.count += 1;
        waiting.what.insert((topic, what));
        drop(waiting);
        self.0.wake.notify_one();
    }

    /// Waits until all that was to be said has been: PostgreSQL has it.
    ///
    /// # Errors
    /// [`Unavailable`](CacheErrorKind::Unavailable) if that takes more than 5 seconds. It is said as soon as it can be.
    pub async fn flush(&self) -> Result<(), CacheError> {
        let until = self.0.waiting.lock().expect("no panic while held").count;
        let mut sent = self.0.sent.subscribe();
        let all = sent.wait_for(|sent| *sent >= until);
        match tokio::time::timeout(PATIENCE, all).await {
            Ok(Ok(_)) => Ok(()),
            _ => {
                let problem =
                    format!("other instances could not be told within {PATIENCE:?} of what has changed");
                Err(CacheError::new(CacheErrorKind::Unavailable, problem))
            }
        }
    }

    /// Has a closure called with what other instances say on a topic. It must not wait. Should it panic, that is logged.
    pub fn on(&self, topic: &'static str, heard: impl Fn(Said<'_>) + Send + Sync + 'static) -> Subscription {
        let subscriber = Arc::new(Subscriber { topic, heard: Box::new(heard) });
        let mut subscribers = self.0.subscribers.write().expect("no panic while held");
        subscribers.retain(|subscriber| subscriber.strong_count() > 0);
        subscribers.push(Arc::downgrade(&subscriber));
        Subscription(subscriber)
    }

    /// Whether others are heard: this instance has heard itself within the last 3.5 seconds. While it has not, what it keeps may
    /// have been changed by others.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        match self.0.heard_itself.load(SeqCst) {
            0 => false,
            heard => self.0.now().saturating_sub(heard) <= SILENCE.as_millis() as u64,
        }
    }

    /// Says what is to be said, and that there will be no more, so that nobody waits for it.
    pub(crate) async fn end(&self) {
        {
            let mut waiting = self.0.waiting.lock().expect("no panic while held");
            waiting.count += 1;
            waiting.is_ending = true;
        }
        self.0.wake.notify_one();
        if let Err(error) = self.flush().await {
            tracing::warn!(%error, "this instance goes without a word");
        }
    }

    /// How many other instances are heard.
    #[must_use]
    pub fn others(&self) -> usize {
        self.0.others.lock().expect("no panic while held").len()
    }

    /// How often everything had to be forgotten, as something may have been missed.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.0.forgotten.load(SeqCst)
    }
}

impl Inner {
    /// Milliseconds since it was started, and one more.
    fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64 + 1
    }

    fn tell(&self, topic: &str, said: Said<'_>) {
        let told: Vec<_> = {
            let subscribers = self.subscribers.read().expect("no panic while held");
            let of_topic = |subscriber: &Arc<Subscriber>| subscriber.topic == topic;
            subscribers.iter().filter_map(Weak::upgrade).filter(of_topic).collect()
        };
        told.iter().for_each(|subscriber| subscriber.tell(said));
    }

    fn forget_everything(&self, why: &str) {
        tracing::info!(why, "what is cached is forgotten");
        self.forgotten.fetch_add(1, SeqCst);
        let subscribers: Vec<_> = {
            let subscribers = self.subscribers.read().expect("no panic while held");
            subscribers.iter().filter_map(Weak::upgrade).collect()
        };
        subscribers.iter().for_each(|subscriber| subscriber.tell(Said::Everything));
    }
}

impl fmt::Debug for CacheBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBus").field("is_trusted", &self.is_trusted()).finish_non_exhaustive()
    }
}

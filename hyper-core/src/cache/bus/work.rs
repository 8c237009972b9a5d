//! The two tasks of a bus: one that says, one that hears.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, RwLock, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::message::{Message, bodies, head};
use super::others::{Heard as What, Others};
use super::{BEAT, CacheBus, Inner, LOOK, Said, Waiting};
use crate::alarm::Alarm;
use crate::db::{DatabaseError, Db, Heard, Listener};

/// The channel that all instances listen to.
const CHANNEL: &str = "hyper_cache";

/// After something could not be said it is tried again after this time.
const AGAIN: Duration = Duration::from_millis(100);

/// How long PostgreSQL may take for it.
const LIMIT: Duration = Duration::from_secs(2);

pub(super) async fn start(db: &Db) -> Result<CacheBus, DatabaseError> {
    let listener = db.listen(CHANNEL).await?;
    let bus = Arc::new(Inner {
        id: fastrand::u64(..),
        db: db.downgrade(),
        waiting: Mutex::<Waiting>::default(),
        wake: Notify::new(),
        sent: watch::Sender::new(0),
        subscribers: RwLock::default(),
        others: Mutex::<Others>::default(),
        started: Instant::now(),
        heard_itself: AtomicU64::new(0),
        forgotten: AtomicU64::new(0),
    });
    // It is heard now, by the listener above: the connection is there.
    bus.heard_itself.store(bus.now(), SeqCst);
    tokio::spawn(hear(Arc::downgrade(&bus), listener));
    tokio::spawn(say(Arc::downgrade(&bus)));
    Ok(CacheBus(bus))
}

/// Hears until the database is gone, and looks who is not heard any more.
async fn hear(bus: Weak<Inner>, mut listener: Listener) {
    let mut look = Instant::now() + LOOK;
    loop {
        let heard = tokio::select! {
            biased;
            heard = listener.next() => Some(heard),
            () = Alarm::at(look) => None,
        };
        let Some(bus) = bus.upgrade() else { return };
        match heard {
            // The database is gone.
            Some(None) => return,
            Some(Some(Heard::Notification(said))) => bus.hear(said.payload()),
            Some(Some(Heard::MayHaveMissed(_))) => {
                bus.forget_everything("notifications may have been missed")
            }
            None => look = Instant::now() + LOOK,
        }
        if bus.others.lock().expect("no panic while held").newly_lost(bus.now()) > 0 {
            bus.forget_everything("an instance is not heard any more");
        }
    }
}

/// Says what is to be said, and once in a while that this instance is there.
async fn say(bus: Weak<Inner>) {
    let mut number = 0;
    let mut beat = Instant::now();
    loop {
        {
            let Some(bus) = bus.upgrade() else { return };
            let wake = bus.wake.notified();
            let is_waiting = {
                let waiting = bus.waiting.lock().expect("no panic while held");
                !waiting.what.is_empty() || waiting.is_ending
            };
            if !is_waiting {
                tokio::select! {
                    () = wake => {}
                    () = Alarm::at(beat) => {}
                }
            }
        }
        let Some(inner) = bus.upgrade() else { return };
        let (until, changes, is_last) = {
            let mut waiting = inner.waiting.lock().expect("no panic while held");
            (waiting.count, std::mem::take(&mut waiting.what), waiting.is_ending)
        };
        beat = Instant::now() + BEAT;
        let bodies = bodies(changes);
        let all = bodies.len();
        for (i, body) in bodies.into_iter().enumerate() {
            number += 1;
            let text = head(inner.id, number, is_last && i + 1 == all) + &body;
            loop {
                let Some(db) = inner.db.upgrade() else { return };
                match tokio::time::timeout(LIMIT, db.say(CHANNEL, &text)).await {
                    Ok(Ok(())) => break,
                    // Perhaps it was said: it has its number, and is heard once.
                    Ok(Err(error)) => tracing::debug!(%error, "other instances cannot be told"),
                    Err(_) => tracing::debug!("other instances cannot be told: PostgreSQL does not answer"),
                }
                drop(db);
                Alarm::at(Instant::now() + AGAIN).await;
            }
        }
        inner.sent.send_replace(until);
        if is_last {
            return;
        }
    }
}

impl Inner {
    fn hear(&self, text: &str) {
        let Some(message) = Message::read(text) else { return };
        if message.id == self.id {
            self.heard_itself.store(self.now(), SeqCst);
            return;
        }
        let heard = {
            let mut others = self.others.lock().expect("no panic while held");
            others.hear(message.id, message.number, message.is_last, self.now())
        };
        match heard {
            What::Again => {}
            What::Missed => self.forget_everything("something that an instance said was missed"),
            What::News => {
                for (topic, what) in message.changes {
                    self.tell(topic, what.as_deref().map_or(Said::Everything, Said::This));
                }
            }
        }
    }
}

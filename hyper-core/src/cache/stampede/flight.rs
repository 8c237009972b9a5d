//! Who computes a value, and who waits for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::cache::value::Value;

/// The keys whose values are computed now, in this process.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    flight: Arc<Flight>,
    /// How many have a seat.
    seats: usize,
}

#[derive(Debug)]
struct Flight {
    /// Has one permit, which is whose turn it is to compute. Closed when it is done.
    turn: Semaphore,
    done: OnceLock<Value>,
    has_failed: AtomicBool,
    /// What this process locked the key with for all instances, for who takes over.
    lock: Mutex<Option<u64>>,
}

/// A part in a computation. Who drops it half-way makes room for the next.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    flights: &'a Flights,
    key: &'a str,
    flight: Arc<Flight>,
}

/// That it is somebody's turn.
#[derive(Debug)]
pub(super) struct Turn<'a>(SemaphorePermit<'a>);

impl Flights {
    /// Takes part in what is computed, or is to be.
    pub(super) fn join<'a>(&'a self, key: &'a str) -> Seat<'a> {
        let mut flights = self.0.lock();
        let entry = match flights.get_mut(key) {
            Some(entry) => entry,
            None => flights.entry(key.to_owned()).or_insert_with(Entry::new),
        };
        entry.seats += 1;
        Seat { flights: self, key, flight: Arc::clone(&entry.flight) }
    }

    /// As [`join`](Self::join), if nobody computes it.
    pub(super) fn alone<'a>(&'a self, key: &'a str) -> Option<Seat<'a>> {
        if self.0.lock().contains_key(key) { None } else { Some(self.join(key)) }
    }

    /// Has nobody from now on take part in what is computed for these keys now, with none for all keys.
    pub(super) fn forget(&self, keys: Option<&[&str]>) {
        let mut flights = self.0.lock();
        match keys {
            Some(keys) => keys.iter().for_each(|key| drop(flights.remove(*key))),
            None => flights.clear(),
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }
}

impl Entry {
    fn new() -> Self {
        let flight = Flight {
            turn: Semaphore::new(1),
            done: OnceLock::new(),
            has_failed: AtomicBool::new(false),
            lock: Mutex::new(None),
        };
        Self { flight: Arc::new(flight), seats: 0 }
    }
}

impl Seat<'_> {
    /// Waits until it is one's turn; none if it is done.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        self.flight.turn.acquire().await.ok().map(Turn)
    }

    /// Whether it is one's turn now.
    pub(super) fn turn_now(&self) -> Option<Turn<'_>> {
        self.flight.turn.try_acquire().ok().map(Turn)
    }

    /// Has nobody else wait for who has the turn; false if somebody has before.
    pub(super) fn give_up(&self) -> bool {
        self.flights.remove(self.key, &self.flight, |_| true)
    }

    /// What came of it.
    pub(super) fn value(&self) -> Option<&Value> {
        self.flight.done.get()
    }

    /// Whether somebody had an error.
    pub(super) fn has_failed(&self) -> bool {
        self.flight.has_failed.load(SeqCst)
    }

    pub(super) fn lock(&self) -> Option<u64> {
        *self.flight.lock.lock()
    }

    pub(super) fn set_lock(&self, token: Option<u64>) {
        *self.flight.lock.lock() = token;
    }
}

impl Turn<'_> {
    /// Hands the value to all who wait. Who comes from now on gets it as well, until this is dropped.
    pub(super) fn done<'a>(self, seat: &'a Seat<'_>, value: Value) -> Landing<'a> {
        let _ = seat.flight.done.set(value);
        seat.flight.turn.close();
        Landing { flights: seat.flights, key: seat.key, flight: &seat.flight }
    }

    /// Lets the next one try.
    pub(super) fn failed(self, seat: &Seat<'_>) {
        seat.flight.has_failed.store(true, SeqCst);
        drop(self.0);
    }
}

/// A value that is being put where the next will find it.
#[derive(Debug)]
pub(super) struct Landing<'a> {
    flights: &'a Flights,
    key: &'a str,
    flight: &'a Arc<Flight>,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.flights.remove(self.key, self.flight, |_| true);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.flights.remove(self.key, &self.flight, |entry| {
            entry.seats -= 1;
            entry.seats == 0
        });
    }
}

impl Flights {
    /// Takes a flight out if that is wanted, and it is still there; true if it did.
    fn remove(&self, key: &str, flight: &Arc<Flight>, wanted: impl FnOnce(&mut Entry) -> bool) -> bool {
        let mut flights = self.0.lock();
        let is_over = |entry: &mut Entry| Arc::ptr_eq(&entry.flight, flight) && wanted(entry);
        flights.get_mut(key).is_some_and(is_over) && flights.remove(key).is_some()
    }
}

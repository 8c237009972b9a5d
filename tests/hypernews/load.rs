//! Many clients at once, who read, vote and comment, and remember what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::Scope;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Answer, Client};
use crate::served::Served;

/// An answer that takes longer is a hang: waiting for a connection takes 5 seconds at most.
const SLOWEST: Duration = Duration::from_secs(12);

/// What the clients count together.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) reads: AtomicUsize,
    pub(crate) writes: AtomicUsize,
    pub(crate) refused_reads: AtomicUsize,
    pub(crate) refused_writes: AtomicUsize,
    stop: AtomicBool,
}

impl Counts {
    pub(crate) fn done(&self) -> usize {
        self.reads.load(SeqCst) + self.writes.load(SeqCst)
    }

    pub(crate) fn refused(&self) -> usize {
        self.refused_reads.load(SeqCst) + self.refused_writes.load(SeqCst)
    }

    /// Lets the clients go on until the value is dropped, by a failed assertion too.
    pub(crate) fn until_dropped(&self) -> Stop<'_> {
        Stop(self)
    }
}

/// Stops the clients when it is dropped.
pub(crate) struct Stop<'c>(&'c Counts);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, SeqCst);
    }
}

/// What one client knows to be in the database.
#[derive(Debug, Default)]
pub(crate) struct Told {
    user: i64,
    /// By post, the votes that may stand: the last acknowledged one, and those since of which nobody knows.
    votes: BTreeMap<i64, Vec<Option<bool>>>,
    comments: Vec<i64>,
}

/// Starts clients of the accounts from 1 on, until the counts say stop; each gives what it was told.
pub(crate) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    served: &'scope Served,
    counts: &'scope Counts,
    clients: i64,
) -> Vec<std::thread::ScopedJoinHandle<'scope, Told>> {
    let one = move |user| {
        let mut client = served.client_of(user);
        let mut told = Told { user, ..Told::default() };
        for round in 0.. {
            if counts.stop.load(SeqCst) {
                break;
            }
            turn(&mut client, &mut told, counts, round);
        }
        told
    };
    (1..=clients).map(|user| scope.spawn(move || one(user))).collect()
}

/// Reads twice, votes or comments once.
fn turn(client: &mut Client, told: &mut Told, counts: &Counts, round: i64) {
    // A few posts that all of them vote on, so that they wait for each other.
    let post = 1 + (told.user + round) % 7;
    for target in ["/new".to_owned(), format!("/api/v1/posts/{post}")] {
        let answer = timed(|| client.get(&target));
        if answer.status == 200 {
            counts.reads.fetch_add(1, SeqCst);
        } else {
            assert_unavailable(&answer);
            counts.refused_reads.fetch_add(1, SeqCst);
        }
    }
    let answer = if round % 4 == 3 {
        let target = format!("/api/v1/posts/{post}/comments");
        let answer = timed(|| client.json("POST", &target, &json!({"body": "said under load"})));
        if answer.status == 201 {
            told.comments.push(answer.json()["id"].as_i64().unwrap());
        }
        answer
    } else {
        let up = [Some(true), Some(false), None][(round % 3) as usize];
        let answer = timed(|| client.json("PUT", &format!("/api/v1/posts/{post}/vote"), &json!({"up": up})));
        let known = told.votes.entry(post).or_insert_with(|| vec![None]);
        match answer.status {
            200 => *known = vec![up],
            // Their own post: nothing changes.
            403 => {}
            _ => known.push(up),
        }
        answer
    };
    match answer.status {
        200 | 201 | 403 => counts.writes.fetch_add(1, SeqCst),
        _ => {
            assert_unavailable(&answer);
            counts.refused_writes.fetch_add(1, SeqCst)
        }
    };
}

fn timed(ask: impl FnOnce() -> Answer) -> Answer {
    let started = Instant::now();
    let answer = ask();
    assert!(started.elapsed() < SLOWEST, "an answer after {:?}: {answer:?}", started.elapsed());
    answer
}

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some("1"), "{answer:?}");
    assert!(answer.json()["detail"].as_str().is_some_and(|detail| detail.len() > 20));
}

/// That everything a client was told is so.
pub(crate) fn assert_kept(served: &Served, told: &[Told]) {
    let comments = served.sql("SELECT id FROM comments");
    let comments: std::collections::HashSet<&str> = comments.iter().map(String::as_str).collect();
    let votes = served.sql("SELECT user_id || ' ' || post_id || ' ' || up FROM votes WHERE post_id <= 7");
    let votes: BTreeMap<String, bool> = votes
        .iter()
        .map(|row| row.rsplit_once(' ').map(|(who, up)| (who.to_owned(), up == "true")).unwrap())
        .collect();
    let seeded: &Told = &Told::default();
    for client in told {
        assert_ne!(client.user, seeded.user);
        for id in &client.comments {
            assert!(comments.contains(&*id.to_string()), "comment {id} was acknowledged and is gone");
        }
        for (post, possible) in &client.votes {
            let stands = votes.get(&format!("{} {post}", client.user)).copied();
            // Before its first acknowledged vote a client knows nothing of what the community voted.
            let knows = possible.len() == 1 || possible[0].is_some();
            assert!(
                possible.contains(&stands) || !knows,
                "user {} post {post}: {stands:?} stands, and not one of {possible:?}",
                client.user
            );
        }
    }
    served.assert_counted();
}

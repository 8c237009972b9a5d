//! Which node of a ring a key belongs to.
//!
//! ```text
//! cargo bench --bench ring                      best of many rounds, ns a lookup
//! python benches/micro/benches/ring/uhashring_same.py   the same of uhashring (pip install uhashring==2.5)
//! ```

use std::hint::black_box;
use std::time::Instant;

use hyperdjango::cache::{ConsistentHashRing, NullCache};
use md5::{Digest, Md5};

/// How many rounds there are, of which the best counts.
const ROUNDS: u32 = 300;

/// How many keys are looked up in a round.
const KEYS: usize = 10_000;

fn best(name: &str, keys: &[String], lookup: impl Fn(&str)) {
    let round = || {
        let started = Instant::now();
        keys.iter().for_each(|key| lookup(black_box(key)));
        started.elapsed().as_nanos() as f64 / keys.len() as f64
    };
    let best = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    println!("{name:<40} {best:8.1} ns");
}

fn main() {
    let keys: Vec<String> = (0..KEYS).map(|key| format!("site:v1:user:{key}")).collect();
    // What the ring uses, and others.
    best("MD5 of the key alone, md-5", &keys, |key| {
        black_box(Md5::digest(key));
    });
    best("by md5", &keys, |key| {
        black_box(md5_compute::compute(key));
    });
    best("by fast-md5, in assembly", &keys, |key| {
        black_box(fast_md5::digest(key.as_bytes()));
    });
    for nodes in [3, 10, 100] {
        let ring = ConsistentHashRing::new((0..nodes).map(|node| (format!("cache-{node}"), NullCache)));
        best(&format!("node_of, {nodes} nodes"), &keys, |key| {
            black_box(ring.node_of(key));
        });
    }
}

// A lock held while the database is waited for.
use hyperdjango::prelude::*;

use std::sync::Mutex;

pub struct Counter(Mutex<u64>);

impl Component for Counter {
    async fn start(_: &Settings) -> Result<Self> {
        Ok(Self(Mutex::new(0)))
    }
}

#[get("/count")]
async fn count(counter: &Counter, db: &Db) -> Result<String> {
    let mut n = counter.0.lock().unwrap();
    *n += 1;
    db.execute_batch("SELECT 1").await?;
    Ok(n.to_string())
}

fn main() {}

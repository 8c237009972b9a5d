// What is returned cannot be written, or not be read again.
use hyperdjango::prelude::*;

pub struct Report {
    pub sum: i64,
}

#[cached(ttl = 60)]
async fn report(cache: &Cache) -> Result<Report> {
    Ok(Report { sum: 1 })
}

#[cached(ttl = 60)]
async fn name(cache: &Cache, id: i64) -> &'static str {
    if id == 1 { "Ana" } else { "Bob" }
}

fn main() {}

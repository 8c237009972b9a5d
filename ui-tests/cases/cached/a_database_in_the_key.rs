// The database is not left out of the key.
use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn count(db: &Db, cache: &Cache, tag: &str) -> Result<i64> {
    db.execute_batch(tag).await?;
    Ok(1)
}

fn main() {}

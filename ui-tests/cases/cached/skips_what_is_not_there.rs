use hyperdjango::prelude::*;

#[cached(ttl = 60, skip = [database])]
async fn count(databases: &Db, cache: &Cache) -> i32 {
    databases.execute_batch("SELECT 1").await.map_or(0, |()| 1)
}

fn main() {}

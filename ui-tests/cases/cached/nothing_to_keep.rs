use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn ping(cache: &Cache) -> Result<()> {
    Ok(cache.ping().await?)
}

fn main() {}

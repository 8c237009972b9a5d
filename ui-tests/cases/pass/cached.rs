//! What `#[cached]` writes warns about nothing, wherever the function stands.
#![deny(warnings, unused, missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub)]
#![deny(unused_qualifications, trivial_casts, let_underscore_drop, single_use_lifetimes, unsafe_code)]

use hyperdjango::prelude::*;

/// Counts.
#[cached(ttl = 60, skip = [db])]
async fn count(db: &Db, cache: &Cache, tag: &str, page: Option<u32>) -> Result<Vec<i64>> {
    db.execute_batch("SELECT 1").await?;
    if tag.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![page.unwrap_or(1).into()])
}

mod inner {
    use std::time::Duration;

    use hyperdjango::prelude::*;

    /// A `Result` by another name.
    pub(super) type Counted = std::result::Result<u32, std::fmt::Error>;

    /// Not many like this one.
    #[cached]
    #[expect(unused_mut, reason = "what is expected of the body")]
    #[allow(clippy::needless_pass_by_value)]
    pub(super) async fn expecting(cache: &Cache, mut number: u32, text: String) -> Counted {
        Ok(7)
    }

    #[cached(ttl = Duration::from_millis(500), beta = 2, across_instances = 10)]
    pub(super) async fn sum<'a>(cache: &'a Cache, mut numbers: Vec<i32>, _more: (&'a str, bool)) -> i32 {
        numbers.push(1);
        numbers.iter().sum()
    }
}

#[get("/{tag}")]
async fn show(tag: String, db: &Db, cache: &Cache) -> Result<String> {
    #[cached]
    async fn local(_cache: &Cache, tag: String) -> std::result::Result<String, std::fmt::Error> {
        Ok(tag)
    }
    let counts = count(db, cache, &tag, Some(1)).await?;
    count::invalidate(cache, &tag, Some(1)).await?;
    let key = inner::sum::key(vec![1], ("a", true));
    let sum = inner::sum(cache, vec![1], ("a", true)).await;
    inner::expecting(cache, 1, tag.clone()).await.map_err(Error::internal)?;
    inner::expecting::refresh(cache, 1, tag.clone()).await.map_err(Error::internal)?;
    let local = local(cache, tag).await.map_err(Error::internal)?;
    Ok(format!("{counts:?} {key} {sum} {local}"))
}

routes! { Urls: show }

#[derive(Debug, App)]
#[app(routes = Urls)]
struct Site {
    db: Db,
    cache: Cache,
}

fn main() {
    let _ = manage::<Site>;
}

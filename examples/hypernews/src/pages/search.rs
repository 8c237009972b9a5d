//! Searching titles.

use hyperdjango::prelude::*;

use super::{chrome, next};
use crate::accounts::Accounts;
use crate::views::SearchPage;
use crate::{data, links};

/// What is searched for, and where the page begins.
#[derive(Debug, serde::Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    after: Option<i64>,
}

/// Shows the posts whose titles have all words of a search.
#[get("/search")]
pub async fn search(
    search: Query<Search>,
    cookies: Cookies,
    uri: Uri,
    db: &Db,
    accounts: &Accounts,
) -> Result<Html<SearchPage>> {
    let Query(Search { q, after }) = search;
    let reader = accounts.reader(db, &cookies).await?;
    let query = q.trim().to_owned();
    let (mut posts, mut total) = (Vec::new(), None);
    if !query.is_empty() {
        posts = data::posts_for(db, reader.as_ref(), data::search(db, &query, after).await?).await?;
        total = Some(data::search_total(db, &query).await?);
    }
    let more = next(&posts).map(|after| links::search(&query, Some(&after)));
    Ok(Html(SearchPage { chrome: chrome(reader.as_ref(), None, &uri), query, posts, total, more }))
}

//! Searching.

use hyperdjango::prelude::*;

use super::number;
use crate::data::{self, Asked, Found};
use crate::views::SearchPage;

/// What is searched for.
#[derive(Debug, serde::Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    section: Option<String>,
    tag: Option<String>,
    page: Option<u64>,
}

impl Search {
    /// The same, if there are words.
    ///
    /// # Errors
    /// The page is no number that a page has.
    pub fn asked(&self) -> Result<Option<Asked<'_>>> {
        let given = |text: &'_ Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let asked = Asked {
            words: self.q.trim(),
            section: self.section.as_deref().filter(|_| given(&self.section)),
            tag: self.tag.as_deref().filter(|_| given(&self.tag)),
            page: number(self.page)?,
        };
        Ok((!asked.words.is_empty()).then_some(asked))
    }
}

/// Shows the packages that a search finds.
#[get("/search")]
pub async fn search(search: Query<Search>, db: &Db) -> Result<Html<SearchPage>> {
    let asked = search.0.asked()?;
    let found = match asked {
        Some(asked) => data::search(db, asked).await?,
        None => Found::default(),
    };
    let page = asked.map_or(1, |asked| asked.page);
    let Search { q, section, tag, .. } = search.0;
    Ok(Html(SearchPage { query: q.trim().to_owned(), section, tag, page, found }))
}

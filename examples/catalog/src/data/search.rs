//! Searching names and descriptions.

use hyperdjango::orm::functions::configs::{English, Simple};
use hyperdjango::orm::functions::{search_headline_with, search_query, search_rank};
use hyperdjango::orm::row::JsonRows;
use hyperdjango::prelude::*;

use super::listing::PAGE;
use crate::models::{Package, Tag};

/// What is searched for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The words, as search engines have them: `"a phrase" or word -without`.
    pub words: &'a str,
    /// Only in this section.
    pub section: Option<&'a str>,
    /// Only with this tag.
    pub tag: Option<&'a str>,
    /// Which page, from 1.
    pub page: u64,
}

/// A package that was found.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// What it is called.
    pub label: String,
    /// Its version.
    pub version: String,
    /// What it is, in a line.
    pub summary: String,
    /// Which section it is in.
    pub section: String,
    /// Installed, in KiB.
    pub size: Option<i64>,
    /// Parts of the description, with what was searched for between [`MARKS`].
    pub headline: String,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The packages of the page, best first.
    pub hits: Vec<Hit>,
    /// How many there are on all pages.
    pub total: u64,
    /// In which sections they are, most first.
    pub sections: Vec<(String, i64)>,
    /// When there are none: packages whose names are alike, with their summaries.
    pub alike: Vec<(String, String)>,
}

/// What stands around the words that were found: characters of no text, as a description may hold HTML.
pub const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

const HEADLINE: &str = "StartSel=\u{e000}, StopSel=\u{e001}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=\" ... \"";

/// At most so many sections are named, and names that are alike.
const FEW: u64 = 8;

/// The query for some words. Names are searched as they are, descriptions by the stems of English words.
macro_rules! words {
    ($words:expr) => {
        search_query($words).websearch().config(English) | search_query($words).websearch().config(Simple)
    };
}

/// The packages that are meant, without an order.
macro_rules! matching {
    ($asked:expr) => {
        Package::objects()
            .filter(Package.search.matches(words!($asked.words)))
            .filter_if($asked.section.map(|section| Package.section.eq(section)))
            .filter_if($asked.tag.map(|tag| Package.tags.any(Tag.name.eq(tag))))
    };
}

/// The packages of a page, best first: one that is called so comes before all others.
macro_rules! page {
    ($asked:expr) => {
        matching!($asked)
            .order_by((
                case().when(Package.name.eq($asked.words), 0).default(1),
                search_rank(Package.search, words!($asked.words)).desc(),
                Package.id,
            ))
            .offset(($asked.page - 1) * PAGE)
            .limit(PAGE)
    };
}

/// Searches.
///
/// # Errors
/// The database cannot be reached.
pub async fn search(db: &Db, asked: Asked<'_>) -> Result<Found> {
    let headline = search_headline_with(English, Package.description, words!(asked.words), HEADLINE);
    let rows = page!(asked)
        .values((
            Package.label,
            Package.version,
            Package.summary,
            Package.section.key(),
            Package.installed_size,
            headline,
        ))
        .all(db)
        .await?;
    let hit = |(label, version, summary, section, size, headline)| Hit {
        label,
        version,
        summary,
        section,
        size,
        headline,
    };
    let mut found = Found { hits: rows.into_iter().map(hit).collect(), ..Found::default() };
    found.total = matching!(asked).count(db).await?;
    found.sections = matching!(asked)
        .values(Package.section.key())
        .annotate(count())
        .order_by((count().desc(), grouped(Package.section.key())))
        .limit(FEW)
        .all(db)
        .await?;
    if found.total == 0 {
        found.alike = alike(db, asked.words).await?;
    }
    Ok(found)
}

/// The packages whose names are most like a word that was perhaps misspelt.
async fn alike(db: &Db, word: &str) -> Result<Vec<(String, String)>> {
    Ok(Package::objects()
        .filter(Package.name.trigram_similar(word))
        .order_by((Package.name.trigram_similarity(word).desc(), Package.name))
        .limit(FEW)
        .values((Package.label, Package.summary))
        .all(db)
        .await?)
}

/// The packages of a page as JSON.
///
/// # Errors
/// As [`search`].
pub async fn search_json(db: &Db, asked: Asked<'_>) -> Result<JsonRows> {
    Ok(page!(asked)
        .values((
            Package.label,
            Package.version,
            Package.summary,
            Package.section.key(),
            Package.installed_size,
            search_rank(Package.search, words!(asked.words)),
        ))
        .json(db)
        .await?)
}

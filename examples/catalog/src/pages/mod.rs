//! The pages: a handler each, which asks [`data`](crate::data) and fills in a [view](crate::views).

pub mod asset;
pub mod home;
pub mod listing;
pub mod package;
pub mod search;
pub mod statistics;

use hyperdjango::prelude::*;

/// The most pages anything has: beyond are no packages, as many as Debian may ever have.
const LAST: u64 = 1_000_000;

/// Which page is asked for.
#[derive(Debug, serde::Deserialize)]
pub struct Page {
    page: Option<u64>,
}

impl Page {
    /// Its number, from 1.
    ///
    /// # Errors
    /// It is no number that a page has.
    pub fn number(&self) -> Result<u64> {
        number(self.page)
    }
}

pub(crate) fn number(page: Option<u64>) -> Result<u64> {
    match page {
        None => Ok(1),
        Some(page @ 1..=LAST) => Ok(page),
        Some(page) => {
            let mut errors = ValidationErrors::new();
            errors
                .add("page", format!("There is no page {page}: the first is 1, and none is behind {LAST}."));
            Err(errors.into())
        }
    }
}

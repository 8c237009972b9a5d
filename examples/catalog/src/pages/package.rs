//! A package, what it needs and what needs it.

use hyperdjango::prelude::*;

use super::number;
use crate::data;
use crate::models::Kind;
use crate::views::{DependentsPage, PackagePage, TreePage};

/// Shows a package.
#[get("/packages/{label}")]
pub async fn show(label: String, db: &Db) -> Result<Html<PackagePage>> {
    Ok(Html(PackagePage { query: String::new(), detail: data::detail(db, &label).await? }))
}

/// Shows all that a package needs, as a tree.
#[get("/packages/{label}/tree")]
pub async fn tree(label: String, db: &Db) -> Result<Html<TreePage>> {
    Ok(Html(TreePage { query: String::new(), tree: data::tree(db, &label).await? }))
}

/// Which dependents, and which page of them.
#[derive(Debug, serde::Deserialize)]
pub struct Want {
    kind: Option<Kind>,
    page: Option<u64>,
}

impl Want {
    /// The kind, `depends` unless given, and the page.
    ///
    /// # Errors
    /// The page is no number that a page has.
    pub fn read(&self) -> Result<(Kind, u64)> {
        Ok((self.kind.unwrap_or(Kind::Depends), number(self.page)?))
    }
}

/// Shows the packages that want one.
#[get("/packages/{label}/dependents")]
pub async fn dependents(label: String, want: Query<Want>, db: &Db) -> Result<Html<DependentsPage>> {
    let (kind, page) = want.0.read()?;
    let found = data::dependents(db, &label, kind, page).await?;
    Ok(Html(DependentsPage { query: String::new(), found, kind, page }))
}

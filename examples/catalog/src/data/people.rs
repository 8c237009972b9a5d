//! Who looks after packages.

use hyperdjango::prelude::*;

use super::listing::{Listing, packages};
use crate::models::{Maintainer, Package};

/// Somebody, with a page of their packages.
///
/// # Errors
/// There is nobody of this number, or the database cannot be reached.
pub async fn of_maintainer(db: &Db, id: i64, page: u64) -> Result<(Maintainer, Listing)> {
    let maintainer = Maintainer::objects().get(db, id).await?;
    let found = packages(db, Package.maintainer.eq(&maintainer), page).await?;
    Ok((maintainer, found))
}

//! Numbers about all packages.

use hyperdjango::prelude::*;

use crate::data;
use crate::views::StatisticsPage;

/// Shows them.
#[get("/statistics")]
pub async fn statistics(db: &Db) -> Result<Html<StatisticsPage>> {
    let (source, problems, faults) = data::about(db).await?;
    let numbers = data::statistics(db).await?;
    Ok(Html(StatisticsPage { query: String::new(), numbers, source, problems, faults }))
}

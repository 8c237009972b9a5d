//! The first page.

use hyperdjango::prelude::*;

use crate::data;
use crate::views::HomePage;

/// Shows the search form and all sections.
#[get("/")]
pub async fn home(db: &Db) -> Result<Html<HomePage>> {
    let (source, ..) = data::about(db).await?;
    Ok(Html(HomePage { query: String::new(), sections: data::sections(db).await?, source }))
}

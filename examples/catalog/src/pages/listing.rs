//! Lists of packages.

use hyperdjango::prelude::*;

use super::Page;
use crate::views::ListingPage;
use crate::{data, links};

fn view(
    heading: String,
    note: String,
    page: u64,
    listing: data::Listing,
    link: impl Fn(u64) -> String,
) -> Html<ListingPage> {
    let pages = listing.total.div_ceil(data::PAGE);
    let before = (page > 1).then(|| link(page - 1));
    let next = (page < pages).then(|| link(page + 1));
    Html(ListingPage { query: String::new(), heading, note, listing, before, next })
}

/// Shows the packages of a section.
#[get("/sections/{name}")]
pub async fn section(name: String, page: Query<Page>, db: &Db) -> Result<Html<ListingPage>> {
    let page = page.0.number()?;
    let found = data::in_section(db, &name, page).await?;
    Ok(view(format!("Section {name}"), String::new(), page, found, |page| links::section(&name, page)))
}

/// Shows the packages with a tag.
#[get("/tags/{name}")]
pub async fn tag(name: String, page: Query<Page>, db: &Db) -> Result<Html<ListingPage>> {
    let page = page.0.number()?;
    let found = data::tagged(db, &name, page).await?;
    Ok(view(format!("Tagged {name}"), String::new(), page, found, |page| links::tag(&name, page)))
}

/// Shows the packages that provide a virtual one, and how many want it.
#[get("/virtual/{name}")]
pub async fn provided(name: String, page: Query<Page>, db: &Db) -> Result<Html<ListingPage>> {
    let page = page.0.number()?;
    let found = data::providers(db, &name, page).await?;
    let note = match data::wanted_by_name(db, &name).await? {
        0 => "No package asks for it.".to_owned(),
        1 => "One package asks for it by this name.".to_owned(),
        many => format!("{many} packages ask for it by this name."),
    };
    Ok(view(format!("What provides {name}"), note, page, found, |page| links::provided(&name, page)))
}

/// Shows what somebody looks after.
#[get("/maintainers/{id}")]
pub async fn maintainer(id: i64, page: Query<Page>, db: &Db) -> Result<Html<ListingPage>> {
    let page = page.0.number()?;
    let (maintainer, found) = data::of_maintainer(db, id, page).await?;
    Ok(view(maintainer.name, maintainer.email, page, found, |page| links::maintainer(id, page)))
}

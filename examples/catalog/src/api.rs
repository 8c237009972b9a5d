//! The same as JSON, under `/api/v1`. Sizes are in KiB.

use hyperdjango::orm::row::JsonRows;
use hyperdjango::prelude::*;

use crate::data;
use crate::models::Section;
use crate::pages::package::Want;
use crate::pages::search::Search;

routes! { pub Urls: search, package, tree, dependents, sections, statistics }

/// Lists the packages that a search finds: `q`, `section`, `tag`, `page`.
#[get("/search")]
pub async fn search(search: Query<Search>, db: &Db) -> Result<JsonRows> {
    let Some(asked) = search.0.asked()? else {
        let mut errors = ValidationErrors::new();
        errors.add("q", "Say what to search for.");
        return Err(errors.into());
    };
    data::search_json(db, asked).await
}

/// Shows a package with what it wants, provides and is tagged with.
#[get("/packages/{label}")]
pub async fn package(label: String, db: &Db) -> Result<Json<data::Detail>> {
    Ok(Json(data::detail(db, &label).await?))
}

/// Shows all that a package needs, as a tree.
#[get("/packages/{label}/tree")]
pub async fn tree(label: String, db: &Db) -> Result<Json<data::Branch>> {
    Ok(Json(data::tree(db, &label).await?))
}

/// Lists the packages that want one: `kind`, which is `depends` unless given, and `page`.
#[get("/packages/{label}/dependents")]
pub async fn dependents(label: String, want: Query<Want>, db: &Db) -> Result<Json<data::Dependents>> {
    let (kind, page) = want.0.read()?;
    Ok(Json(data::dependents(db, &label, kind, page).await?))
}

/// Lists the sections with the number of packages in each.
#[get("/sections")]
pub async fn sections(db: &Db) -> Result<JsonRows> {
    let sections = Section::objects().order_by(Section.name).values((Section.name, Section.packages.count()));
    Ok(sections.json(db).await?)
}

/// Shows numbers about all packages.
#[get("/statistics")]
pub async fn statistics(db: &Db) -> Result<Json<data::Statistics>> {
    Ok(Json(data::statistics(db).await?))
}

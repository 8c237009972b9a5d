// Arguments that are not what the converters of their parameters find.
use hyperdjango::prelude::*;

#[get("/posts/{id:int}")]
async fn show(id: Uuid) -> String {
    id.to_string()
}

#[get("/by-name/{slug:slug}")]
async fn by_slug(slug: i64) -> String {
    slug.to_string()
}

fn main() {}

// Indexes that serve nothing, or are not there.
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(index(score, wher = "score > 0"))]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
    pub score: i32,
}

#[derive(Model)]
#[model(
    index(title),
    index(-title, -score),
    index(id),
    unique_together(slug),
    index(author),
    index(score, using = gist, unique),
    index(-text, using = gni),
    index(expr = "lower(title)"),
    index(text, opclass(titel = gin_trgm_ops)),
    index(text, name = "a_name_that_is_so_very_long_that_postgresql_would_cut_it_off_somewhere"),
)]
pub struct Page {
    #[field(primary_key)]
    pub id: i64,
    #[field(index)]
    pub author: i64,
    #[field(unique, index)]
    pub slug: String,
    pub title: String,
    pub text: String,
    pub score: i32,
}

fn main() {}

// A converter that does not exist.
use hyperdjango::prelude::*;

#[get("/posts/{id:integer}")]
async fn show(id: i64) -> String {
    id.to_string()
}

#[get("/keys/{key:uid}")]
async fn by_key(key: Uuid) -> String {
    key.to_string()
}

#[get("/files/{*rest:int}")]
async fn files(rest: i64) -> String {
    rest.to_string()
}

#[get("/files/{rest:path}/raw")]
async fn raw(rest: String) -> String {
    rest
}

fn main() {}

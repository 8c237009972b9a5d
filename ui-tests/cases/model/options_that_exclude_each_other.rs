// Options that do not go with the field, or with each other.
use hyperdjango::prelude::*;

#[derive(Model)]
pub struct Post {
    #[field(primary_key, default = uuid_v7)]
    pub id: i64,
    #[field(default = uuid_v8)]
    pub token: Uuid,
    #[field(default = 1, db_default = "1")]
    pub a: i32,
    #[field(generated = "a + 1", auto_now)]
    pub b: i32,
    #[field(db_default = now())]
    pub c: Timestamp,
    #[field(max_digits = 3)]
    pub d: i32,
    #[field(on_delete = set_default)]
    pub e: ForeignKey<Post>,
    #[field(db_constraint = false, on_delete = protect)]
    pub f: ForeignKey<Post>,
    #[field(deferrable = later)]
    pub g: ForeignKey<Post>,
    #[field(deferrable = no)]
    pub h: i32,
    #[field(soft_delete)]
    pub i: Timestamp,
    #[field(version)]
    pub j: String,
    #[field(version)]
    pub k: i32,
    #[field(pattern = "x", collation = "")]
    pub l: i32,
    #[field(db_type = "char(3)", max_length = 3)]
    pub m: String,
    #[field(index = gni)]
    pub n: serde_json::Value,
}

fn main() {}

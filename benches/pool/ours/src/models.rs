//! The tables.

use hyperdjango::prelude::*;

#[derive(Model)]
#[model(table = "pgbench_accounts", ordering = [aid])]
pub struct Account {
    #[field(primary_key)]
    pub aid: i32,
    pub bid: i32,
    pub abalance: i32,
    pub filler: String,
}

#[derive(Model)]
#[model(table = "items")]
pub struct Item {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    #[field(default = 0)]
    pub score: i32,
}

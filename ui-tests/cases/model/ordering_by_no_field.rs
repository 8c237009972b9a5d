// An ordering by what is no field.
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(ordering = [-craeted])]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(auto_now_add)]
    created: Timestamp,
}

fn main() {}

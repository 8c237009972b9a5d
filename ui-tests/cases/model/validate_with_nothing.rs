// A check of the whole row that is not there, and one of another shape.
use hyperdjango::prelude::*;

fn ordered(_: &Range) -> bool {
    true
}

#[derive(Model)]
#[model(validate = ordered)]
pub struct Range {
    #[field(primary_key)]
    pub id: i64,
}

fn main() {}

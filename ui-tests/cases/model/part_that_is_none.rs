// A part without `#[derive(Part)]`.
use hyperdjango::prelude::*;

pub struct Address {
    pub street: String,
}

#[derive(Model)]
pub struct Customer {
    #[field(primary_key)]
    pub id: i64,
    #[field(part)]
    pub home: Address,
}

fn main() {}

// Parts that cannot be ones, and parts whose columns clash.
use hyperdjango::prelude::*;

#[derive(Part)]
pub struct Keyed {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_lenght = 3)]
    pub name: String,
}

#[derive(Part)]
pub struct Empty;

#[derive(Part)]
pub struct Address {
    pub street: String,
}

#[derive(Model)]
#[model(ordering = [street, home.steet])]
pub struct Customer {
    #[field(primary_key)]
    pub id: i64,
    #[field(part)]
    pub home: Address,
    #[field(part)]
    pub billing: Address,
    #[field(part, prefix = "x-", unique)]
    pub office: Address,
    #[field(part, prefix = "y-")]
    pub shop: Address,
    #[field(prefix = "x_")]
    pub name: String,
}

fn main() {}

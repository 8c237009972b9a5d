// Constraints that say nothing.
use hyperdjango::prelude::*;

#[derive(Model)]
#[model(constraint(check = "score > 0"))]
pub struct A {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(constraint(chek = "score > 0", name = "positive"))]
pub struct B {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(
    constraint(check = " ", name = "positive"),
    constraint(exclude = "room WITH =", name = "positive"),
    extension = "pg\"trgm"
)]
pub struct C {
    #[field(primary_key)]
    pub id: i64,
}

fn main() {}

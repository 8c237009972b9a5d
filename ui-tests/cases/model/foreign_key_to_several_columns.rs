// A foreign key to a model whose primary key has two columns.
use hyperdjango::prelude::*;

#[derive(Model)]
pub struct Seat {
    #[field(primary_key)]
    pub row: i64,
    #[field(primary_key)]
    pub number: i64,
}

#[derive(Model)]
pub struct Ticket {
    #[field(primary_key)]
    pub id: i64,
    pub seat: ForeignKey<Seat>,
}

fn main() {}

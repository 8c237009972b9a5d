// A parameter of a type that cannot be read from a path.
use hyperdjango::prelude::*;

pub struct Money(i64);

#[get("/costs/{price}")]
async fn show(price: Money) {
    let _ = price;
}

fn main() {}

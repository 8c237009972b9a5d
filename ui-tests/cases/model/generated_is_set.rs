// A value for a column that the database computes.
use hyperdjango::prelude::*;

#[derive(Model)]
pub struct Line {
    #[field(primary_key)]
    pub id: i64,
    pub price: i64,
    pub count: i64,
    #[field(generated = "price * count")]
    pub total: i64,
}

async fn add(db: &Db) -> Result<Line> {
    Ok(Line::objects().create(db, (Line.price.set(3), Line.count.set(4), Line.total.set(12))).await?)
}

fn main() {}

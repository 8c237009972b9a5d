// Benchmarks that are not functions `benchmark` can measure.
use hyperdjango::db::Measured;
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { Urls: index }

fn not_async(db: &Measured) -> Result<()> {
    let _ = db;
    Ok(())
}

#[derive(App)]
#[app(routes = Urls, benchmarks = [not_async])]
pub struct First;

async fn of_the_database(db: &Db) -> Result<()> {
    let _ = db;
    Ok(())
}

#[derive(App)]
#[app(routes = Urls, benchmarks = [of_the_database])]
pub struct Second;

mod pages {
    pub async fn front(_: &hyperdjango::db::Measured) -> hyperdjango::Result<()> {
        Ok(())
    }
}

#[derive(App)]
#[app(routes = Urls, benchmarks = [pages::front, front])]
pub struct Third;

#[derive(App)]
#[app(routes = Urls, benchmark = [pages::front])]
pub struct Fourth;

fn main() {}

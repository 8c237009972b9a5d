// Two fields of one type.
use hyperdjango::prelude::*;

#[get("/")]
async fn index(db: &Db) {
    let _ = db;
}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    db: Db,
    replica: Db,
}

fn main() {}

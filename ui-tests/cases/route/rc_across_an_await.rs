// A future that cannot move to another thread.
use hyperdjango::prelude::*;

use std::rc::Rc;

#[get("/posts/{id}")]
async fn show(id: i64, db: &Db) -> Result<()> {
    let id = Rc::new(id);
    db.execute_batch("SELECT 1").await?;
    drop(id);
    Ok(())
}

routes! { pub Urls: show }

#[derive(App)]
#[app(routes = Urls)]
pub struct Site {
    db: Db,
}

fn main() {}

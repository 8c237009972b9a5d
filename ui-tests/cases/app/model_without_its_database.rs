// A model of a database that the application has not.
use hyperdjango::prelude::*;

hyperdjango::database! {
    pub Archive = "archive";
}

#[derive(Model)]
#[model(table = "old_posts", database = Archive)]
pub struct OldPost {
    #[field(primary_key)]
    pub id: i64,
}

#[get("/")]
async fn index() -> &'static str {
    "Hello"
}

routes! { Urls: index }

#[derive(App)]
#[app(routes = Urls, models = [OldPost])]
struct Site {
    db: Db,
}

fn main() {}

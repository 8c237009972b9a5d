// Models of an application that has no database.
use hyperdjango::prelude::*;

#[derive(Model)]
pub struct Post {
    #[field(primary_key)]
    pub id: i64,
}

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls, models = [Post])]
pub struct Site;

fn main() {}

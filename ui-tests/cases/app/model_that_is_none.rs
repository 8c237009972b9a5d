// A type among the models that is none.
use hyperdjango::prelude::*;

pub struct Post;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = Urls, models = [Post])]
pub struct Site {
    db: Db,
}

fn main() {}

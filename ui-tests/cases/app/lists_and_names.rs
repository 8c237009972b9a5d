// Lists where a name is wanted, names where a list is, and an option twice.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() {}

routes! { pub Urls: index }

#[derive(App)]
#[app(routes = [index])]
pub struct ListOfRoutes;

#[derive(App)]
#[app(routes = "urls")]
pub struct NameOfRoutes;

#[derive(App)]
#[app(routes = Urls, middleware = Timing)]
pub struct OneMiddleware;

#[derive(App)]
#[app(routes = Urls, models = Post)]
pub struct OneModel;

#[derive(App)]
#[app(routes = Urls, middleware = ["hyperdjango.middleware.Timing"])]
pub struct Names;

#[derive(App)]
#[app(routes = Urls, routes = Urls)]
pub struct Twice;

fn main() {}

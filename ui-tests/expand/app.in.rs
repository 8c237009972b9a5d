#[derive(App)]
#[app(routes = Urls, models = [User, blog::Post], middleware = [SecurityHeaders, Cors::any()], on_error = failed, setup = fill, benchmarks = [front_page, data::by_author])]
pub struct Site {
    db: Db,
    mailer: Mailer,
}

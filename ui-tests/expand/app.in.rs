#[derive(App)]
#[app(routes = Urls, models = [User, blog::Post], setup = fill)]
pub struct Site {
    db: Db,
    mailer: Mailer,
}

// `url!` where the root of the crate names no set.
use hyperdjango::prelude::*;

mod site {
    use hyperdjango::prelude::*;

    #[get("/")]
    pub async fn index() -> String {
        url!(index()).to_string()
    }

    routes! { pub Urls: index }
}

#[derive(App)]
#[app(routes = site::Urls)]
pub struct Site;

fn main() {}

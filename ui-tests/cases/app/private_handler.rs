// A handler that is private in its module.
use hyperdjango::prelude::*;

mod posts {
    use hyperdjango::prelude::*;

    #[get("/posts")]
    async fn list() {}
}

routes! { pub Urls: posts::list }

fn main() {}

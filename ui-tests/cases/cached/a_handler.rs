use hyperdjango::prelude::*;

#[cached(ttl = 60)]
#[get("/")]
async fn index(cache: &Cache) -> String {
    String::new()
}

fn main() {}

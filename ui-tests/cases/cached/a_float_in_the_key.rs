use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn cheaper(cache: &Cache, price: f64) -> Vec<String> {
    vec![price.to_string()]
}

fn main() {}

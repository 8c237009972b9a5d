use hyperdjango::prelude::*;

#[cached(ttl = 60)]
async fn shown<T: ToString>(cache: &Cache, value: T) -> String {
    value.to_string()
}

fn main() {}

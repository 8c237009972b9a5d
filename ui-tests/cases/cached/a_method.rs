use hyperdjango::prelude::*;

struct Site(i32);

impl Site {
    #[cached(ttl = 60)]
    async fn double(&self, cache: &Cache) -> i32 {
        self.0 * 2
    }
}

fn main() {}

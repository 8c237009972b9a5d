// A handler with `self`.
use hyperdjango::prelude::*;

pub struct Site;

impl Site {
    #[get("/")]
    async fn index(&self) {}
}

fn main() {}

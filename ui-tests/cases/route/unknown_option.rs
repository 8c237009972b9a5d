// An option nobody knows.
use hyperdjango::prelude::*;

#[get("/", boxd)]
async fn index() {}

fn main() {}

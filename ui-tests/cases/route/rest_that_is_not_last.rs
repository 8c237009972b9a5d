// The rest of the path, and something after it.
use hyperdjango::prelude::*;

#[get("/files/{*path}/raw")]
async fn show(path: String) {
    let _ = path;
}

fn main() {}

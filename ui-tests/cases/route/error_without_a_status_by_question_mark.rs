// An error that says nothing of its status, passed on.
use hyperdjango::prelude::*;

#[get("/")]
async fn index() -> Result<String> {
    let n: i32 = "1".parse()?;
    Ok(n.to_string())
}

fn main() {}

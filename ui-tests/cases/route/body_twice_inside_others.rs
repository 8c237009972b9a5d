// Two arguments that read the body, both inside others.
use hyperdjango::http::MultipartStream;
use hyperdjango::prelude::*;

#[post("/notes")]
async fn add(text: Option<Text<String>>, parts: Result<MultipartStream>) {
    let _ = (text, parts);
}

fn main() {}

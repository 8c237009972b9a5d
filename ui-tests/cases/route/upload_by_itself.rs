// A file as an argument: it is a field of a form.
use hyperdjango::prelude::*;

#[post("/pictures")]
async fn add(picture: Upload) {
    let _ = picture;
}

fn main() {}

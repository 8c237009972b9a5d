// A form with files where there is no body.
use hyperdjango::prelude::*;

#[derive(serde::Deserialize)]
#[serde(crate = "hyperdjango::serde")]
pub struct Picture {
    pub picture: Upload,
}

#[get("/pictures")]
async fn add(form: Multipart<Picture>) {
    let _ = form;
}

fn main() {}

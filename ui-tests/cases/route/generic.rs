// A generic handler.
use hyperdjango::prelude::*;

#[get("/{id}")]
async fn show<T: PathParam>(id: T) {
    let _ = id;
}

fn main() {}

// A generic handler.
use hyperdjango::prelude::*;

#[get("/{id}")]
async fn show<T: PathParam>(id: T) {}

fn main() {}

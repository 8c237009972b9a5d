// Handlers that are unsafe and for another language.
use hyperdjango::prelude::*;

#[get("/a")]
async unsafe fn a() {}

#[get("/b")]
extern "C" fn b() {}

fn main() {}

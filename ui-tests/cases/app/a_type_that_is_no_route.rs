// A type among the routes.
use hyperdjango::prelude::*;

pub struct Index;

routes! { pub Urls: Index }

fn main() {}

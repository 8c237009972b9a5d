// Routes that `routes!` did not make.
use hyperdjango::prelude::*;

pub struct Urls;

#[derive(App)]
#[app(routes = Urls)]
pub struct Site;

fn main() {}

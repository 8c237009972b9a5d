// An application without routes.
use hyperdjango::prelude::*;

#[derive(App)]
pub struct Site;

fn main() {}

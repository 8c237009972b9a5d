// A test that wants something nobody can make.
use hyperdjango::prelude::*;

#[hyperdjango::test]
async fn a_row_is_there(db: Db) {
    let _ = db;
}

fn main() {}

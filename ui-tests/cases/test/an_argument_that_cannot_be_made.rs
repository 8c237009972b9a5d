// A test that wants what nobody can make; this build has no tests, hence the other name of the attribute.
use hyperdjango::prelude::*;

#[hyperdjango::__test_in_docs]
async fn a_row_is_there(db: Db) {
    let _ = db;
}

fn main() {}

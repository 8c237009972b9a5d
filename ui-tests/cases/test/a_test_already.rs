// A test that is two.
#[hyperdjango::test]
#[test]
async fn it_greets() {}

fn main() {}

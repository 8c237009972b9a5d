// A test of two runtimes.
use hyperdjango::prelude as tokio;

#[hyperdjango::test]
#[tokio::test]
async fn it_greets() {}

fn main() {}

// A test whose attribute has settings.
#[hyperdjango::test(settings = [("GREETING", "Hi")])]
async fn it_greets() {}

fn main() {}

// A choice is compared with a choice, not with its text.
use hyperdjango::prelude::*;

#[derive(Choices, Debug)]
enum Status {
    Draft,
    Published,
}

#[derive(Model)]
struct Page {
    #[field(primary_key)]
    id: i64,
    status: Status,
}

fn main() {
    let _ = Page::objects().filter(Page.status.eq("draft"));
}

// A foreign key to a table on another server.
use hyperdjango::prelude::*;

hyperdjango::database! {
    pub Archive = "archive";
}

#[derive(Model)]
#[model(table = "users")]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
#[model(table = "old_posts", database = Archive)]
pub struct OldPost {
    #[field(primary_key)]
    pub id: i64,
    pub author: ForeignKey<User>,
}

fn main() {}

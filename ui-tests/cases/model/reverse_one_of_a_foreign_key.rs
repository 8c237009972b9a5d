//! Asks for the one row of a foreign key that many rows can share.

use hyperdjango::prelude::*;

#[derive(Model)]
#[model(reverse_one(profile = Profile.user))]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
}

#[derive(Model)]
pub struct Profile {
    #[field(primary_key)]
    pub id: i64,
    pub user: ForeignKey<User>,
}

fn main() {}

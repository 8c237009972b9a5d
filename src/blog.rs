//! The models of the documentation's examples, so that each need not repeat them.

/// Imports the prelude and declares `User` and `Post`.
#[doc(hidden)]
#[macro_export]
macro_rules! __blog {
    () => {
        use ::hyperdjango::prelude::*;

        #[derive(Model)]
        #[model(table = "users")]
        pub struct User {
            #[field(primary_key)]
            pub id: i64,
            pub name: String,
        }

        #[derive(Model)]
        #[model(table = "posts")]
        pub struct Post {
            #[field(primary_key)]
            pub id: i64,
            pub title: String,
            pub url: Option<String>,
            pub author: ForeignKey<User>,
            #[field(default = 0)]
            pub score: i32,
        }
    };
}

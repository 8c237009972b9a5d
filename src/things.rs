//! A model of the documentation's examples with an array, a range and other types of PostgreSQL's own.

/// Imports the prelude and declares `Thing`.
#[doc(hidden)]
#[macro_export]
macro_rules! __things {
    () => {
        use ::hyperdjango::prelude::*;

        #[derive(Model)]
        #[model(table = "things")]
        pub struct Thing {
            #[field(primary_key)]
            pub id: i64,
            pub tags: Vec<String>,
            pub ages: ::hyperdjango::orm::field::Range<i32>,
            pub address: ::std::net::IpAddr,
            pub words: ::hyperdjango::orm::field::TsVector,
            pub shown: DateTime,
        }
    };
}

//! A model of the documentation's examples with times, numbers and JSON.

/// Imports the prelude and declares `Event`.
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    () => {
        use ::hyperdjango::prelude::*;

        #[derive(Model)]
        #[model(table = "events")]
        pub struct Event {
            #[field(primary_key)]
            pub id: i64,
            pub name: String,
            pub starts: Timestamp,
            pub ends: Option<Timestamp>,
            pub day: Date,
            pub seats: i32,
            pub price: f64,
            pub data: ::hyperdjango::serde_json::Value,
        }
    };
}

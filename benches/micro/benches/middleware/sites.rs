//! One application for each list of middleware, with one route.

use hyperdjango::prelude::*;

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    "Hello, World!"
}

routes! { pub(crate) Urls: plaintext }

macro_rules! sites {
    ($($site:ident [$($layer:ident),*])*) => { $(
        pub(crate) mod $site {
            #[allow(unused_imports)]
            use hyperdjango::middleware::{
                AccessLog, Compression, ConditionalGet, Cors, LoadShedding, RequestIds, SecurityHeaders, Timeout,
                Timing, TrustedHosts,
            };
            use hyperdjango::prelude::*;

            use super::Urls;

            #[derive(App)]
            #[app(routes = Urls, middleware = [$($layer),*])]
            pub(crate) struct Site;
        }
    )* };
}

sites! {
    none []
    security_headers [SecurityHeaders]
    timing [Timing]
    cors [Cors]
    request_ids [RequestIds]
    access_log [AccessLog]
    stack [AccessLog, RequestIds, SecurityHeaders, Timing, Cors]
    load_shedding [LoadShedding]
    trusted_hosts [TrustedHosts]
    timeout [Timeout]
    compression [Compression]
    conditional_get [ConditionalGet]
    all [
        AccessLog, RequestIds, SecurityHeaders, Timing, LoadShedding, TrustedHosts, Cors, Compression, ConditionalGet,
        Timeout
    ]
}

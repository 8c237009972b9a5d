//! What load balancers ask.

use hyper_core::health::Readiness;
use serde::Serialize;

use crate::prelude::*;

/// What no cache is to keep.
type Answer<T> = (StatusCode, [(&'static str, &'static str); 1], Json<T>);

const NOT_KEPT: [(&str, &str); 1] = [("cache-control", "no-store")];

#[derive(Debug, Serialize)]
pub(super) struct Live {
    status: &'static str,
}

/// Says that the process serves. It asks nobody.
#[get("/health")]
async fn live() -> Answer<Live> {
    (StatusCode::OK, NOT_KEPT, Json(Live { status: "ok" }))
}

/// Says whether the process should be sent requests, and if not, why.
#[get("/ready")]
async fn ready(readiness: Readiness) -> Answer<health::ReadyReport> {
    answer(readiness).await
}

/// The same as `/ready`, under the name that HyperDjango's guides have.
#[get("/health/ready")]
async fn health_ready(readiness: Readiness) -> Answer<health::ReadyReport> {
    answer(readiness).await
}

async fn answer(readiness: Readiness) -> Answer<health::ReadyReport> {
    let report = readiness.report().await;
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, NOT_KEPT, Json(report))
}

use hyper_core::health;

routes! { pub Urls: live, ready, health_ready }

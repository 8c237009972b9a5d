//! The record of a request.

use std::fmt;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use hyperdjango::http::Method;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{all, ask, get, site};

/// Collects records.
#[derive(Clone)]
struct Collector(Arc<Mutex<Vec<String>>>, &'static str);

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == self.1
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(format!("{}{}", event.metadata().level(), fields.0));
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = match field.name() {
            "duration_ms" => "..".to_owned(),
            _ => format!("{value:?}"),
        };
        self.0.push_str(&format!(" {}={value}", field.name()));
    }
}

impl Collector {
    /// Of records of this target.
    fn of(target: &'static str) -> Self {
        Self(Arc::default(), target)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn one_record_a_request_and_nothing_secret_in_it() {
    let collector = Collector::of("hyperdjango::access");
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[("REQUEST_ID_TRUSTED", "true")]).await;
    let headers = [("x-request-id", "7"), ("authorization", "secret"), ("cookie", "secret")];
    let _ = get(site, "/long/12?password=secret", &headers).await;
    let _ = ask(site, Method::HEAD, "/long/12", &headers, "").await;
    let _ = ask(site, Method::POST, "/nowhere%20else", &headers, "secret").await;
    let end = r#"duration_ms=.. bytes=12 queries=0 client="127.0.0.1" request_id="7""#;
    let records = collector.take();
    assert_eq!(
        records[0],
        format!(r#"INFO method=GET path="/long/12" route="/long/{{length}}" status=200 {end}"#)
    );
    assert_eq!(records[1], records[0].replace("GET", "HEAD").replace("bytes=12", "bytes=0"));
    assert!(records[2].starts_with(r#"INFO method=POST path="/nowhere%20else" status=404"#), "{records:?}");
    assert_eq!(records.len(), 3);
}

#[tokio::test]
async fn a_stream_is_logged_at_its_end() {
    let collector = Collector::of("hyperdjango::access");
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[]).await;
    let response = get(site, "/lines", &[]).await;
    assert_eq!((collector.take().len(), all(&response, "content-type")), (0, "application/x-ndjson".into()));
    let mut body = http_body_util::BodyDataStream::new(response.into_body());
    while let Some(piece) = body.next().await {
        piece.unwrap();
    }
    drop(body);
    let records = collector.take();
    assert!(
        records.len() == 1 && records[0].contains(r#"route="/lines" status=200 duration_ms=.. bytes=16"#),
        "{records:?}"
    );
    // A client that is gone after the first piece has had that.
    let response = get(site, "/lines", &[]).await;
    let mut body = http_body_util::BodyDataStream::new(response.into_body());
    body.next().await.unwrap().unwrap();
    drop(body);
    assert!(collector.take()[0].contains("bytes=8"));
}

/// Probers ask so often that nobody finds the others.
#[tokio::test]
async fn paths_that_are_excluded_are_logged_only_when_they_fail() {
    let collector = Collector::of("hyperdjango::access");
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[("ACCESS_LOG_EXCLUDE", "/long/12, /fails")]).await;
    let _ = get(site, "/long/12?page=1", &[]).await;
    assert!(collector.take().is_empty());
    let _ = get(site, "/long/13", &[]).await;
    let _ = get(site, "/fails", &[]).await;
    let records = collector.take();
    assert!(records.len() == 2 && records[1].contains("status=500"), "{records:?}");
}

#[tokio::test]
async fn an_error_is_logged_with_the_id_of_its_request() {
    let collector = Collector::of("hyper_core::http::failure");
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[("REQUEST_ID_TRUSTED", "true")]).await;
    let _ = get(site, "/fails", &[("x-request-id", "7")]).await;
    let records = collector.take();
    assert!(
        records.len() == 1 && records[0].contains(r#"path="/fails" request_id=7 causes="on purpose""#),
        "{records:?}"
    );
}

//! The record of a request.

use std::fmt;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use hyperdjango::http::Method;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{all, ask, get, site};

/// Collects the records of requests.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<String>>>);

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hyperdjango::access"
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
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn one_record_a_request_and_nothing_secret_in_it() {
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[("REQUEST_ID_TRUSTED", "true")]).await;
    let headers = [("x-request-id", "7"), ("authorization", "secret"), ("cookie", "secret")];
    let _ = get(site, "/long/12?password=secret", &headers).await;
    let _ = ask(site, Method::HEAD, "/long/12", &headers, "").await;
    let _ = ask(site, Method::POST, "/nowhere%20else", &headers, "secret").await;
    let end = r#"duration_ms=.. bytes=12 client="in process" request_id="7""#;
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
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(collector.clone());
    let site = site(&[]).await;
    let response = get(site, "/events", &[]).await;
    assert_eq!((collector.take().len(), all(&response, "content-type")), (0, "text/event-stream".into()));
    let mut body = http_body_util::BodyDataStream::new(response.into_body());
    while let Some(piece) = body.next().await {
        piece.unwrap();
    }
    drop(body);
    let records = collector.take();
    assert!(
        records.len() == 1 && records[0].contains(r#"route="/events" status=200 duration_ms=.. bytes=18"#),
        "{records:?}"
    );
    // A client that is gone after the first piece has had that.
    let response = get(site, "/events", &[]).await;
    let mut body = http_body_util::BodyDataStream::new(response.into_body());
    body.next().await.unwrap().unwrap();
    drop(body);
    assert!(collector.take()[0].contains("bytes=9"));
}

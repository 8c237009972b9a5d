//! Answers that take long, go on, hold their thread or are no HTTP.

use std::time::Duration;

use hyperdjango::http::{Body, BoxError, Upgrade};
use hyperdjango::prelude::*;
use hyperdjango::server::Stopping;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Gate;

/// A line each millisecond.
fn ticks() -> impl futures_util::Stream<Item = Result<hyperdjango::http::Bytes, BoxError>> {
    futures_util::stream::unfold((), async |()| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Some((Ok("tick\n".into()), ()))
    })
}

/// Ends by itself when the server stops.
#[get("/ticks")]
pub(crate) async fn listening(stopping: Stopping) -> Response {
    Response::new(Body::stream(stopping.until(ticks())))
}

/// An event, and then none for ever.
#[get("/events")]
pub(crate) async fn events() -> Sse<impl futures_util::Stream<Item = Event> + Send + 'static> {
    Sse::produce(|events| async move {
        events.send(Event::data("begun")).await?;
        std::future::pending::<()>().await;
        Ok(())
    })
}

/// Goes on whatever happens.
#[get("/deaf")]
pub(crate) async fn deaf() -> Response {
    Response::new(Body::stream(ticks()))
}

/// Holds its thread, as no handler should, until the test or `/let_go` lets it go.
#[get("/hold")]
pub(crate) async fn hold(gate: &Gate) -> &'static str {
    gate.hold();
    "held"
}

#[get("/let_go")]
pub(crate) async fn let_go(gate: &Gate) {
    gate.let_go();
}

/// Which thread answers.
#[get("/thread")]
pub(crate) async fn thread() -> String {
    format!("{:?}", std::thread::current().name())
}

/// How the request came.
pub(crate) struct Came(String);

impl FromRequest for Came {
    async fn from_request(request: &mut Request) -> Result<Self> {
        let scheme = if request.is_secure() { "https" } else { "http" };
        let host = request.header("host").unwrap_or("nowhere");
        Ok(Self(format!("{:?} {scheme}://{host}{}", request.version(), request.path())))
    }
}

#[get("/came")]
pub(crate) async fn came(came: Came) -> String {
    came.0
}

/// Says what it is told, until it is told nothing more or the server stops.
#[get("/upgrade")]
pub(crate) async fn upgrade(upgrade: Upgrade) -> Response {
    upgrade.to("echo", |mut io| async move {
        let mut buffer = [0; 1024];
        let stopping = io.stopping().clone();
        loop {
            let said = match stopping.or(io.read(&mut buffer)).await {
                Some(Ok(count @ 1..)) => &buffer[..count],
                None => b"bye",
                Some(_) => return,
            };
            let last = said == b"bye";
            if io.write_all(said).await.is_err() || io.flush().await.is_err() || last {
                return;
            }
        }
    })
}

/// Listens to its client, and to nobody else.
#[get("/upgrade/deaf")]
pub(crate) async fn deaf_upgrade(upgrade: Upgrade) -> Response {
    upgrade.to("echo", |mut io| async move { while let Ok(1..) = io.read(&mut [0; 64]).await {} })
}

routes! { pub(crate) Urls: listening, events, deaf, hold, let_go, thread, came, upgrade, deaf_upgrade }

//! HTTP/2 by prior knowledge, asked by the h2 crate's client.

use std::io::Write;
use std::sync::atomic::Ordering::SeqCst;

use h2::client::SendRequest;
use http::{Method, Request, Response};
use hyperdjango::http::Bytes;
use hyperdjango::tokio::net::TcpStream;

use crate::served::Served;

/// A client on a connection of its own.
pub(crate) async fn client<T>(io: T) -> SendRequest<Bytes>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = h2::client::handshake(io).await.unwrap();
    // How it ends is seen by who asks.
    tokio::spawn(async move { drop(connection.await) });
    client
}

async fn connect(served: &Served) -> SendRequest<Bytes> {
    client(TcpStream::connect(("127.0.0.1", served.port)).await.unwrap()).await
}

pub(crate) fn get(path: &str) -> Request<()> {
    Request::get(format!("http://site.test{path}")).body(()).unwrap()
}

/// The answer and its body.
pub(crate) async fn ask(
    client: &SendRequest<Bytes>,
    request: Request<()>,
    body: Option<&'static [u8]>,
) -> Result<(Response<()>, Vec<u8>), h2::Error> {
    let mut client = client.clone().ready().await?;
    let (answer, mut sending) = client.send_request(request, body.is_none())?;
    if let Some(body) = body {
        sending.send_data(Bytes::from_static(body), true)?;
    }
    let (head, mut stream) = answer.await?.into_parts();
    let mut read = Vec::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        stream.flow_control().release_capacity(data.len())?;
        read.extend_from_slice(&data);
    }
    Ok((Response::from_parts(head, ()), read))
}

#[test]
fn requests_are_answered_side_by_side() {
    for model in ["shared", "per_core"] {
        let served = Served::with(&[("HTTP_SERVER_MODEL", model)]);
        served.runtime.block_on(async {
            let client = connect(&served).await;
            let waits = {
                let client = client.clone();
                tokio::spawn(async move { ask(&client, get("/wait"), None).await.unwrap().1 })
            };
            while served.site.gate.entered.load(SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            let (answer, body) = ask(&client, get("/long/came"), None).await.unwrap();
            assert_eq!(body, b"HTTP/2.0 http://site.test/long/came");
            assert_eq!((answer.status().as_u16(), answer.headers().get("connection")), (200, None));
            assert_eq!(answer.headers()["content-length"], "35");
            let post = Request::post("http://site.test/echo").body(()).unwrap();
            assert_eq!(ask(&client, post, Some(b"a body")).await.unwrap().1, b"a body");
            assert_eq!(ask(&client, get("/stream"), None).await.unwrap().1, b"one two three");
            assert_eq!(ask(&client, get("/large"), None).await.unwrap().1.len(), 32 << 20);
            assert_eq!(ask(&client, get("/nowhere"), None).await.unwrap().0.status(), 404);
            assert_eq!(ask(&client, get("/panic"), None).await.unwrap().0.status(), 500);
            let head = Request::builder().method(Method::HEAD).uri("http://t/").body(()).unwrap();
            let (answer, body) = ask(&client, head, None).await.unwrap();
            assert_eq!((answer.headers()["content-length"].to_str().unwrap(), body.len()), ("5", 0));
            served.site.gate.open.add_permits(1);
            assert_eq!(waits.await.unwrap(), b"waited");
            assert_eq!(served.server().stats().accepted, 1, "all on one connection");
        });
    }
}

#[test]
fn a_method_that_begins_like_the_preface_is_a_method() {
    let served = Served::new();
    // What becomes of it in pieces is tested where it is found out.
    assert_eq!(served.ask("PRI * HTTP/1.1\r\nhost: t\r\n\r\n").status, 404);
    assert_eq!(served.ask("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\nhi").body, "hi");
}

#[test]
fn limits_hold_for_each_stream() {
    let served = Served::with(&[("MAX_BODY_SIZE", "1000"), ("BODY_TIMEOUT", "1"), ("SEND_TIMEOUT", "2")]);
    served.runtime.block_on(async {
        let client = connect(&served).await;
        let post = || Request::post("http://t/echo").body(()).unwrap();
        static LARGE: [u8; 1001] = [b'x'; 1001];
        let (answer, _) = ask(&client, post(), Some(&LARGE)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers().get("connection")), (413, None));
        // A body that never ends, while others are answered.
        let mut ready = client.clone().ready().await.unwrap();
        let (slow, mut sending) = ready.send_request(post(), false).unwrap();
        sending.send_data(Bytes::from_static(b"abc"), false).unwrap();
        assert_eq!(ask(&client, get("/"), None).await.unwrap().1, b"Hello");
        assert_eq!(slow.await.unwrap().status(), 408);
        assert_eq!(ask(&client, get("/"), None).await.unwrap().1, b"Hello");
        // Fields together larger than 8 KiB.
        let large = Request::get("http://t/").header("x-large", "x".repeat(9000)).body(()).unwrap();
        assert_eq!(ask(&client, large, None).await.unwrap().0.status(), 431);
        // An answer that is not taken ends the connection.
        let mut ready = client.clone().ready().await.unwrap();
        let (answer, _) = ready.send_request(get("/large"), true).unwrap();
        let (_, mut stream) = answer.await.unwrap().into_parts();
        while let Some(Ok(_)) = stream.data().await {}
        assert!(ask(&client, get("/"), None).await.is_err());
    });
}

#[test]
fn streams_that_are_taken_back_leave_nothing() {
    let served = Served::new();
    served.runtime.block_on(async {
        let client = connect(&served).await;
        for number in 1..=3 {
            let mut ready = client.clone().ready().await.unwrap();
            let (answer, mut stream) = ready.send_request(get("/wait"), true).unwrap();
            while served.site.gate.entered.load(SeqCst) < number {
                tokio::task::yield_now().await;
            }
            stream.send_reset(h2::Reason::CANCEL);
            drop(answer);
            while served.site.gate.left.load(SeqCst) < number {
                tokio::task::yield_now().await;
            }
        }
        served.site.gate.open.add_permits(1);
        assert_eq!(ask(&client, get("/wait"), None).await.unwrap().1, b"waited");
    });
}

#[test]
fn it_stops_by_goaway() {
    let mut served = Served::with(&[("DRAIN_TIMEOUT", "20")]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (idle, busy, waits) = runtime.block_on(async {
        let (idle, busy) = (connect(&served).await, connect(&served).await);
        assert_eq!(ask(&idle, get("/"), None).await.unwrap().1, b"Hello");
        let of_busy = busy.clone();
        let waits = tokio::spawn(async move { ask(&of_busy, get("/wait"), None).await.unwrap().1 });
        (idle, busy, waits)
    });
    served.wait_until_entered(1);
    let stopped = served.stop();
    runtime.block_on(async {
        while ask(&idle, get("/"), None).await.is_ok() {}
        while busy.clone().ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
        served.site.gate.open.add_permits(1);
        assert_eq!(waits.await.unwrap(), b"waited");
        assert_eq!(stopped.await.unwrap().cut, 0);
    });
}

#[test]
fn a_stream_that_does_not_end_is_cut() {
    let mut served = Served::with(&[("DRAIN_TIMEOUT", "1")]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (client, waits) = runtime.block_on(async {
        let client = connect(&served).await;
        let asking = client.clone();
        (client, tokio::spawn(async move { ask(&asking, get("/wait"), None).await }))
    });
    served.wait_until_entered(1);
    let stopped = served.stop();
    runtime.block_on(async {
        assert_eq!(stopped.await.unwrap().cut, 1);
        assert!(waits.await.unwrap().is_err());
        assert!(ask(&client, get("/"), None).await.is_err());
    });
}

#[test]
fn an_idle_connection_is_closed() {
    let served = Served::with(&[("KEEP_ALIVE_TIMEOUT", "1")]);
    served.runtime.block_on(async {
        let (mut client, connection) =
            h2::client::handshake(TcpStream::connect(("127.0.0.1", served.port)).await.unwrap())
                .await
                .unwrap();
        let ended = tokio::spawn(connection);
        let (answer, _) = client.send_request(get("/"), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
        drop(client.ready().await);
        ended.await.unwrap().unwrap();
    });
    while served.server().stats().connections > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn what_only_begins_like_http2_is_let_go() {
    let served = Served::new();
    let mut client = served.connect();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    client.send([0xff; 64]);
    client.rest();
    let mut client = served.connect();
    client.0.write_all(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n").unwrap();
    assert_eq!(client.answer().status, 400);
}

//! Stopping: in this process by its handle, and a process by signals.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use crate::floods::{self, END_HEADERS, END_STREAM, HEADERS, PREFACE, SETTINGS};
use crate::served::{PATIENCE, Served, read_answer, until};
use crate::tls::Files;

#[test]
fn idle_connections_close_at_once_and_requests_finish() {
    let mut served = Served::new();
    let (mut idle, mut fresh, mut busy) = (served.connect(), served.connect(), served.connect());
    idle.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    assert_eq!(idle.answer().status, 200);
    busy.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    let stopped = served.stop();
    assert!(idle.rest().is_empty());
    assert!(fresh.rest().is_empty());
    // A process that another test starts has the socket, too, until it runs its own program.
    until("it goes on accepting", || served.try_connect().is_err());
    assert!(!stopped.is_finished());
    served.site.gate.open.add_permits(1);
    let answer = busy.answer();
    assert_eq!((answer.body.as_str(), answer.header("connection")), ("waited", Some("close")));
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

#[test]
fn half_a_head_is_answered_when_the_rest_comes_and_cut_when_not() {
    for first in [true, false] {
        let mut served =
            Served::with(&[("DRAIN_TIMEOUT", "2"), ("HEADER_TIMEOUT", "600"), ("REST_TIMEOUT", "0")]);
        // Many: some are woken by the stop and by their rest at once.
        let mut clients: Vec<_> = (0..64).map(|_| served.connect()).collect();
        let mut idle = served.connect();
        idle.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
        assert_eq!(idle.answer().body, "Hello");
        if !first {
            for client in &mut clients {
                client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
                assert_eq!(client.answer().body, "Hello");
            }
        }
        until("they rest", || served.server().stats().awake == 0);
        for client in &mut clients {
            client.send("GET / HTTP/1.1\r\nho");
        }
        until("all are read", || served.server().stats().awake == clients.len());
        let stopped = served.stop();
        assert!(idle.rest().is_empty());
        let mut silent = clients.pop().unwrap();
        for client in &mut clients {
            client.send("st: t\r\n\r\n");
        }
        for client in &mut clients {
            let answer = client.answer();
            assert_eq!((answer.body.as_str(), answer.header("connection")), ("Hello", Some("close")));
        }
        assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 1);
        silent.rest();
    }
}

/// Without being stopped.
#[test]
fn dropped_it_accepts_nothing_more_and_connections_go_on() {
    for model in ["shared", "per_core"] {
        let mut served = Served::with(&[("HTTP_SERVER_MODEL", model), ("REST_TIMEOUT", "0")]);
        let mut clients = [served.connect(), served.connect(), served.connect()];
        let [idle, half, busy] = &mut clients;
        idle.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
        assert_eq!(idle.answer().body, "Hello");
        half.send("GET / HTTP/1.1\r\nho");
        busy.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
        served.wait_until_entered(1);
        until("both are read", || served.server().stats().awake == 2);
        served.let_go();
        until("it accepts nothing more", || served.try_connect().is_err());
        half.send("st: t\r\n\r\n");
        served.site.gate.open.add_permits(1);
        assert_eq!(busy.answer().body, "waited", "{model}");
        assert_eq!(half.answer().body, "Hello", "{model}");
        for client in &mut clients {
            client.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
            assert_eq!(client.answer().body, "Hello", "{model}");
        }
    }
}

#[test]
fn what_takes_longer_than_the_drain_timeout_is_counted() {
    let mut served = Served::with(&[("DRAIN_TIMEOUT", "0")]);
    let mut busy = served.connect();
    busy.send("GET /wait HTTP/1.1\r\nhost: t\r\n\r\n");
    served.wait_until_entered(1);
    let stopped = served.stop();
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 1);
}

/// The site as a process on a unix socket, ready when this returns.
fn process(socket: &std::path::Path) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_http-site"))
        .env("BIND", format!("unix:{}", socket.display()))
        .env("SECRET_KEY", "0123456789abcdef0123456789abcdef")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(first.starts_with("Serving ") && first.contains("at unix:"), "{first}");
    // The rest must be read, or the process blocks on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_process_serves_a_unix_socket_and_ends_well_on_signals() {
    for name in ["-TERM", "-INT"] {
        let socket = std::env::temp_dir().join(format!("hyper-http-{}{name}.sock", std::process::id()));
        let mut child = process(&socket);
        let mut busy = UnixStream::connect(&socket).unwrap();
        busy.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
        assert_eq!(read_answer(&mut busy, true).body, "Hello");
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(!socket.exists(), "the file of the socket is removed");
    }
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let socket = std::env::temp_dir().join(format!("hyper-http-{}-two.sock", std::process::id()));
    let mut child = process(&socket);
    let mut busy = UnixStream::connect(&socket).unwrap();
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
    // The request is being handled once a second connection was answered after it.
    let mut probe = UnixStream::connect(&socket).unwrap();
    probe.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
    read_answer(&mut probe, true);
    signal(&child, "-TERM");
    // Draining has begun once the idle connection is closed.
    assert_eq!(std::io::Read::read(&mut probe, &mut [0]).unwrap(), 0);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let _ = std::fs::remove_file(socket);
}

/// A handshake, a stream of HTTP/2, half a head, half a body and an upgraded connection.
#[test]
fn a_process_ends_within_the_drain_time_whatever_is_under_way() {
    let files = Files::new("process");
    let mut child = Command::new(env!("CARGO_BIN_EXE_http-site"))
        .env("PORT", "0")
        .env("SECRET_KEY", "0123456789abcdef0123456789abcdef")
        .env("TLS_CERT", files.path("cert.pem"))
        .env("TLS_KEY", files.path("key.pem"))
        .envs([
            ("DRAIN_TIMEOUT", "1"),
            ("HEADER_TIMEOUT", "600"),
            ("BODY_TIMEOUT", "600"),
            ("SEND_TIMEOUT", "600"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let first = said.next().unwrap();
    let port = first.split_once("https://127.0.0.1:").unwrap().1.split(|c: char| !c.is_ascii_digit()).next();
    let port: u16 = port.unwrap().parse().unwrap();
    let connect = || TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut half_handshake = connect();
    half_handshake.write_all(&[0x16, 3, 1, 2, 0]).unwrap();
    let mut http2 = files.secure(connect(), b"h2");
    let request = floods::frame(HEADERS, END_STREAM | END_HEADERS, 1, &floods::fields("/wait"));
    http2.write_all(&[PREFACE, &floods::frame(SETTINGS, 0, 0, &[]), &request].concat()).unwrap();
    let http1 = |bytes: &str| {
        let mut client = files.secure(connect(), b"http/1.1");
        client.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
        assert_eq!(read_answer(&mut client, true).body, "Hello");
        client.write_all(bytes.as_bytes()).unwrap();
        client
    };
    let half_head = http1("GET / HTTP/1.1\r\nho");
    let half_body = http1("POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc");
    let mut upgraded =
        http1("GET /long/upgrade/deaf HTTP/1.1\r\nhost: t\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
    assert_eq!(read_answer(&mut upgraded, true).status, 101);
    let begun = std::time::Instant::now();
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // Which would be 600 seconds; how busy the machine is matters less.
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    let last = said.last().unwrap();
    // What is only read when the server has begun to stop is closed, not cut.
    assert!(["Stopped; 2", "Stopped; 3", "Stopped; 4"].iter().any(|begin| last.starts_with(begin)), "{last}");
    drop((half_handshake, http2, half_head, half_body, upgraded));
}

#[test]
fn commands_say_what_they_do() {
    let run = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_http-site"));
        let output = command.args(arguments).envs(environment.iter().copied()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, routes, _) = run(&["routes"], &[]);
    assert_eq!(code, Some(0));
    assert!(
        routes.contains("DELETE  /api/v1/users/{user}/keys/{key}  http_site::site::api::remove\n"),
        "{routes}"
    );
    let (code, routes, _) = run(&["routes", "--json", "--sizes"], &[]);
    assert_eq!(code, Some(0));
    let routes: Vec<serde_json::Value> = serde_json::from_str(&routes).unwrap();
    assert!(routes.iter().all(|route| route["future_size"].as_u64().is_some_and(|size| size > 0)));
    assert!(routes.iter().any(|route| route["path"] == "/api/v1/users/{user}/keys/{key}"));
    let (code, _, error) = run(&["routes", "--jsno"], &[]);
    assert_eq!(
        (code, error.as_str()),
        (Some(2), "`routes` has no option `--jsno`; it has `--json` and `--sizes`.\n")
    );
    let (code, _, error) = run(&["migrat"], &[]);
    assert_eq!(code, Some(2));
    assert!(error.starts_with("There is no command `migrat`."), "{error}");
    let (code, _, error) = run(&["serve"], &[("PORT", "http")]);
    assert_eq!(code, Some(1));
    assert!(error.contains("PORT should be a number from 0 to 65535, and is `http`"), "{error}");
    let (code, _, error) = run(&[], &[("SECRET_KEY", ""), ("DEBUG", "false")]);
    assert_eq!(code, Some(1));
    assert!(error.contains("SECRET_KEY is required"), "{error}");
}

//! Listening sockets that a process is started with, and a restart without a gap.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use crate::served::read_answer;

/// The site as a process, ready when this returns with what it said.
fn started(command: &mut Command) -> (Child, String) {
    let mut child =
        command.env("SECRET_KEY", "0123456789abcdef0123456789abcdef").stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    // The rest must be read, or the process blocks on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, first)
}

fn site() -> Command {
    Command::new(env!("CARGO_BIN_EXE_http-site"))
}

/// A process that serves this socket.
fn on_standard_input(listener: &TcpListener, model: &str) -> Child {
    let socket = OwnedFd::from(listener.try_clone().unwrap());
    let command = &mut site();
    let (child, said) = started(command.env("HYPER_FD", "0").env("HTTP_SERVER_MODEL", model).stdin(socket));
    let port = listener.local_addr().unwrap().port();
    assert!(said.contains(&format!("at http://127.0.0.1:{port}")), "{said}");
    child
}

fn terminate(child: &Child) {
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// One process after the other on one socket, with clients that never stop asking on new connections.
#[test]
fn a_restart_refuses_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut serving = on_standard_input(&listener, "shared");
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
            std::thread::spawn(move || {
                while !over.load(Relaxed) {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").unwrap();
                    assert_eq!(read_answer(&mut stream, true).body, "Hello");
                    answered.fetch_add(1, Relaxed);
                }
            })
        })
        .collect();
    for model in ["per_core", "shared", "per_core", "per_core", "shared"] {
        let before = answered.load(Relaxed);
        while answered.load(Relaxed) < before + 100 {
            std::thread::yield_now();
        }
        let next = on_standard_input(&listener, model);
        terminate(&serving);
        assert_eq!(serving.wait().unwrap().code(), Some(0));
        serving = next;
    }
    over.store(true, Relaxed);
    for client in clients {
        client.join().unwrap();
    }
    terminate(&serving);
    serving.wait().unwrap();
}

/// As systemd does it: the socket is descriptor 3, and the variables say so and for whom.
#[test]
fn sockets_of_systemd_are_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let with = |variables: &str| {
        let mut command = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_http-site");
        command.args(["-c", &format!("{variables} exec '{program}' 3<&0 0</dev/null")]);
        command.stdin(OwnedFd::from(listener.try_clone().unwrap())).env("PORT", "0");
        command
    };
    let (mut child, said) = started(&mut with("LISTEN_FDS=1 LISTEN_PID=$$"));
    assert!(said.contains(&format!("at http://{address}")), "{said}");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n").unwrap();
    assert_eq!(read_answer(&mut stream, true).body, "Hello");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));

    let (mut child, said) = started(&mut with("LISTEN_FDS=1 LISTEN_PID=1"));
    assert!(!said.contains(&address.to_string()), "it was for another process: {said}");
    terminate(&child);
    child.wait().unwrap();
}

#[test]
fn what_is_no_listening_socket_is_refused() {
    for (value, expected) in [
        ("0", "HYPER_FD is `0`, but standard input is not a listening socket"),
        ("7", "HYPER_FD should be `0`, standard input as the listening socket, and is `7`"),
    ] {
        let mut child = site()
            .env("HYPER_FD", value)
            .env("SECRET_KEY", "0123456789abcdef0123456789abcdef")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert!(said.contains(expected), "{said}");
    }
}

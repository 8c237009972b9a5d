//! Clients that take their time or go away: they hold only themselves, and nothing of them stays.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use crate::served::{Client, Numbers, PATIENCE, Served, until};

/// The limits of these tests, in seconds.
const LIMITS: [(&str, &str); 4] =
    [("HEADER_TIMEOUT", "2"), ("BODY_TIMEOUT", "2"), ("SEND_TIMEOUT", "2"), ("KEEP_ALIVE_TIMEOUT", "15")];

/// Sends a byte at a time, as slowly as it can without being idle, until the server has enough of it.
fn drip(mut client: Client, bytes: &'static [u8]) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        client.0.set_read_timeout(Some(std::time::Duration::from_millis(20))).unwrap();
        let begun = Instant::now();
        let mut answer = Vec::new();
        let mut buffer = [0; 1024];
        for byte in bytes.iter().cycle() {
            assert!(begun.elapsed() < PATIENCE, "the server has endless patience");
            // The read is what it waits by.
            let written = client.0.write_all(&[*byte]);
            match client.0.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    if written.is_err() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        answer
    })
}

#[test]
fn slow_clients_hold_only_themselves_and_end_by_the_limits() {
    let served = Served::with(&LIMITS);
    let mut heads = Vec::new();
    let mut bodies = Vec::new();
    let mut chunks = Vec::new();
    let mut deaf = Vec::new();
    for _ in 0..20 {
        let mut head = served.connect();
        head.send("GET /seen/slow HTTP/1.1\r\nhost: t\r\nx: ");
        heads.push(drip(head, b"abcdefgh"));
        let mut body = served.connect();
        body.send("POST /seen/slow HTTP/1.1\r\nhost: t\r\ncontent-length: 1000000\r\n\r\n");
        bodies.push(drip(body, b"abcdefgh"));
        let mut chunked = served.connect();
        chunked.send("POST /seen/slow HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
        chunks.push(drip(chunked, b"1\r\na\r\n"));
        // Asks for much and reads nothing.
        let mut client = served.connect();
        client.send("GET /large HTTP/1.1\r\nhost: t\r\n\r\n");
        deaf.push(client);
    }
    // As long as any of them is there, others are answered at once.
    let mut other = served.connect();
    let mut asked = 0;
    let crowd = [&heads, &bodies, &chunks];
    while crowd.iter().any(|each| each.iter().any(|thread| !thread.is_finished())) {
        other.send("GET /seen/quick HTTP/1.1\r\nhost: t\r\n\r\n");
        assert_eq!(other.answer().status, 200);
        asked += 1;
    }
    assert!(asked > 50, "others were answered {asked} times only");
    for thread in heads.into_iter().chain(bodies).chain(chunks) {
        let answer = String::from_utf8(thread.join().unwrap()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("too slowly"), "{answer:?}");
    }
    // Those that read nothing are let go in the middle of their answers.
    until("they are not let go", || served.connections() == 1);
    for client in &mut deaf {
        assert!(client.rest().len() < 32 << 20);
    }
    drop(other);
    until("connections stay", || served.connections() == 0);
}

/// What the process has at the moment.
fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The memory of the process, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A request, of which some part is sent and some part of the answer read, until the client is gone.
fn disconnect(served: &Served, numbers: &mut Numbers) -> std::io::Result<()> {
    const REQUESTS: [&str; 8] = [
        "GET / HTTP/1.1\r\nhost: t\r\n\r\n",
        "GET /stream HTTP/1.1\r\nhost: t\r\n\r\nGET / HTTP/1.1\r\nhost: t\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\n0123456789",
        "POST /seen/x HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\ncontent-length: 10\r\n\r\n0123456789",
        "GET /nope HTTP/1.1\r\nhost: t\r\n\r\nnonsense\r\n\r\n",
        "POST /nope HTTP/1.1\r\nhost: t\r\ncontent-length: 100000\r\n\r\nabc",
        "GET /wait HTTP/1.1\r\nhost: t\r\n\r\n",
    ];
    let request = REQUESTS[numbers.below(REQUESTS.len())].as_bytes();
    let mut stream: TcpStream = served.try_connect()?;
    let sent = numbers.below(request.len() + 1);
    stream.write_all(&request[..sent])?;
    match numbers.below(4) {
        // Reads a little, where something comes.
        0 if request.starts_with(b"GET / ") && sent == request.len() => drop(stream.read(&mut [0; 10])?),
        // Resets the connection.
        1 => socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO))?,
        2 => stream.shutdown(std::net::Shutdown::Write)?,
        _ => {}
    }
    Ok(())
}

#[test]
fn clients_that_go_away_leave_nothing() {
    // A process of its own for the test: others open files and take memory, too.
    const ALONE: &str = "HTTP_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "slow::clients_that_go_away_leave_nothing", "--nocapture"])
            .env(ALONE, "1")
            .status()
            .unwrap();
        assert!(status.success(), "{status}");
        return;
    }
    let served = Served::with(&LIMITS);
    let run = |requests: u64, seed: u64| {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let served = &served;
                scope.spawn(move || {
                    let mut numbers = Numbers(seed + thread);
                    for _ in 0..requests / 4 {
                        disconnect(served, &mut numbers).unwrap();
                    }
                });
            }
        });
        until("connections stay", || served.connections() == 0);
        until("tasks stay", || served.tasks() <= 1);
    };
    // What is allocated once is allocated now.
    run(4000, 1);
    let (files, memory) = (open_files(), resident());
    run(20_000, 100);
    until("files stay open", || open_files() <= files);
    let grown = resident().saturating_sub(memory);
    assert!(grown < 16 * 1024, "{grown} KiB more, from {memory}");
    assert_eq!(served.get("/seen/after").status, 200);
}

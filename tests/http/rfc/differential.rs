//! The bytes of every row, sent to the site alone and through proxies: nobody may see another end
//! of a request than the others.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use hyper_tests::{Suite, require};

use super::proxies::Proxy;
use super::{PROBE, PROBED, Row, all};
use crate::served::{PATIENCE, Served};
use crate::site::BROKEN;

/// A site with or without somebody in front.
struct Way {
    name: &'static str,
    served: Served,
    proxy: Option<Proxy>,
}

trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

/// What came of a row.
#[derive(Debug)]
struct Outcome {
    /// The requests that the site saw with all of their bodies.
    seen: Vec<String>,
    /// What the client was sent.
    answers: String,
}

impl Way {
    fn connect(&self) -> Box<dyn Connection> {
        match &self.proxy {
            None => Box::new(self.served.connect().0),
            Some(proxy) => {
                let stream = UnixStream::connect(&proxy.socket).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_write_timeout(Some(PATIENCE)).unwrap();
                Box::new(stream)
            }
        }
    }

    /// Sends the bytes and the probe, and reads until that is answered or the connection closed.
    fn ask(&self, bytes: &[u8], last: &str) -> String {
        let mut connection = self.connect();
        // It may be closed before all is sent.
        let _ = connection.write_all(bytes);
        let mut answers = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match connection.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answers.extend_from_slice(&buffer[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                    break;
                }
                Err(error) => panic!("{}: {error} after {:?}", self.name, String::from_utf8_lossy(&answers)),
            }
            if answers.ends_with(last.as_bytes()) {
                break;
            }
        }
        String::from_utf8_lossy(&answers).into_owned()
    }

    fn outcome(&self, row: &Row, number: usize) -> Outcome {
        let answers = self.ask(&[&row.bytes, PROBE.as_bytes()].concat(), PROBED);
        // Somebody else's requests, on whatever connection to the site is used again.
        for again in 0..3 {
            let own = format!("GET /seen/after-{number}-{again} 0 cbf29ce484222325");
            let ask = format!("GET /seen/after-{number}-{again} HTTP/1.1\r\nhost: t\r\n\r\n");
            let answer = self.ask(ask.as_bytes(), &own);
            assert!(
                answer.starts_with("HTTP/1.1 200") && answer.ends_with(&own),
                "{}: after {} another client was answered {answer}",
                self.name,
                row.name
            );
        }
        let seen = self.served.seen().into_iter().filter(|seen| !seen.contains("/seen/after-"));
        Outcome { seen: seen.collect(), answers }
    }
}

/// Whether two saw the same request. One whose body is refused has no end at all.
fn agree(one: &str, other: &str) -> bool {
    let started = |a: &str, b: &str| a.strip_suffix(BROKEN).is_some_and(|head| b.starts_with(head));
    one == other || started(one, other) || started(other, one)
}

/// What is wrong with the outcomes of a row: a request that the site saw and the client was not
/// answered, or two that saw different requests. To see fewer of them is to refuse the rest.
fn disagreement(outcomes: &[(&str, Outcome)]) -> Option<String> {
    for (name, outcome) in outcomes {
        let mut rest = outcome.answers.as_str();
        for seen in &outcome.seen {
            if seen.starts_with("HEAD") || seen.ends_with(BROKEN) {
                continue;
            }
            let Some(at) = rest.find(seen.as_str()) else {
                return Some(format!("{name}: the site saw {seen}, and the client was not answered"));
            };
            rest = &rest[at + seen.len()..];
        }
    }
    for (i, (one, a)) in outcomes.iter().enumerate() {
        for (other, b) in &outcomes[i + 1..] {
            if a.seen.iter().zip(&b.seen).any(|(a, b)| !agree(a, b)) {
                return Some(format!("{one} saw {:?}, {other} {:?}", a.seen, b.seen));
            }
        }
    }
    None
}

#[test]
fn no_proxy_disagrees_on_where_a_request_ends() {
    if !require(Suite::Proxies) {
        return;
    }
    let site_behind = |start: &dyn Fn(u16) -> Proxy, name| {
        let served = Served::new();
        let proxy = Some(start(served.port));
        Way { name, served, proxy }
    };
    let ways = [
        Way {
            name: "alone",
            served: Served::with(&[("HEADER_TIMEOUT", "1"), ("BODY_TIMEOUT", "1")]),
            proxy: None,
        },
        site_behind(&|port| Proxy::nginx(port, true), "nginx"),
        site_behind(&|port| Proxy::nginx(port, false), "nginx, unbuffered"),
        site_behind(&Proxy::haproxy, "HAProxy"),
    ];
    let rows = all();
    let outcomes: Vec<Vec<Outcome>> = std::thread::scope(|scope| {
        let asked: Vec<_> = ways
            .iter()
            .map(|way| {
                let rows = &rows;
                scope.spawn(move || {
                    rows.iter().enumerate().map(|(i, (_, row))| way.outcome(row, i)).collect::<Vec<_>>()
                })
            })
            .collect();
        asked.into_iter().map(|way| way.join().unwrap()).collect()
    });
    let mut outcomes: Vec<_> = outcomes.into_iter().map(Vec::into_iter).collect();
    let mut wrong = Vec::new();
    let mut passed = 0;
    for (table, row) in &rows {
        let each: Vec<_> = ways
            .iter()
            .zip(&mut outcomes)
            .map(|(way, outcomes)| (way.name, outcomes.next().unwrap()))
            .collect();
        if std::env::var_os("SHOW_OUTCOMES").is_some() {
            for (name, outcome) in &each {
                println!("{table}: {}: {name}: {:?}", row.name, outcome.seen);
            }
        }
        passed += usize::from(each.iter().all(|(_, outcome)| !outcome.seen.is_empty()));
        if let Some(why) = disagreement(&each) {
            wrong.push(format!("{table}, {}: {why}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(passed > 30, "the proxies work at all: {passed} rows");
}

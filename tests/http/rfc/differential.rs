//! The bytes of every row, sent to the site alone and through proxies: nobody may see another end
//! of a request than the others.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;

use hyper_tests::{Proxy, Suite, require};

use super::{PROBE, PROBED, Row, all};
use crate::served::{Numbers, PATIENCE, Served};
use crate::site::BROKEN;

/// A site with or without somebody in front.
struct Way {
    name: &'static str,
    served: Served,
    proxy: Option<Proxy>,
}

trait Connection: Read + Write {
    /// Says that nothing more comes, if that is not taken for going away.
    fn finish(&self) {}
}

impl Connection for UnixStream {}

impl Connection for TcpStream {
    fn finish(&self) {
        // It may be closed already.
        let _ = self.shutdown(Shutdown::Write);
    }
}

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
        connection.finish();
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

impl Outcome {
    /// What each answer says that the site saw; nothing where it was refused, or has no body.
    fn answered(&self) -> Vec<Option<&str>> {
        let mut parts = self.answers.split("HTTP/1.");
        // An answer to HTTP/0.9 has no head.
        let bare = parts.next().filter(|body| !body.is_empty());
        let is_final = |part: &&str| matches!(part.as_bytes(), [b'0' | b'1', b' ', b'2'..=b'9', ..]);
        let body =
            |part: &'_ str| part.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned());
        let bodies = parts.filter(is_final).map(body);
        // Behind it may be another answer without a head; the hash at its end has a fixed length.
        let seen = |body: String| self.seen.iter().find(|seen| body.starts_with(*seen)).map(String::as_str);
        bare.map(str::to_owned).into_iter().chain(bodies).map(seen).collect()
    }
}

/// What is wrong with the outcomes of a row: a request that the site saw and the client was not
/// answered, or answers in the same place to different requests. To refuse a request is always right.
fn disagreement(outcomes: &[(&str, Outcome)]) -> Option<String> {
    for (name, outcome) in outcomes {
        let whole = |seen: &&String| !seen.starts_with("HEAD") && !seen.ends_with(BROKEN);
        if !outcome.seen.iter().filter(whole).eq(outcome.answered().into_iter().flatten()) {
            return Some(format!(
                "{name}: the site saw {:?}, and the client {:?}",
                outcome.seen, outcome.answers
            ));
        }
    }
    for (i, (one, a)) in outcomes.iter().enumerate() {
        for (other, b) in &outcomes[i + 1..] {
            let differ = |(a, b): (Option<&str>, Option<&str>)| a.is_some() && b.is_some() && a != b;
            if a.answered().into_iter().zip(b.answered()).any(differ) {
                return Some(format!("{one} saw {:?}, {other} {:?}", a.seen, b.seen));
            }
        }
    }
    None
}

/// The site alone, behind nginx in two ways, and behind HAProxy.
fn ways() -> [Way; 4] {
    let behind = |name, start: &dyn Fn(u16) -> Proxy| {
        let served = Served::new();
        let proxy = Some(start(served.port));
        Way { name, served, proxy }
    };
    [
        Way { name: "alone", served: Served::new(), proxy: None },
        behind("nginx", &|port| Proxy::nginx(port, true)),
        behind("nginx, unbuffered", &|port| Proxy::nginx(port, false)),
        behind("HAProxy", &Proxy::haproxy),
    ]
}

/// Sends each row all ways, and says which see it differently. Returns how many were answered on all.
fn compare(rows: &[Row]) -> usize {
    let ways = ways();
    let outcomes: Vec<Vec<Outcome>> = std::thread::scope(|scope| {
        let all_of = |way: &Way| rows.iter().enumerate().map(|(i, row)| way.outcome(row, i)).collect();
        let asked: Vec<_> = ways.iter().map(|way| scope.spawn(move || all_of(way))).collect();
        asked.into_iter().map(|way| way.join().unwrap()).collect()
    });
    let mut outcomes: Vec<_> = outcomes.into_iter().map(Vec::into_iter).collect();
    let mut wrong = Vec::new();
    let mut answered = 0;
    for row in rows {
        let next =
            |(way, outcomes): (&Way, &mut std::vec::IntoIter<Outcome>)| (way.name, outcomes.next().unwrap());
        let each: Vec<_> = ways.iter().zip(&mut outcomes).map(next).collect();
        answered += usize::from(each.iter().all(|(_, outcome)| !outcome.seen.is_empty()));
        if let Some(why) = disagreement(&each) {
            wrong.push(format!("{}: {why}: {:?}", row.name, String::from_utf8_lossy(&row.bytes)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    answered
}

#[test]
fn no_proxy_disagrees_on_where_a_request_ends() {
    if require(Suite::Proxies) {
        let answered = compare(&all());
        assert!(answered > 40, "the proxies work at all: {answered}");
    }
}

/// The rows again, each with a few random changes. `MUTANTS=3000` tries more of them, and
/// `MUTANTS_FROM=7` others.
#[test]
fn nor_do_they_on_what_nobody_thought_of() {
    if !require(Suite::Proxies) {
        return;
    }
    let number = |key, default| std::env::var(key).map_or(default, |value| value.parse().unwrap());
    let mut numbers = Numbers(number("MUTANTS_FROM", 1));
    let rows: Vec<_> = all().into_iter().filter(|row| row.bytes.len() < 1000).collect();
    let mutant = |_| {
        let mut row = rows[numbers.below(rows.len())].clone();
        for _ in 0..=numbers.below(3) {
            mutate(&mut row.bytes, &mut numbers);
        }
        row
    };
    compare(&(0..number("MUTANTS", 150)).map(mutant).collect::<Vec<_>>());
}

/// Inserts, replaces or removes what means something somewhere.
fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const TOKENS: [&str; 32] = [
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        "\n\n",
        " ",
        "\t",
        "\0",
        "\u{b}",
        ":",
        ";",
        ",",
        "\"",
        "0",
        "1",
        "5",
        "a",
        "+",
        "-",
        "0x",
        "\r\n ",
        "chunked",
        "identity",
        "content-length: 3\r\n",
        "content-length: 40\r\n",
        "transfer-encoding: chunked\r\n",
        "Transfer-Encoding:\tchunked\r\n",
        "host: u\r\n",
        "connection: close\r\n",
        "0\r\n\r\n",
        "HTTP/1.0",
        "GET /seen/hidden HTTP/1.1\r\nhost: t\r\n\r\n",
    ];
    // Most often at the ends of lines, where it matters.
    let ends: Vec<_> = (0..bytes.len()).filter(|i| matches!(bytes[*i], b'\r' | b'\n' | b':')).collect();
    let anywhere = ends.is_empty() || numbers.below(3) == 0;
    let at = if anywhere { numbers.below(bytes.len() + 1) } else { ends[numbers.below(ends.len())] };
    let at = (at + numbers.below(2)).min(bytes.len());
    let removed = [0, 0, 1, 2][numbers.below(4)].min(bytes.len() - at);
    let inserted = if numbers.below(4) == 0 { "" } else { TOKENS[numbers.below(TOKENS.len())] };
    bytes.splice(at..at + removed, inserted.bytes());
}

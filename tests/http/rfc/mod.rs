//! RFC 9110 and 9112 as tables: the bytes a client sends, and what must come of them.
//!
//! Every row is sent whole and in pieces of one byte, over a real socket.

mod bodies;
mod connections;
mod differential;
mod heads;
mod targets;

use std::io::Write;
use std::net::Shutdown;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::served::Served;

/// Asked behind each row: answered where the connection goes on, and never where it ends.
const PROBE: &str = "GET /seen/probe HTTP/1.1\r\nhost: t\r\n\r\n";
const PROBED: &str = "GET /seen/probe 0 cbf29ce484222325";

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The next request on it is answered.
    Open,
    /// The server closes it; what follows is not a request.
    Closed,
    /// The same, once the client has ended its side.
    Ended,
}
use Then::{Closed, Ended, Open};

/// A row of a table.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    rfc: String,
    bytes: Vec<u8>,
    /// The statuses of the answers.
    answers: Vec<u16>,
    then: Then,
}

/// Rows from what they show, where the RFC says so, the bytes, the answers, and the connection.
fn table(rows: &[(&str, &str, &[u8], &[u16], Then)]) -> Vec<Row> {
    let row = |&(name, rfc, bytes, answers, then): &(&str, &str, &[u8], &[u16], Then)| Row {
        name: name.to_owned(),
        rfc: rfc.to_owned(),
        bytes: bytes.to_owned(),
        answers: answers.to_owned(),
        then,
    };
    rows.iter().map(row).collect()
}

macro_rules! tables {
    ($($file:ident: $($table:ident),+;)+) => {
        $($(
            #[test]
            fn $table() {
                check(stringify!($table), &$file::$table());
            }
        )+)+

        /// Every row of every table.
        fn all() -> Vec<Row> {
            [$($($file::$table()),+),+].concat()
        }
    };
}

tables! {
    heads: lines, bytes, versions_and_methods, sizes;
    bodies: lengths, codings, chunks;
    targets: hosts, forms;
    connections: persistence, bodies_by_method, expectations, order;
}

/// Checks all rows, and says all that went wrong.
fn check(table: &str, rows: &[Row]) {
    let served = Served::new();
    let mut wrong = Vec::new();
    for row in rows {
        for piece in [usize::MAX, 1] {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check_row(&served, row, piece))) {
                let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                let pieces = if piece == 1 { "byte by byte" } else { "whole" };
                wrong.push(format!("{} (RFC {}), {pieces}: {why}", row.name, row.rfc));
            }
        }
    }
    assert!(wrong.is_empty(), "{table}, {} of {}:\n{}", wrong.len(), 2 * rows.len(), wrong.join("\n"));
    let smuggled: Vec<_> = served.seen().into_iter().filter(|seen| seen.contains("smuggled")).collect();
    assert!(smuggled.is_empty(), "{table}: {smuggled:?}");
}

fn check_row(served: &Served, row: &Row, piece: usize) {
    let mut client = served.connect();
    client.0.set_nodelay(true).unwrap();
    for piece in row.bytes.chunks(piece) {
        if client.0.write_all(piece).is_err() {
            // Closed already: it does not want to know more.
            break;
        }
    }
    match row.then {
        Ended => drop(client.0.shutdown(Shutdown::Write)),
        Open | Closed => drop(client.0.write_all(PROBE.as_bytes())),
    }
    let is_head = row.bytes.starts_with(b"HEAD ");
    let status = |_: &u16| if is_head { client.head().status } else { client.answer().status };
    assert_eq!(row.answers.iter().map(status).collect::<Vec<_>>(), row.answers);
    if row.then == Open {
        assert_eq!(client.answer().body, PROBED);
    } else {
        let rest = client.rest();
        assert!(rest.is_empty(), "more was answered: {}", String::from_utf8_lossy(&rest));
    }
}

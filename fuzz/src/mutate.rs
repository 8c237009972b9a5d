//! Makes a new input of known ones.

use fastrand::Rng;

/// Longer inputs are cut.
const LONGEST: usize = 2048;

/// What bytes at random would hardly hit.
const WORDS: [&str; 107] = [
    "/",
    "//",
    "a",
    "b",
    "c",
    "d",
    "7",
    "42",
    "%",
    "%2F",
    "%2f",
    "%C3%A9",
    "%00",
    "%zz",
    "é",
    "\0",
    "{",
    "}",
    "{*",
    "{id}",
    "{*rest}",
    "\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    " ",
    "\t",
    "GET / HTTP/1.1\r\n",
    "POST /a HTTP/1.1\r\n",
    "GET / HTTP/1.0\r\n",
    "Host: a\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
    "3;x=y\r\nabc\r\n",
    "1b4e28ba-2fa1-11d2-883f-b9a761bde3fb",
    "caf%C3%A9",
    "abcdefgh-one-ijklmnop",
    "=",
    "&",
    "+",
    ";",
    "; ",
    "\"",
    "\\",
    "name=",
    "age=",
    "tags=",
    "list[0].",
    "bytes=",
    "text=",
    "number=1",
    "real=1.5",
    "bytes=1",
    "pair[0]=1",
    "pair.1=true",
    "map[a]=1",
    "choice=one",
    "address=::1",
    "inner.",
    "[",
    "]",
    ".",
    "..",
    "-",
    "null",
    "true",
    ",",
    ", ",
    "q=0.",
    "text/html",
    "application/json",
    "*/*",
    "*",
    ":",
    "://",
    "https://",
    "@",
    "#",
    "?",
    "a.b",
    ".c",
    "\u{2000}",
    "\u{a0}",
    "\u{202e}",
    "__Host-",
    "--b",
    "--b\r\n",
    "\r\n--b",
    "--b--",
    "Content-Disposition: form-data; name=\"a\"",
    "; filename=",
    "W/\"",
    "\"v\"",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "for=",
    "proto=https",
    "10.0.0.2",
    "1.2.3.4",
    "[::1]",
    ":80",
    "gzip",
    "br",
    "identity",
    "boundary=",
    "charset=utf-8",
    "99999999999999999999",
];

/// One to four small changes of `input`; `other` may give a piece.
pub(crate) fn changed(input: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut new = input.to_vec();
    for _ in 0..rng.usize(1..=4) {
        let at = rng.usize(..=new.len());
        let end = rng.usize(at..=new.len());
        match rng.u8(..8) {
            0 => drop(new.splice(at..at, [rng.u8(..)])),
            1 => drop(new.drain(at..end)),
            2 if at < new.len() => new[at] ^= 1 << rng.u8(..8),
            3 => {
                let piece = new[at..end].to_vec();
                new.splice(at..at, piece);
            }
            4 => {
                let from = rng.usize(..=other.len());
                new.splice(at..end, other[from..].iter().copied());
            }
            5 => new.truncate(at),
            _ => drop(new.splice(at..at, WORDS[rng.usize(..WORDS.len())].bytes())),
        }
    }
    new.truncate(LONGEST);
    new
}

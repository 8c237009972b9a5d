//! A small browser: a connection it keeps, a cookie jar, and redirects it follows when told to.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Nothing in these tests takes longer, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who asks the site.
pub(crate) struct Client {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The `Accept` header, if one is sent.
    pub(crate) accept: Option<&'static str>,
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Where it redirects to.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location").unwrap()
    }

    /// Its JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// What an error says is wrong with a field.
    #[track_caller]
    pub(crate) fn wrong(&self, field: &str) -> String {
        let json = self.json();
        assert_eq!(self.status, 422, "{self:?}");
        json["errors"][field][0]
            .as_str()
            .unwrap_or_else(|| panic!("nothing about {field}: {self:?}"))
            .to_owned()
    }

    /// All that stands between these two texts in the body.
    pub(crate) fn all_between(&self, before: &str, after: &str) -> Vec<&str> {
        let pieces = self.body.split(before).skip(1);
        pieces.filter_map(|piece| piece.split_once(after)).map(|(found, _)| found).collect()
    }
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, stream: None, cookies: BTreeMap::new(), accept: None }
    }

    /// Sends a request and reads its answer; a connection that the server closed is replaced.
    pub(crate) fn try_ask(
        &mut self,
        method: &str,
        target: impl AsRef<[u8]>,
        kind: Option<&str>,
        body: impl AsRef<[u8]>,
    ) -> io::Result<Answer> {
        let (target, body) = (target.as_ref(), body.as_ref());
        let mut request = Vec::from(method.as_bytes());
        request.push(b' ');
        request.extend_from_slice(target);
        request.extend_from_slice(b" HTTP/1.1\r\nhost: t\r\n");
        let mut header = |name: &str, value: &str| {
            request.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        };
        if let Some(accept) = self.accept {
            header("accept", accept);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            header("cookie", &pairs.join("; "));
        }
        if let Some(kind) = kind {
            header("content-type", kind);
        }
        if kind.is_some() || !body.is_empty() {
            header("content-length", &body.len().to_string());
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body);
        let outcome = self.exchange(&request, method == "HEAD");
        match &outcome {
            // The rest of a body that was refused is not listened to.
            Ok(answer) if answer.status == 413 || answer.header("connection") == Some("close") => {
                self.stream = None;
            }
            Ok(_) => {}
            Err(_) => self.stream = None,
        }
        let answer = outcome?;
        for line in answer.head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if !name.eq_ignore_ascii_case("set-cookie") {
                continue;
            }
            let (name, rest) = value.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    fn exchange(&mut self, request: &[u8], head_only: bool) -> io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut().expect("connected just now");
        // A server may answer and close before it has read a body that is too large.
        let sent = stream.get_mut().write_all(request);
        let answer = read_answer(stream, head_only);
        if answer.is_err() {
            sent?;
        }
        answer
    }

    #[track_caller]
    pub(crate) fn ask(
        &mut self,
        method: &str,
        target: impl AsRef<[u8]>,
        kind: Option<&str>,
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let shown = String::from_utf8_lossy(target.as_ref()).into_owned();
        self.try_ask(method, target, kind, body).unwrap_or_else(|error| panic!("{method} {shown}: {error}"))
    }

    #[track_caller]
    pub(crate) fn get(&mut self, target: impl AsRef<[u8]>) -> Answer {
        self.ask("GET", target, None, "")
    }

    /// `GET` of a page that is there.
    #[track_caller]
    pub(crate) fn page(&mut self, target: &str) -> Answer {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        answer
    }

    /// Sends a form.
    #[track_caller]
    pub(crate) fn form(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", target, Some("application/x-www-form-urlencoded"), body)
    }

    /// Sends JSON.
    #[track_caller]
    pub(crate) fn json(&mut self, method: &str, target: &str, body: &serde_json::Value) -> Answer {
        self.ask(method, target, Some("application/json"), body.to_string())
    }

    /// Goes where an answer redirects to.
    #[track_caller]
    pub(crate) fn follow(&mut self, answer: &Answer) -> Answer {
        self.page(answer.location())
    }
}

fn read_answer(stream: &mut BufReader<TcpStream>, head_only: bool) -> io::Result<Answer> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "closed without a whole answer"));
        }
    }
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let head = String::from_utf8(head).map_err(|_| invalid("a head that is not UTF-8"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut answer =
        Answer { status: status.ok_or_else(|| invalid("no status"))?, head, body: String::new() };
    if head_only || answer.status == 204 {
        return Ok(answer);
    }
    if answer.header("transfer-encoding").is_some() {
        return Err(invalid("an answer in pieces, which these tests do not expect"));
    }
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.ok_or_else(|| invalid("no content-length"))?];
    stream.read_exact(&mut body)?;
    answer.body = String::from_utf8(body).map_err(|_| invalid("a body that is not UTF-8"))?;
    Ok(answer)
}

/// The text that stands in an attribute or between tags.
pub(crate) fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&#039;", "'").replace("&amp;", "&")
}

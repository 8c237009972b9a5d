//! The bytes of a connection, and what their coming and going says of its state.
//!
//! Answers are collected while the connection's task runs, and written when it comes to rest: the
//! answers to pipelined requests leave in one system call, and none waits for the next request.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::Framing;
use super::refusal::{self, Refusal};
use super::state::State;
use super::stream::Stream;

/// Answers are collected up to so many bytes; larger pieces are not copied.
const COLLECT: usize = 16 * 1024;

/// What is read while a handler runs, to see whether the client is still there.
const AHEAD: usize = 4 * 1024;
/// What hyper reads instead of the rest of a head that is refused. Wherever it stands, it makes the
/// head malformed, and the blank line makes hyper look at it.
const SPOILT: &[u8] = b"\0\r\n\r\n";

/// So many bytes are written before it is the turn of others; a client that takes everything at once would have its
/// thread for milliseconds.
const TURN: usize = 512 * 1024;

/// What a client that speaks HTTP/2 without being asked begins with.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What comes over a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Http1,
    Http2,
    /// Its end.
    Nothing,
}

/// A stream, where in it requests end, and the answers that are not written yet.
#[derive(Debug)]
pub(super) struct Io {
    stream: Stream,
    framing: Framing,
    refusal: Option<Refusal>,
    /// The client was told that its request is refused.
    refused: bool,
    /// The refused head is still to be spoilt.
    spoil: bool,
    /// The client sends nothing any more.
    ended: bool,
    /// What was read before hyper asked for it: by the first look, or while a handler ran.
    ahead: Vec<u8>,
    /// What hyper had already when the connection came to rest.
    again: Vec<u8>,
    /// Nothing has come yet.
    new: bool,
    /// What comes and goes is not HTTP/1.
    raw: bool,
    unwritten: Vec<u8>,
    written: usize,
    /// What was written since it was the turn of others.
    in_turn: usize,
    /// What was written may still be in the hands of TLS.
    unflushed: bool,
    /// hyper has said something, and may have more to say.
    said: bool,
}

impl Io {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            framing: Framing::default(),
            refusal: None,
            refused: false,
            spoil: false,
            ended: false,
            ahead: Vec::new(),
            again: Vec::new(),
            new: true,
            raw: false,
            unwritten: Vec::new(),
            written: 0,
            in_turn: 0,
            unflushed: false,
            said: false,
        }
    }

    /// Whether no request has come over it yet.
    pub(super) fn is_new(&self) -> bool {
        self.new
    }

    /// Whether a part of what comes next is there.
    pub(super) fn has_begun(&self) -> bool {
        self.ended || !self.ahead.is_empty() || !self.again.is_empty()
    }

    /// From now on it is HTTP/2, or what a client and a handler have agreed on.
    pub(super) fn set_raw(&mut self) {
        self.raw = true;
    }

    /// Waits for bytes. The first ones of a new connection say what it speaks.
    pub(super) fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<First> {
        if !self.new {
            if self.has_begun() {
                return Poll::Ready(First::Http1);
            }
            let ready = ready!(self.stream.poll_read_ready(cx));
            return Poll::Ready(if ready.is_ok() { First::Http1 } else { First::Nothing });
        }
        let mut scratch = [0; 2048];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(self.stream().poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(First::Nothing);
            }
            self.ahead.extend_from_slice(buffer.filled());
            let compared = self.ahead.len().min(PREFACE.len());
            if self.ahead[..compared] != PREFACE[..compared] {
                self.new = false;
                return Poll::Ready(First::Http1);
            }
            if compared == PREFACE.len() {
                self.new = false;
                return Poll::Ready(First::Http2);
            }
        }
    }

    /// What hyper had read, and did not use.
    #[cold]
    pub(super) fn put_back(&mut self, bytes: &[u8]) {
        self.again = bytes.to_vec();
    }

    /// Gives back the memory that only a request needs.
    pub(super) fn rest(&mut self) {
        self.new = false;
        self.ahead.shrink_to_fit();
        self.again.shrink_to_fit();
        self.unwritten = Vec::new();
    }

    /// Ends it both ways, for whoever else holds it.
    pub(super) fn shut(&self) {
        self.stream.shut();
    }

    /// Reads to where hyper reads from, and looks at it there.
    #[inline]
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.raw || self.refusal.is_some() || self.has_begun() {
            return self.poll_read_unusual(cx, buf);
        }
        let before = buf.filled().len();
        ready!(self.stream().poll_read(cx, buf))?;
        let read = &buf.filled()[before..];
        let (passed, refusal) = self.framing.advance(read);
        if let Some(refusal) = refusal {
            buf.set_filled(before + passed);
            self.refuse(refusal, buf);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what was looked at before, or is not HTTP/1, or what is left to read where nothing is read from the
    /// stream any more.
    #[cold]
    fn poll_read_unusual(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.raw || !self.again.is_empty() {
            if self.ahead.is_empty() && self.again.is_empty() {
                return self.stream().poll_read(cx, buf);
            }
            let bytes = if self.again.is_empty() { &mut self.ahead } else { &mut self.again };
            buf.put_slice(&take_front(bytes, buf.remaining()));
        } else if self.refusal.is_some() {
            self.spoil(buf);
        } else if !self.ahead.is_empty() {
            let bytes = take_front(&mut self.ahead, buf.remaining());
            let (passed, refusal) = self.framing.advance(&bytes);
            buf.put_slice(&bytes[..passed]);
            if let Some(refusal) = refusal {
                self.refuse(refusal, buf);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// What comes may not pass: hyper reads something that makes it give up.
    #[cold]
    fn refuse(&mut self, refusal: Refusal, buf: &mut ReadBuf<'_>) {
        self.refusal = Some(refusal);
        // The body of a request that is being handled just ends early.
        self.spoil = refusal != Refusal::Chunks;
        self.spoil(buf);
    }

    fn spoil(&mut self, buf: &mut ReadBuf<'_>) {
        if self.spoil && buf.remaining() >= SPOILT.len() {
            self.spoil = false;
            buf.put_slice(SPOILT);
        }
    }

    /// Looks whether the client has ended while its request is handled: ready when it has.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ended || self.raw || !self.ahead.is_empty() || !self.framing.is_between_requests() {
            return Poll::Pending;
        }
        let mut space = [const { MaybeUninit::<u8>::uninit() }; AHEAD];
        let mut read = ReadBuf::uninit(&mut space);
        ready!(self.stream().poll_read(cx, &mut read))?;
        if read.filled().is_empty() {
            self.ended = true;
            return Poll::Ready(Ok(()));
        }
        self.ahead.extend_from_slice(read.filled());
        Poll::Pending
    }

    #[inline]
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.unflushed = self.stream.is_secure();
        let count = ready!(self.stream().poll_write(cx, bytes))?;
        self.in_turn += count;
        Poll::Ready(Ok(count))
    }

    /// Pending, to be asked again at once, when it is the turn of others.
    #[inline]
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.in_turn <= TURN {
            return Poll::Ready(());
        }
        self.in_turn = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    #[inline]
    fn stream(&mut self) -> Pin<&mut Stream> {
        Pin::new(&mut self.stream)
    }

    /// Whether something was collected, or has not left yet.
    #[inline]
    pub(super) fn has_unwritten(&self) -> bool {
        !self.unwritten.is_empty() || self.unflushed
    }

    #[inline]
    fn collect(&mut self, bytes: &[u8]) {
        match refusal::with_body(bytes, self.refusal) {
            Some(answer) if !self.raw => {
                self.refused = true;
                self.unwritten.extend_from_slice(&answer);
            }
            _ => self.unwritten.extend_from_slice(bytes),
        }
    }

    /// Writes what was collected.
    pub(super) fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.unwritten.len() {
            let Self { stream, unwritten, written, unflushed, in_turn, .. } = self;
            *unflushed = stream.is_secure();
            match ready!(Pin::new(stream).poll_write(cx, &unwritten[*written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => {
                    *written += count;
                    *in_turn += count;
                }
            }
        }
        if self.unflushed {
            ready!(self.stream().poll_flush(cx))?;
            self.unflushed = false;
        }
        self.unwritten.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    /// Whether hyper has said something since this was asked last.
    pub(super) fn has_said(&mut self) -> bool {
        std::mem::take(&mut self.said)
    }

    /// Whether a refusal was said.
    pub(super) fn has_refused(&self) -> bool {
        self.refused
    }

    /// Adds to what is to be written, for a last word on a connection that is given up.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.unwritten.extend_from_slice(bytes);
    }

    /// Says that nothing more is sent.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }

    /// Reads what comes next and forgets it.
    pub(super) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut scratch = [0; 4096];
        let mut buffer = ReadBuf::new(&mut scratch);
        ready!(self.stream().poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

/// Takes so many bytes from the front.
fn take_front(bytes: &mut Vec<u8>, count: usize) -> Vec<u8> {
    let rest = bytes.split_off(bytes.len().min(count));
    std::mem::replace(bytes, rest)
}

/// The connection's [`State`] as hyper's stream.
#[derive(Debug)]
pub(super) struct Watched(Arc<State>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.held.store(false, Relaxed);
        if self.0.upgraded.load(Relaxed) {
            self.0.wake();
        }
    }
}

impl Watched {
    pub(super) fn new(state: &Arc<State>) -> Self {
        state.held.store(true, Relaxed);
        Self(Arc::clone(state))
    }

    /// Makes room for `size` bytes; true when they are to be collected, false when they are so many
    /// that they are written as they are.
    #[inline]
    fn poll_room(&self, io: &mut Io, cx: &mut Context<'_>, size: usize) -> Poll<io::Result<bool>> {
        if io.has_unwritten() && io.unwritten.len() + size > COLLECT {
            ready!(self.0.wrote(io.poll_write_out(cx)))?;
        }
        Poll::Ready(Ok(size <= COLLECT))
    }
}

impl AsyncRead for Watched {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.0.io().poll_read(cx, buf))?;
        self.0.bytes_arrived();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut io = self.0.io();
        io.said = true;
        ready!(io.poll_turn(cx));
        if ready!(self.poll_room(&mut io, cx, buf.len()))? {
            io.collect(buf);
            return Poll::Ready(Ok(buf.len()));
        }
        self.0.wrote(io.poll_write(cx, buf))
    }

    /// As a rule nothing to do: what is collected is written when the task comes to rest.
    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.0.upgraded.load(Relaxed) { self.0.write_out(cx) } else { Poll::Ready(Ok(())) }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut io = self.0.io();
        ready!(self.0.wrote(io.poll_write_out(cx)))?;
        io.stream().poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixStream;

    use super::*;

    /// What a connection begins with when it comes in these pieces, each seen alone.
    async fn first(pieces: &[&[u8]]) -> First {
        let (server, mut client) = UnixStream::pair().unwrap();
        let mut io = Io::new(Stream::Unix(server));
        let mut sent = 0;
        for piece in pieces {
            client.write_all(piece).await.unwrap();
            sent += piece.len();
            let first = std::future::poll_fn(|cx| match io.poll_first(cx) {
                Poll::Pending if io.ahead.len() == sent => Poll::Ready(None),
                first => first.map(Some),
            });
            if let Some(first) = first.await {
                return first;
            }
        }
        drop(client);
        std::future::poll_fn(|cx| io.poll_first(cx)).await
    }

    #[tokio::test]
    async fn the_preface_is_known_in_any_pieces() {
        for (bytes, expected) in [
            (PREFACE, First::Http2),
            (b"PRI * HTTP/2.0\r\n\r\nSN", First::Http1),
            (b"PRI * HTTP/1.1\r\nhost: t\r\n\r\n", First::Http1),
            (b"POST / HTTP/1.1\r\nhost: t\r\n\r\n", First::Http1),
            (b"PRI * HTTP/2.0\r\n", First::Nothing),
        ] {
            for piece in [1, 2, 7, bytes.len()] {
                let pieces: Vec<_> = bytes.chunks(piece).collect();
                assert_eq!(first(&pieces).await, expected, "{piece} {:?}", str::from_utf8(bytes));
            }
        }
    }
}

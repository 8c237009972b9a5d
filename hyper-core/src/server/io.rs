//! The bytes of a connection, and what their coming and going says of its state.
//!
//! Answers are collected while the connection's task runs, and written when it comes to rest: the
//! answers to pipelined requests leave in one system call, and none waits for the next request.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::connection::State;
use super::framing::Framing;
use super::refusal::{self, Refusal};

/// A connection of either kind; one type, so that the server is compiled once.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    /// Writes what fits at once.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_write(bytes),
            Self::Unix(stream) => stream.try_write(bytes),
        }
    }
}

/// Does the same with whichever stream it is.
macro_rules! either {
    ($self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Tcp(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Unix(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, buf))
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}

/// Answers are collected up to so many bytes; larger pieces are not copied.
const COLLECT: usize = 16 * 1024;

/// What is read at once.
const READ: usize = 16 * 1024;
/// What is read while a handler runs, to see whether the client is still there.
const AHEAD: usize = 4 * 1024;
/// What hyper reads instead of the rest of a head that is refused. Wherever it stands, it makes the
/// head malformed, and the blank line makes hyper look at it.
const SPOILT: &[u8] = b"\0\r\n\r\n";

/// A stream, where in it requests end, and the answers that are not written yet.
#[derive(Debug)]
pub(super) struct Io {
    stream: TokioIo<Stream>,
    framing: Framing,
    refusal: Option<Refusal>,
    /// The refused head is still to be spoilt.
    spoil: bool,
    /// What came while a handler ran.
    ahead: Vec<u8>,
    /// The client sends nothing any more.
    ended: bool,
    unwritten: Vec<u8>,
    written: usize,
}

impl Io {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream: TokioIo::new(stream),
            framing: Framing::default(),
            refusal: None,
            spoil: false,
            ahead: Vec::new(),
            ended: false,
            unwritten: Vec::new(),
            written: 0,
        }
    }

    fn stream(&mut self) -> Pin<&mut TokioIo<Stream>> {
        Pin::new(&mut self.stream)
    }

    /// Whether something was collected.
    #[inline]
    pub(super) fn has_unwritten(&self) -> bool {
        !self.unwritten.is_empty()
    }

    #[inline]
    fn collect(&mut self, bytes: &[u8]) {
        match refusal::with_body(bytes, self.refusal) {
            None => self.unwritten.extend_from_slice(bytes),
            Some(answer) => self.unwritten.extend_from_slice(&answer),
        }
    }

    /// Reads what hyper may see.
    #[inline]
    fn poll_read(&mut self, cx: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.refusal.is_some() || self.ended || !self.ahead.is_empty() {
            self.read_unusual(&mut buf);
            return Poll::Ready(Ok(()));
        }
        let mut space = [const { MaybeUninit::<u8>::uninit() }; READ];
        let room = buf.remaining().min(READ);
        let mut read = ReadBuf::uninit(&mut space[..room]);
        ready!(Pin::new(self.stream.inner_mut()).poll_read(cx, &mut read))?;
        self.pass(read.filled(), &mut buf);
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn pass(&mut self, bytes: &[u8], buf: &mut ReadBufCursor<'_>) {
        let (passed, refusal) = self.framing.advance(bytes);
        buf.put_slice(&bytes[..passed]);
        if let Some(refusal) = refusal {
            self.refusal = Some(refusal);
            // The body of a request that is being handled just ends early.
            self.spoil = refusal != Refusal::Chunks;
            self.read_unusual(buf);
        }
    }

    /// What is left for hyper to read where nothing is read from the stream.
    #[cold]
    fn read_unusual(&mut self, buf: &mut ReadBufCursor<'_>) {
        if self.spoil && buf.remaining() >= SPOILT.len() {
            self.spoil = false;
            buf.put_slice(SPOILT);
        } else if self.refusal.is_none() && !self.ahead.is_empty() {
            let rest = self.ahead.split_off(self.ahead.len().min(buf.remaining()));
            let bytes = std::mem::replace(&mut self.ahead, rest);
            self.pass(&bytes, buf);
        }
    }

    /// Looks whether the client has ended while its request is handled: ready when it has.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ended || !self.ahead.is_empty() || !self.framing.is_between_requests() {
            return Poll::Pending;
        }
        let mut space = [const { MaybeUninit::<u8>::uninit() }; AHEAD];
        let mut read = ReadBuf::uninit(&mut space);
        ready!(Pin::new(self.stream.inner_mut()).poll_read(cx, &mut read))?;
        if read.filled().is_empty() {
            self.ended = true;
            return Poll::Ready(Ok(()));
        }
        self.ahead.extend_from_slice(read.filled());
        Poll::Pending
    }

    /// Writes what was collected.
    pub(super) fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.unwritten.len() {
            let Self { stream, unwritten, written, .. } = self;
            match ready!(Pin::new(stream).poll_write(cx, &unwritten[*written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => *written += count,
            }
        }
        self.unwritten.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    /// Writes as much as fits at once, for a last word on a connection that is given up.
    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.inner().try_write(bytes)
    }

    /// Says that nothing more is sent.
    pub(super) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }

    /// Reads what comes next and forgets it.
    pub(super) fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut scratch = [0; 4096];
        let mut buffer = ReadBuf::new(&mut scratch);
        ready!(AsyncRead::poll_read(Pin::new(self.stream.inner_mut()), cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

/// The connection's [`State`] as hyper's stream.
#[derive(Debug)]
pub(super) struct Watched(pub(super) Arc<State>);

impl Watched {
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

impl Read for Watched {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        ready!(self.0.io().poll_read(cx, buf))?;
        self.0.bytes_arrived();
        Poll::Ready(Ok(()))
    }
}

impl Write for Watched {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut io = self.0.io();
        if ready!(self.poll_room(&mut io, cx, buf.len()))? {
            io.collect(buf);
            return Poll::Ready(Ok(buf.len()));
        }
        self.0.wrote(io.stream().poll_write(cx, buf))
    }

    /// Nothing to do: what is collected is written when the task comes to rest.
    #[inline]
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut io = self.0.io();
        ready!(self.0.wrote(io.poll_write_out(cx)))?;
        io.stream().poll_shutdown(cx)
    }
}

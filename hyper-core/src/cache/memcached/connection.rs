//! One connection to memcached, for many questions at once: they are written as they come, and answered in that order.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::address::Address;
use super::reply::{Reply, take};

/// How many questions wait for being written before who asks has to wait.
const WAITING: usize = 1024;

/// About how many bytes are written at once.
const AT_ONCE: usize = 64 * 1024;

/// The connection. It ends with this.
#[derive(Debug)]
pub(super) struct Connection {
    questions: mpsc::Sender<Question>,
    task: JoinHandle<()>,
}

struct Question {
    text: Vec<u8>,
    asks: Asked,
}

/// Who waits, and for how many answers.
struct Asked {
    replies: usize,
    answer: oneshot::Sender<Vec<Reply>>,
}

impl Connection {
    pub(super) async fn open(address: &Address) -> io::Result<Self> {
        Ok(match address {
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address.as_str()).await?;
                stream.set_nodelay(true)?;
                let (read, write) = stream.into_split();
                Self::on(read, write)
            }
            Address::Unix(path) => {
                let (read, write) = UnixStream::connect(path).await?.into_split();
                Self::on(read, write)
            }
        })
    }

    fn on<R, W>(read: R, write: W) -> Self
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let (questions, asked) = mpsc::channel(WAITING);
        let (waiting, answered) = mpsc::unbounded_channel();
        // Both at the same time: memcached reads no further while nobody takes its answers.
        let task = tokio::spawn(async move {
            let ended = tokio::select! {
                ended = ask(write, asked, waiting) => ended,
                ended = answer(read, answered) => ended,
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to memcached ended");
            }
        });
        Self { questions, task }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.questions.is_closed()
    }

    /// Asks questions that have so many answers together.
    ///
    /// # Errors
    /// The connection broke.
    pub(super) async fn ask(&self, text: Vec<u8>, replies: usize) -> io::Result<Vec<Reply>> {
        let (answer, answered) = oneshot::channel();
        let broken = || io::Error::new(io::ErrorKind::ConnectionReset, "the connection broke");
        let question = Question { text, asks: Asked { replies, answer } };
        self.questions.send(question).await.map_err(|_| broken())?;
        answered.await.map_err(|_| broken())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn ask(
    mut write: impl AsyncWrite + Unpin,
    mut asked: mpsc::Receiver<Question>,
    waiting: mpsc::UnboundedSender<Asked>,
) -> io::Result<()> {
    while let Some(mut question) = asked.recv().await {
        let mut text = question.text;
        // First of all who waits for it, as the answer may be quick.
        let _ = waiting.send(question.asks);
        while text.len() < AT_ONCE {
            let Ok(next) = asked.try_recv() else { break };
            question = next;
            text.extend_from_slice(&question.text);
            let _ = waiting.send(question.asks);
        }
        write.write_all(&text).await?;
    }
    Ok(())
}

async fn answer(
    mut read: impl AsyncRead + Unpin,
    mut waiting: mpsc::UnboundedReceiver<Asked>,
) -> io::Result<()> {
    let mut buffer = BytesMut::with_capacity(16 * 1024);
    loop {
        let asked = tokio::select! {
            biased;
            asked = waiting.recv() => asked,
            // Nobody has asked: that it is closed is noticed before somebody does.
            more = read.read_buf(&mut buffer) => match more? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => waiting.recv().await,
            },
        };
        let Some(asked) = asked else { return Ok(()) };
        let mut replies = Vec::with_capacity(asked.replies.min(1024));
        while replies.len() < asked.replies {
            match take(&mut buffer).map_err(io::Error::other)? {
                Some(reply) => replies.push(reply),
                None if read.read_buf(&mut buffer).await? == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                None => {}
            }
        }
        // Who has given up does not want it any more.
        let _ = asked.answer.send(replies);
    }
}

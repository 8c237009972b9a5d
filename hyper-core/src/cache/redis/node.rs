//! Connections to one Redis, alone or a node of a cluster.

use std::error::Error;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, Pipeline, RedisError,
    ServerErrorKind, Value,
};

use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::gate::Gate;
use crate::cache::remote::{Again, Dial, Failure, Lines, RemoteOptions};

/// One Redis.
pub(super) struct Node {
    /// `host:port`, or the path of its socket.
    pub(super) address: String,
    pub(super) gate: Gate,
    lines: Lines<Server>,
}

struct Server {
    client: Client,
    config: AsyncConnectionConfig,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

/// How connections by TLS are made, where there are any.
#[cfg(feature = "tls")]
pub(super) use super::tls::Tls;

/// There are none.
#[cfg(not(feature = "tls"))]
#[derive(Clone)]
pub(super) enum Tls {}

#[cfg(not(feature = "tls"))]
impl Tls {
    #[expect(clippy::unnecessary_wraps, reason = "as with the feature")]
    pub(super) fn of(_: &[ConnectionInfo], _: Option<&std::path::Path>) -> Result<Option<Self>, CacheError> {
        Ok(None)
    }
}

/// What a Redis said.
pub(super) enum Said {
    /// The answer of each command.
    Answers(Vec<Value>),
    /// That the slot is another's, `host:port`; while it is on its way there, that has to be asked in so many words.
    Elsewhere { address: String, asking: bool },
}

/// A URL as the crate has it. The URL is not printed, as it may have a password.
pub(super) fn info(url: &str) -> Result<ConnectionInfo, CacheError> {
    let bad = |why: &str| CacheError::new(CacheErrorKind::Other, format!("an address of Redis {why}"));
    if url.starts_with("rediss://") && cfg!(not(feature = "tls")) {
        return Err(bad(
            "begins with rediss:// and needs the feature `tls`: add it to hyperdjango's in Cargo.toml",
        ));
    }
    let info = url.into_connection_info().map_err(|error| {
        bad("is no URL like redis://:password@host:6379/0, rediss://.. or unix:///path/of/its.sock")
            .with_source(error)
    })?;
    if let ConnectionAddr::TcpTls { insecure: true, .. } = info.addr() {
        return Err(bad(
            "ends with #insecure, which would trust any server: name a file of authorities (PEM) by CACHE_ROOT_CERT",
        ));
    }
    Ok(info)
}

/// The same with another address: its user, password and TLS.
pub(super) fn elsewhere(info: &ConnectionInfo, host: &str, port: u16) -> ConnectionInfo {
    let mut address = info.addr().clone();
    match &mut address {
        ConnectionAddr::Tcp(old, old_port) | ConnectionAddr::TcpTls { host: old, port: old_port, .. } => {
            (*old, *old_port) = (host.to_owned(), port);
        }
        _ => address = ConnectionAddr::Tcp(host.to_owned(), port),
    }
    info.clone().set_addr(address)
}

impl Node {
    pub(super) fn new(
        info: ConnectionInfo,
        options: &RemoteOptions,
        #[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "there is none"))] tls: Option<
            &Tls,
        >,
    ) -> Result<Self, CacheError> {
        let address = info.addr().to_string();
        let scheme = if let ConnectionAddr::TcpTls { .. } = info.addr() { "rediss" } else { "redis" };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(options.connect_timeout))
            // That is what `Lines` does, and one timer a question is enough.
            .set_response_timeout(None);
        let client = Client::open(info).map_err(|error| {
            let message = format!("the address of Redis at {address} cannot be used");
            CacheError::new(CacheErrorKind::Other, message).with_source(error)
        })?;
        let server = Server {
            client,
            config,
            #[cfg(feature = "tls")]
            tls: tls.cloned(),
        };
        let lines = Lines::new(server, format!("{scheme}://{address}"), options);
        Ok(Self { address, gate: Gate::new(options.longest_pause), lines })
    }

    /// Sends commands together.
    pub(super) async fn ask(&self, again: Again, commands: &Pipeline) -> Result<Said, CacheError> {
        self.lines.ask(&self.gate, again, |line| ask(line, commands)).await
    }
}

impl Dial for Server {
    type Line = MultiplexedConnection;

    async fn dial(&self) -> Result<Self::Line, Box<dyn Error + Send + Sync>> {
        #[cfg(feature = "tls")]
        if let (ConnectionAddr::TcpTls { host, port, .. }, Some(tls)) =
            (self.client.get_connection_info().addr(), &self.tls)
        {
            let stream = tls.dial(host, *port).await?;
            let settings = self.client.get_connection_info().redis_settings();
            let making = MultiplexedConnection::new_with_config(settings, stream, self.config.clone());
            let (line, driver) = making.await?;
            // It ends with the last clone of the connection.
            tokio::spawn(driver);
            return Ok(line);
        }
        Ok(self.client.get_multiplexed_async_connection_with_config(&self.config).await?)
    }
}

async fn ask(mut line: MultiplexedConnection, commands: &Pipeline) -> Result<Said, Failure> {
    let answers = line.send_packed_commands(commands, 0, commands.len()).await;
    let answers = answers.map_err(|error| Failure::Broken(error.into()))?;
    for answer in &answers {
        let Value::ServerError(error) = answer else { continue };
        let place = error.details().and_then(|text| text.split_ascii_whitespace().nth(1)).map(str::to_owned);
        return match (error.kind(), place) {
            (Some(ServerErrorKind::Moved), Some(address)) => Ok(Said::Elsewhere { address, asking: false }),
            (Some(ServerErrorKind::Ask), Some(address)) => Ok(Said::Elsewhere { address, asking: true }),
            // Some keys are here and some there: each has to be asked for alone.
            (Some(ServerErrorKind::TryAgain), _) => {
                Ok(Said::Elsewhere { address: String::new(), asking: true })
            }
            _ => Err(refused(error.clone().into())),
        };
    }
    Ok(Said::Answers(answers))
}

/// What is a server's word, and what is that there is none.
fn refused(error: RedisError) -> Failure {
    let (message, is_away) = match error.code() {
        Some("LOADING" | "CLUSTERDOWN" | "MASTERDOWN" | "READONLY" | "NOAUTH") => ("", true),
        Some("OOM") => ("Redis has no more memory: give it a maxmemory-policy that evicts", false),
        _ => ("Redis refuses what it was asked", false),
    };
    if is_away {
        return Failure::Broken(error.into());
    }
    Failure::Said(CacheError::new(CacheErrorKind::Other, message).with_source(error))
}

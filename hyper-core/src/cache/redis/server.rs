//! Connections to one Redis, or to a cluster.

use std::error::Error;

use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo,
    Pipeline, RedisError, RedisResult, ServerErrorKind,
};

use crate::cache::error::{CacheError, CacheErrorKind};
use crate::cache::remote::{Dial, Failure, RemoteOptions};

/// How often the crate tries again by itself in a cluster: a slot that has moved is asked for where it is now.
const RETRIES: u32 = 3;

pub(super) enum Server {
    Single(Client, AsyncConnectionConfig),
    Cluster(ClusterClient),
}

/// A connection.
#[derive(Clone)]
pub(super) enum Line {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Server {
    /// The server at one URL, or the cluster at several, with its name for messages.
    pub(super) fn at(urls: &[&str], options: &RemoteOptions) -> Result<(Self, String), CacheError> {
        let mut nodes = urls.iter().map(|url| info(url)).collect::<Result<Vec<_>, _>>()?;
        let name = nodes.iter().map(|node| node.addr().to_string()).collect::<Vec<_>>().join(",");
        let wrong = |error: RedisError| {
            let message = format!("the address of Redis at {name} cannot be used");
            CacheError::new(CacheErrorKind::Other, message).with_source(error)
        };
        let server = match nodes.len() {
            0 => return Err(CacheError::new(CacheErrorKind::Other, "there is no address of a Redis")),
            1 => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(options.connect_timeout))
                    .set_response_timeout(Some(options.timeout));
                Self::Single(Client::open(nodes.remove(0)).map_err(wrong)?, config)
            }
            _ => Self::Cluster(
                ClusterClient::builder(nodes)
                    .connection_timeout(options.connect_timeout)
                    .response_timeout(options.timeout)
                    .retries(RETRIES)
                    .min_retry_wait(10)
                    .max_retry_wait(100)
                    .build()
                    .map_err(wrong)?,
            ),
        };
        Ok((server, format!("redis://{name}")))
    }
}

/// A URL as the crate has it. The URL is not printed, as it may have a password.
fn info(url: &str) -> Result<ConnectionInfo, CacheError> {
    let bad = |why: &str| CacheError::new(CacheErrorKind::Other, format!("an address of Redis {why}"));
    if url.starts_with("rediss://") && cfg!(not(feature = "tls")) {
        return Err(bad(
            "begins with rediss:// and needs the feature `tls`: add it to hyperdjango's in Cargo.toml",
        ));
    }
    url.into_connection_info().map_err(|error| {
        bad("is no URL like redis://:password@host:6379/0, rediss://.. or unix:///path/of/its.sock")
            .with_source(error)
    })
}

impl Dial for Server {
    type Line = Line;

    /// A cluster's nodes come and go under one connection.
    fn mends_itself(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    async fn dial(&self) -> Result<Line, Box<dyn Error + Send + Sync>> {
        Ok(match self {
            Self::Single(client, config) => {
                Line::Single(client.get_multiplexed_async_connection_with_config(config).await?)
            }
            Self::Cluster(client) => Line::Cluster(client.get_async_connection().await?),
        })
    }
}

impl Line {
    pub(super) async fn ask<T: FromRedisValue>(mut self, command: &Cmd) -> Result<T, Failure> {
        let answer: RedisResult<T> = match &mut self {
            Self::Single(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        };
        answer.map_err(failure)
    }

    /// Several commands for one slot.
    pub(super) async fn ask_all<T: FromRedisValue>(mut self, commands: &Pipeline) -> Result<T, Failure> {
        let answer: RedisResult<T> = match &mut self {
            Self::Single(connection) => commands.query_async(connection).await,
            Self::Cluster(connection) => commands.query_async(connection).await,
        };
        answer.map_err(failure)
    }
}

/// What is a server's word, and what is that there is none.
pub(super) fn failure(error: RedisError) -> Failure {
    let is_away = match error.kind() {
        ErrorKind::Io
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::Parse
        | ErrorKind::AuthenticationFailed => true,
        ErrorKind::Server(kind) => matches!(
            kind,
            ServerErrorKind::BusyLoading
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::TryAgain
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
        ),
        _ => error.is_timeout() || error.is_connection_dropped() || error.is_connection_refusal(),
    };
    if is_away {
        return Failure::Broken(error.into());
    }
    let message = match error.code() {
        Some("OOM") => "Redis has no more memory: give it a maxmemory-policy that evicts".to_owned(),
        _ => "Redis refuses what it was asked".to_owned(),
    };
    Failure::Said(CacheError::new(CacheErrorKind::Other, message).with_source(error))
}

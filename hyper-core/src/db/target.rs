//! What the connections of a pool have in common: where they go, how, and what is known of who answers there.

use std::fmt::Write as _;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::SslMode as Offer;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, NoTls};

use super::age::Limits;
use super::canceller::Canceller;
use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::listen::Messages;
use super::pool_options::DbOptions;
use super::pooler::{MARK, Server};
use super::pooler_mode::PoolerMode;
use super::pulse::Pulse;
use super::sessions::Sessions;
use super::statement_stats::Counted;
use super::statements::Table;
use super::task::Task;
use super::tls::{Connector, SslMode, connector};
use super::unprepared::learn_types;
use super::url::DatabaseUrl;
use super::wire::{self, Wire};

pub(super) struct Target {
    pub(super) url: DatabaseUrl,
    /// How long PostgreSQL may take for a statement; zero is no limit.
    query_timeout: Duration,
    pub(super) prepared_statements: Option<bool>,
    /// What was said of a pooler.
    pub(super) pooler_mode: Option<PoolerMode>,
    /// Those that a pooler gave in session mode.
    sessions: Sessions,
    /// How many statements a connection keeps prepared.
    pub(super) statement_cache_size: usize,
    /// How old a connection may become.
    pub(super) limits: Limits,
    /// Made from files when first needed.
    connector: OnceLock<Connector>,
    /// Found out with the first connection.
    pub(super) server: OnceLock<Server>,
    pub(super) statements: Counted,
    /// The types of the parameters of statements that are not prepared.
    pub(super) types: Mutex<Table<Arc<[Type]>>>,
}

impl Target {
    pub(super) fn new(url: DatabaseUrl, options: &DbOptions) -> Self {
        Self {
            url: url.or_connect_timeout(options.connect_timeout),
            query_timeout: options.query_timeout,
            prepared_statements: options.prepared_statements,
            pooler_mode: options.pooler_mode,
            sessions: Sessions::default(),
            statement_cache_size: options.statement_cache_size,
            limits: Limits { lifetime: options.max_lifetime, queries: options.max_queries },
            connector: OnceLock::new(),
            server: OnceLock::new(),
            statements: Counted::default(),
            types: Mutex::new(Table::of_size(options.statement_cache_size.max(1))),
        }
    }

    /// Another database of the same server.
    pub(super) fn of_database(&self, name: &str) -> Self {
        let options = DbOptions { pooler_mode: self.pooler_mode, ..DbOptions::default() };
        let other = Self::new(self.url.of_database(name), &options);
        Self { limits: Limits::NONE, ..other }
    }

    /// How long PostgreSQL may take for a statement, as far as this program says; zero is no limit.
    pub(super) fn query_timeout(&self) -> Duration {
        self.query_timeout
    }

    #[cfg_attr(not(feature = "tls"), expect(clippy::clone_on_copy, reason = "with TLS it is none"))]
    fn connector(&self) -> Result<Connector, DatabaseError> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector.clone());
        }
        let made = connector(&self.url.tls).map_err(unavailable)?;
        Ok(self.connector.get_or_init(|| made).clone())
    }

    /// Connects within the time limit, which is for all of it: a server that takes a connection and says nothing is not
    /// there either.
    pub(super) async fn connect(&self) -> Result<(Client, Task, Server), DatabaseError> {
        let limit = self.url.connect_timeout();
        match tokio::time::timeout(limit, self.connected()).await {
            // Gone before anybody asked it for anything.
            Ok(Err(error)) if error.kind() == ErrorKind::Interrupted => {
                Err(error.into_kind(ErrorKind::Unavailable))
            }
            Ok(connected) => connected,
            Err(_) => Err(unavailable(format!("PostgreSQL did not answer within {limit:?}"))),
        }
    }

    /// Whether each transaction may get another connection of a pooler's. As long as nobody knows, it may not.
    pub(super) fn takes_turns(&self) -> bool {
        self.server.get().is_some_and(|server| !server.is_session())
    }

    async fn connected(&self) -> Result<(Client, Task, Server), DatabaseError> {
        let (client, task, server) = self.recognised().await?;
        if server == Server::Sessions {
            self.sessions.begin(&client, self.query_timeout, Some(&task.handle)).await?;
        }
        if server.shares_names() && !server.prepares(self.prepared_statements) {
            learn_types(&client).await?;
        }
        Ok((client, task, server))
    }

    /// A connection for who listens, which PostgreSQL shows by that name.
    ///
    /// # Errors
    /// As [`connect`](Self::connect); that what answers is a pooler.
    pub(super) async fn connect_to_listen(&self) -> Result<(Client, Box<dyn Messages>), DatabaseError> {
        // It stays until the other one is there, so that they have one session only where the pooler shares it.
        let first = match self.server.get() {
            Some(_) => None,
            None => Some(self.connect().await?),
        };
        let server = *self.server.get().expect("found out with the first connection");
        server.needs_session("LISTEN", "look at the table now and then")?;
        let mut config = self.url.config.clone();
        let program = config.get_application_name().unwrap_or("hyperdjango");
        config.application_name(format!("{program} (listens)"));
        let limit = self.url.connect_timeout();
        let connecting = async {
            let (client, mut messages) = self.encrypted(config, server).await?;
            if server == Server::Sessions {
                let begun = self.sessions.begin(&client, self.query_timeout, None);
                served(&mut *messages, begun).await?;
            }
            Ok((client, messages))
        };
        let connected = tokio::time::timeout(limit, connecting).await;
        drop(first);
        connected.unwrap_or_else(|_| Err(unavailable(format!("PostgreSQL did not answer within {limit:?}"))))
    }

    /// A connection that lives in a task.
    pub(super) async fn spawned(&self, server: Server) -> Result<(Client, Task), DatabaseError> {
        let (client, messages) = self.encrypted(self.url.config.clone(), server).await?;
        let pulse = Arc::<Pulse>::default();
        let wire = Wire::new(messages, pulse.clone());
        let handle = tokio::spawn(wire::keep(wire.clone())).abort_handle();
        pulse.lives(handle.clone(), Arc::downgrade(&wire));
        Ok((client, Task { handle, wire, is_at_rest: false, pulse }))
    }

    /// Connects as `sslmode` says.
    async fn encrypted(
        &self,
        mut config: Config,
        server: Server,
    ) -> Result<(Client, Box<dyn Messages>), DatabaseError> {
        if !server.is_pooler() {
            config.options(self.options());
        }
        let mode = if self.url.is_local() { SslMode::Disable } else { self.url.tls.mode };
        let mut attempts = mode.attempts().iter().peekable();
        loop {
            let offer = *attempts.next().expect("a mode has at least one");
            config.ssl_mode(offer);
            let outcome = match offer {
                Offer::Disable => start(&config, NoTls).await,
                _ => start(&config, self.connector()?).await,
            };
            let error = match outcome {
                Ok(connected) => return Ok(connected),
                Err(error) => error,
            };
            // In `pg_hba.conf` there can be lines for one way only; and TLS that fails is none.
            let is_of_way = error.code().is_some_and(|code| code.code() == "28000") || is_of_tls(&error);
            if !is_of_way || attempts.peek().is_none() {
                return Err(self.explained(error));
            }
        }
    }

    /// What the server is told for the whole session.
    fn options(&self) -> String {
        let mut options = self.keepalives();
        // What the URL says comes after it, and counts.
        if let Some(more) = self.url.config.get_options() {
            let _ = write!(options, " {more}");
        }
        if self.server.get().is_none() {
            let _ = write!(options, " -c {MARK}=1");
        }
        if !self.query_timeout.is_zero() {
            let limit = self.query_timeout.as_micros().div_ceil(1000).min(i32::MAX as u128);
            let _ = write!(options, " -c statement_timeout={limit}");
        }
        options
    }

    /// When PostgreSQL asks whether a program that is silent is still there: as this program does of PostgreSQL. By itself it
    /// does so after two hours, until which the locks of a transaction stay that nobody can end any more.
    fn keepalives(&self) -> String {
        let config = &self.url.config;
        let mut options = String::new();
        if self.url.is_local() || !config.get_keepalives() {
            return options;
        }
        let mut set = |name: &str, value: u64| _ = write!(options, " -c tcp_keepalives_{name}={value}");
        set("idle", config.get_keepalives_idle().as_secs());
        if let Some(interval) = config.get_keepalives_interval() {
            set("interval", interval.as_secs());
        }
        if let Some(times) = config.get_keepalives_retries() {
            set("count", times.into());
        }
        options
    }

    fn explained(&self, error: tokio_postgres::Error) -> DatabaseError {
        if is_of_tls(&error) {
            let mode = self.url.tls.mode.name();
            let reason = std::error::Error::source(&error).map_or(String::new(), ToString::to_string);
            let problem = if reason == "server does not support TLS" {
                format!(
                    "PostgreSQL has no TLS, and `sslmode={mode}` asks for it: turn on `ssl` in postgresql.conf"
                )
            } else {
                format!("TLS with PostgreSQL failed (`sslmode={mode}`): {reason}")
            };
            return unavailable(problem).with_source(error);
        }
        let known = DatabaseError::from(error);
        match known.kind() {
            ErrorKind::Unavailable => known,
            // Refused with a code of PostgreSQL's own, such as a wrong password: still no connection.
            _ => known.into_kind(ErrorKind::Unavailable),
        }
    }

    /// What asks PostgreSQL to stop what it does for a connection.
    pub(super) fn canceller(&self, client: &Client) -> Canceller {
        let local = self.url.is_local() || self.url.tls.mode == SslMode::Disable;
        let pooler = self.server.get().is_some_and(|server| server.is_pooler());
        Canceller {
            token: client.cancel_token(),
            connector: if local { None } else { self.connector.get().cloned() },
            pooler: pooler.then(|| Box::new(self.url.config.clone())),
        }
    }
}

async fn start<T>(config: &Config, tls: T) -> Result<(Client, Box<dyn Messages>), tokio_postgres::Error>
where
    T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    Ok((client, Box::new(connection)))
}

/// Waits for what is asked on a connection that is in no task yet.
async fn served<T>(
    messages: &mut dyn Messages,
    work: impl Future<Output = Result<T, DatabaseError>>,
) -> Result<T, DatabaseError> {
    let ended = poll_fn(|cx| {
        loop {
            match messages.poll_message(cx) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error.into())),
                Poll::Ready(None) => return Poll::Ready(Err(unavailable("PostgreSQL closed it".to_owned()))),
                Poll::Pending => return Poll::Pending,
            }
        }
    });
    tokio::select! {
        outcome = work => outcome,
        outcome = ended => outcome,
    }
}

fn is_of_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string().starts_with("error performing TLS handshake")
}

pub(super) fn unavailable(problem: String) -> DatabaseError {
    DatabaseError::new(ErrorKind::Unavailable, problem)
}

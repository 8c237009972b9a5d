//! Who answers on the first connection, and what cannot be had of him.

use tokio_postgres::Client;

use super::error::DatabaseError;
use super::pooler::Server;
use super::pooler_mode::PoolerMode;
use super::sessions::{WAIT, given_in};
use super::target::{Target, unavailable};
use super::task::Task;

impl Target {
    /// A connection, and who answers on it, which the first one finds out.
    pub(super) async fn recognised(&self) -> Result<(Client, Task, Server), DatabaseError> {
        if let Some(server) = self.server.get() {
            let (client, task) = self.spawned(*server).await?;
            return Ok((client, task, *server));
        }
        let spawned = if self.pooler_mode == Some(PoolerMode::Transaction) {
            None
        } else {
            match self.spawned(Server::PostgreSql).await {
                Ok(spawned) => Some(spawned),
                // A pooler takes no options.
                Err(error) if matches!(error.sqlstate(), Some("08P01" | "0A000")) => None,
                Err(error) => return Err(error),
            }
        };
        let (client, task, server) = match spawned {
            Some((client, task)) => {
                let server = self.while_there_are_sessions(Server::told(&client)).await?;
                (client, task, server)
            }
            None => {
                let (client, task) = self.spawned(Server::Pooler { keeps_statements: false }).await?;
                let server = self.while_there_are_sessions(Server::pooler(&client)).await?;
                (client, task, server)
            }
        };
        let server = self.as_said(server)?;
        if self.server.set(server).is_ok() {
            server.say(self);
        }
        Ok((client, task, server))
    }

    /// Who answers is asked in a session, where it was said that there are sessions: there may be none left.
    async fn while_there_are_sessions<T>(
        &self,
        asking: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        match self.pooler_mode {
            // Some round trips.
            Some(PoolerMode::Session) => given_in(4 * WAIT, asking).await,
            _ => asking.await,
        }
    }

    /// A pooler in the mode that it was said to be in.
    fn as_said(&self, server: Server) -> Result<Server, DatabaseError> {
        match (self.pooler_mode, server) {
            (Some(PoolerMode::Session), Server::Pooler { keeps_statements: false }) => Ok(Server::Sessions),
            // In session mode there is no need to.
            (Some(PoolerMode::Session), Server::Pooler { keeps_statements: true }) => Err(unavailable(
                "POOLER_MODE is `session`, and the pooler keeps account of prepared statements, as PgBouncer does in \
                 another mode: set `pool_mode = session` in PgBouncer, or leave POOLER_MODE away"
                    .to_owned(),
            )),
            _ => Ok(server),
        }
    }
}

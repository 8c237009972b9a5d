//! bb8 with bb8-postgres, which keeps no statements: a manager around its own does, by their text. Nothing is asked of a
//! connection before it is given out.

use std::collections::HashMap;
use std::process::ExitCode;

use bb8::ManageConnection;
use bb8_postgres::PostgresConnectionManager;
use bench_pool::Result;
use bench_pool_peers::{Account, BY_KEY, SLOW};
use tokio_postgres::{Client, Error, NoTls, Statement};

fn main() -> ExitCode {
    bench_pool::start::<Bb8>()
}

#[derive(Debug)]
struct Manager(PostgresConnectionManager<NoTls>);

struct Connection {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl ManageConnection for Manager {
    type Connection = Connection;
    type Error = Error;

    async fn connect(&self) -> std::result::Result<Connection, Error> {
        Ok(Connection { client: self.0.connect().await?, statements: HashMap::new() })
    }

    async fn is_valid(&self, connection: &mut Connection) -> std::result::Result<(), Error> {
        self.0.is_valid(&mut connection.client).await
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        self.0.has_broken(&mut connection.client)
    }
}

impl Connection {
    async fn prepared(&mut self, text: &'static str) -> std::result::Result<Statement, Error> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(text).await?;
        self.statements.insert(text, statement.clone());
        Ok(statement)
    }
}

#[derive(Clone)]
struct Bb8(bb8::Pool<Manager>);

impl bench_pool::Pool for Bb8 {
    type Account = Account;

    async fn open(url: &str, connections: usize, _workers: usize) -> Result<Self> {
        let manager = Manager(PostgresConnectionManager::new(url.parse()?, NoTls));
        let builder = bb8::Pool::builder().max_size(u32::try_from(connections)?).test_on_check_out(false);
        Ok(Self(builder.build(manager).await?))
    }

    async fn account(&self, id: i32) -> Result<Account> {
        let mut connection = self.0.get().await?;
        let statement = connection.prepared(BY_KEY).await?;
        Ok(Account::from(&connection.client.query_one(&statement, &[&id]).await?))
    }

    async fn slow(&self, seconds: f64) -> Result {
        let mut connection = self.0.get().await?;
        let statement = connection.prepared(SLOW).await?;
        connection.client.query_one(&statement, &[&seconds, &1]).await?;
        Ok(())
    }
}

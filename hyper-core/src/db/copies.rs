//! Copies of the database of an application that is tested: one for each test that runs at the same time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use super::connection::Connection;
use super::error::DatabaseError;
use super::pool::Db;
use super::pool_options::DbOptions;

/// The copies there are.
#[derive(Default)]
pub(super) struct Copies {
    /// The name of the first one, which the others are made of: nobody ever connects to it.
    template: OnceCell<String>,
    idle: Mutex<Vec<Db>>,
    made: AtomicU32,
}

impl Db {
    /// A copy that no other test uses.
    pub(super) async fn take_copy(&self) -> Result<Self, DatabaseError> {
        let Some(copies) = &self.0.copies else { return Ok(self.clone()) };
        let idle = copies.idle.lock().expect("no panic while held").pop();
        if let Some(copy) = idle {
            return Ok(copy);
        }
        let (url, name) = (self.url(), self.url().name());
        let server = Connection::open(&Arc::new(self.0.target.of_database("postgres"))).await?;
        let next = || format!("{name}_{}", copies.made.fetch_add(1, Ordering::Relaxed) + 1);
        let template = copies
            .template
            .get_or_try_init(|| async {
                let template = next();
                self.0.disconnect();
                // PostgreSQL copies what nobody is connected to. Who is, in the background, connects again.
                let others = format!(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
                    name.replace('\'', "''")
                );
                server.batch(&others).await?;
                copy(&server, name, &template).await.map(|()| template)
            })
            .await?;
        let to = next();
        copy(&server, template, &to).await?;
        let options = DbOptions { pinned: 1, exclusive: 1, ..DbOptions::default() };
        Ok(Self::with_options(url.of_database(&to), options))
    }

    /// Takes one back that is as it was.
    pub(super) fn give_copy_back(&self, copy: &Self) {
        if let Some(copies) = &self.0.copies {
            copies.idle.lock().expect("no panic while held").push(copy.clone());
        }
    }
}

async fn copy(server: &Connection, from: &str, to: &str) -> Result<(), DatabaseError> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    server.batch(&format!("CREATE DATABASE {} TEMPLATE {}", quoted(to), quoted(from))).await
}

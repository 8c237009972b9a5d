//! A connection a worker thread, with its statements prepared once.

use std::{
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio_postgres::{Client, Error, NoTls, Row, Statement};

thread_local! {
    static WORKER: Cell<usize> = const { Cell::new(0) };
}

/// Gives the thread that calls it the next number below `workers`.
pub(crate) fn number_this_thread(workers: usize) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    WORKER.set(NEXT.fetch_add(1, Ordering::Relaxed) % workers);
}

/// One connection for each worker.
pub(crate) struct Database(Vec<Connection>);

struct Connection {
    client: Client,
    world: Statement,
    fortunes: Statement,
    posts: Statement,
}

impl Database {
    /// Opens the connections and prepares their statements.
    pub(crate) async fn connect(url: &str, workers: usize) -> Result<Self, Error> {
        let mut connections = Vec::with_capacity(workers);
        for _ in 0..workers {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            let world = client.prepare("SELECT id, random_number FROM world WHERE id = $1").await?;
            let fortunes = client.prepare("SELECT id, message FROM fortune").await?;
            let posts = "SELECT id, title, url, author_id, score, comments, created, body FROM posts \
                         ORDER BY id DESC LIMIT $1";
            let posts = client.prepare(posts).await?;
            connections.push(Connection { client, world, fortunes, posts });
        }
        Ok(Self(connections))
    }

    /// The connection of the thread this runs on now.
    fn pinned(&self) -> &Connection {
        &self.0[WORKER.get()]
    }

    /// The row of `world` with this id.
    pub(crate) async fn world(&self, id: i32) -> Result<Row, Error> {
        let Connection { client, world, .. } = self.pinned();
        client.query_one(world, &[&id]).await
    }

    /// All of `fortune`, in no order.
    pub(crate) async fn fortunes(&self) -> Result<Vec<Row>, Error> {
        let Connection { client, fortunes, .. } = self.pinned();
        client.query(fortunes, &[]).await
    }

    /// The newest posts.
    pub(crate) async fn posts(&self, limit: i64) -> Result<Vec<Row>, Error> {
        let Connection { client, posts, .. } = self.pinned();
        client.query(posts, &[&limit]).await
    }
}

//! hypernews with the small community on a free port, and what the tests see of its database.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use hyperdjango::Settings;
use hyperdjango::db::register_worker;
use hyperdjango::http::Signer;
use hyperdjango::prelude::*;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;
use hypernews::accounts::Accounts;
use hypernews::models::{Comment, Post, User, Vote};
use hypernews::seed::Size;
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

use crate::client::Client;

/// The routes and tables of hypernews, filled with the small community.
#[derive(App)]
#[app(routes = hypernews::site::Urls, models = [User, Post, Comment, Vote], on_error = hypernews::pages::failure::failed, setup = load)]
pub(crate) struct Site {
    pub(crate) db: Db,
    accounts: Accounts,
}

async fn load(site: &Site) -> Result<()> {
    hypernews::data::load_if_empty(&site.db, Size::SMALL).await
}

/// What the site signs with.
const SECRET_KEY: &str = "a secret key of the tests, and of nothing else";

/// A running site.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) site: &'static hyperdjango::app::Running<Site>,
    /// Where its database is.
    pub(crate) url: String,
    server: Server,
    port: u16,
}

impl Served {
    /// On a database of its own.
    pub(crate) fn new() -> Self {
        Self::on(hyper_tests::postgres().url(), &[])
    }

    /// On this database, with these settings.
    pub(crate) fn on(url: &str, settings: &[(&str, &str)]) -> Self {
        let own = [("PORT", "0"), ("DEBUG", "true"), ("SECRET_KEY", SECRET_KEY), ("DATABASE_URL", url)];
        let settings = Settings::from_pairs(own.into_iter().chain(settings.iter().copied())).unwrap();
        // As a serving process does it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads())
            .on_thread_start(register_worker)
            .enable_all()
            .build()
            .unwrap();
        let (site, server) = runtime.block_on(async {
            let site = hyperdjango::app::start::<Site>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            (site, Server::start(site, listener, &settings).unwrap())
        });
        let port = match server.address() {
            Bind::Tcp(_, port) => *port,
            Bind::Unix(_) => 0,
        };
        Self { runtime, site, url: url.to_owned(), server, port }
    }

    /// Somebody with an empty cookie jar.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Somebody who is logged in as the account of this id.
    pub(crate) fn client_of(&self, user: i64) -> Client {
        let mut client = self.client();
        client.cookies.insert("hypernews".to_owned(), signed(user));
        client
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// Waits for a future of the site's runtime.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// How many connections clients have to it.
    pub(crate) fn connections(&self) -> usize {
        self.server.connections()
    }

    /// The first column of each row of the last of these statements, as text.
    pub(crate) fn sql(&self, statements: &str) -> Vec<String> {
        self.wait(sql(&self.url, statements)).unwrap_or_else(|error| panic!("{statements}: {error:?}"))
    }

    /// The one value of a query.
    pub(crate) fn value(&self, query: &str) -> String {
        self.sql(query).pop().unwrap_or_else(|| panic!("no row: {query}"))
    }

    /// That what is counted beside the rows is what counting the rows gives.
    pub(crate) fn assert_counted(&self) {
        for (what, query) in [
            (
                "votes up",
                "SELECT id FROM posts p WHERE ups <> (SELECT count(*) FROM votes WHERE post_id = p.id AND up)",
            ),
            (
                "votes down",
                "SELECT id FROM posts p WHERE downs <> (SELECT count(*) FROM votes WHERE post_id = p.id AND NOT up)",
            ),
            ("scores", "SELECT id FROM posts WHERE score <> ups - downs"),
            (
                "comments",
                "SELECT id FROM posts p WHERE comments <> (SELECT count(*) FROM comments WHERE post_id = p.id)",
            ),
            (
                "karma",
                "SELECT id FROM users u WHERE karma <> (SELECT coalesce(sum(score), 0) FROM posts WHERE author_id = u.id)",
            ),
        ] {
            assert_eq!(self.sql(query), Vec::<String>::new(), "{what} that do not add up");
        }
    }
}

/// The cookie's value of who is logged in as this account.
pub(crate) fn signed(user: i64) -> String {
    Signer::new(SECRET_KEY.as_bytes(), "hypernews.account").sign(&user.to_string())
}

/// Runs statements on a connection of their own.
pub(crate) async fn sql(url: &str, statements: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = tokio::spawn(connection);
    let messages = client.simple_query(statements).await?;
    drop(client);
    let _ = connection.await;
    Ok(messages
        .into_iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect())
}

/// Waits for a condition, for as long as a busy machine may need.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

//! Databases of tests, and the server they are on.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Once, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper_core::db::{Db, DbOptions, Executor, Reader, Sql};
use hyper_core::embedded::{Options, Postgres};
use hyper_orm::model::Table;
use hyper_orm::schema::create_missing_tables;

/// After so long a database of tests that nobody is connected to was left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// The server of the tests, and how the names of their databases begin.
struct Server {
    postgres: Postgres,
    prefix: String,
    /// Whether it goes on when the tests have ended.
    stays: bool,
}

/// Never dropped: the kernel closes what it holds when the process ends, and a server of the tests' own follows.
fn server() -> Result<&'static Server, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref().map_err(Clone::clone)
}

fn start() -> Result<Server, String> {
    let url = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty());
    let stays = url.is_some();
    let options = match url {
        Some(_) => Options::project(".").database_url(url),
        None => Options::ephemeral(),
    };
    let postgres = Postgres::start(options).map_err(|error| error.to_string())?;
    let name = postgres.config().get_dbname().unwrap_or("hyper");
    // A name has 63 bytes at most, and with the time, the process and a number there are up to 32 more.
    let end = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= 24).last().unwrap_or(0);
    let prefix = format!("test_{}_", if name.len() <= 24 { name } else { &name[..end] });
    Ok(Server { postgres, prefix, stays })
}

/// A fresh, empty database. It blocks.
pub(super) fn create() -> Result<String, String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    static TIDIED: Once = Once::new();
    let server = server()?;
    if server.stays
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        TIDIED.call_once(|| drop(runtime.spawn(remove_left_behind(server))));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}{now}_{}_{number}", server.prefix, std::process::id());
    server.postgres.create_database(&name).map_err(|error| error.to_string())?;
    Ok(server.postgres.url_of(&name))
}

/// Removes databases that tests left on a server which is not theirs: killed ones, and applications, which no test ends.
async fn remove_left_behind(server: &Server) {
    let Ok(url) = server.postgres.url_of("postgres").parse() else { return };
    let db = Db::with_options(url, one_connection());
    let mut names: Vec<String> = Vec::new();
    let sql = Sql::new("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)");
    let read = db
        .read(sql, &[&server.prefix], |row| {
            names.push(row.get(0));
            Ok(())
        })
        .await;
    if read.is_err() {
        return;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    for name in names {
        let made = name[server.prefix.len()..].split('_').next().and_then(|seconds| seconds.parse().ok());
        if made.is_some_and(|made| Duration::from_secs(made) + LEFT_BEHIND < now) {
            // PostgreSQL refuses while somebody is connected.
            let _ = db.execute_batch(&format!("DROP DATABASE {}", quoted(&name))).await;
        }
    }
}

fn one_connection() -> DbOptions {
    let mut options = DbOptions::default();
    (options.pinned, options.exclusive) = (1, 1);
    options
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A database for tests of models alone, or of what one connection cannot do: it is fresh, only who made it uses it, and
/// what is written to it is committed. It is used as the [`Db`] it has.
///
/// ```
/// # extern crate hyperdjango as _; mod hyperdjango { pub use ::hyperdjango::{*, __test_in_docs as test}; }
/// # hyperdjango::__blog!();
/// use hyperdjango::test::TestDatabase;
///
/// #[hyperdjango::test]
/// async fn users_have_names() -> Result<()> {
///     let db = TestDatabase::new(&[User::META]).await;
///     User::objects().create(&*db, User.name.set("Ana")).await?;
///     assert_eq!(User::objects().count(&*db).await?, 1);
///     Ok(())
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct TestDatabase {
    db: Db,
    url: String,
}

impl TestDatabase {
    /// One with the tables of these models.
    ///
    /// # Panics
    /// When no PostgreSQL can be had, with what to install; or when a table cannot be created.
    pub async fn new(models: &[&'static Table]) -> Self {
        let made = tokio::task::spawn_blocking(create).await;
        let url = made.unwrap_or_else(|error| Err(error.to_string()));
        let url = url.unwrap_or_else(|problem| panic!("There is no database for the test: {problem}"));
        let parsed = url.parse().unwrap_or_else(|problem| panic!("the URL of a test's database: {problem}"));
        let mut options = DbOptions::default();
        (options.pinned, options.exclusive) = (1, 8);
        let db = Db::with_options(parsed, options);
        if let Err(error) = create_missing_tables(&db, models).await {
            panic!("The tables of the test cannot be created: {error}");
        }
        Self { db, url }
    }

    /// Where it is, for connections of other programs.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Deref for TestDatabase {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Ok(server) = server() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !server.stays {
            return;
        }
        let name = self.db.url().name().to_owned();
        runtime.spawn(async move {
            let Ok(url) = server.postgres.url_of("postgres").parse() else { return };
            let db = Db::with_options(url, one_connection());
            let _ = db.execute_batch(&format!("DROP DATABASE {} WITH (FORCE)", quoted(&name))).await;
        });
    }
}

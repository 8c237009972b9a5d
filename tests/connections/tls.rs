//! TLS to PostgreSQL: each `sslmode`, against servers with and without it.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyperdjango::db::{DatabaseUrl, Db, DbOptions, ErrorKind, Executor, SslMode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::servers::{Authority, Server, texts};

const SECURE: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// A server with TLS for `localhost`, and the files of those who connect.
struct Site {
    server: Server,
}

impl Site {
    async fn new() -> Self {
        let (right, other) = (Authority::new("right"), Authority::new("other"));
        let (certificate, key) = right.sign("server", &["localhost"]);
        let server = Server::start(
            "ssl = on\nssl_ca_file = 'ca.pem'\npassword_encryption = 'scram-sha-256'",
            "hostssl all shown all cert\nhostssl all told all scram-sha-256\nhostnossl all plain all trust\n\
             hostssl all secure all trust\nhost all hyper all trust",
            &[("server.crt", &certificate), ("server.key", &key), ("ca.pem", &right.pem())],
        )
        .await;
        let this = Self { server };
        for (name, (certificate, key)) in
            [("client", right.sign("shown", &[])), ("stranger", other.sign("shown", &[]))]
        {
            fs::write(this.file(&format!("{name}.pem")), certificate).unwrap();
            fs::write(this.file(&format!("{name}.key")), key).unwrap();
        }
        fs::write(this.file("right.pem"), right.pem()).unwrap();
        fs::write(this.file("other.pem"), other.pem()).unwrap();
        fs::write(this.file("leaf.pem"), certificate).unwrap();
        fs::write(this.file("empty.pem"), "").unwrap();
        let roles = "CREATE ROLE shown LOGIN; CREATE ROLE plain LOGIN; CREATE ROLE secure LOGIN; \
                     CREATE ROLE told LOGIN PASSWORD 'Zx9Zx9'";
        this.server.local().execute_batch(roles).await.unwrap();
        this
    }

    fn file(&self, name: &str) -> PathBuf {
        self.server.folder.join(name)
    }

    fn query(&self, query: &str) -> String {
        query.replace("@", &format!("{}/", self.server.folder.display()))
    }

    /// Whether a connection is encrypted, or why there is none.
    async fn ask(&self, account: &str, host: &str, query: &str) -> Result<bool, String> {
        let url: DatabaseUrl = self.server.url(account, host, &self.query(query)).parse()?;
        let secure = texts(&Db::new(url), SECURE).await;
        secure.map(|secure| secure[0] == "true").map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(!format!("{error} {error:?}").contains("Zx9"), "{error:?}");
            error.to_string()
        })
    }
}

#[track_caller]
fn fails(outcome: Result<bool, String>, why: &str) {
    let error = outcome.expect_err(why);
    assert!(error.contains(why), "{error}");
}

#[tokio::test]
async fn each_mode_checks_what_libpq_checks() {
    let site = Site::new().await;
    let ask = async |host: &str, query: &str| site.ask("hyper", host, query).await;
    // What nobody asked for is as libpq has it: encrypted, and whoever answers is believed.
    assert_eq!(ask("localhost", "").await, Ok(true));
    assert_eq!(ask("127.0.0.1", "sslmode=prefer").await, Ok(true));
    assert_eq!(ask("localhost", "sslmode=allow").await, Ok(false));
    assert_eq!(ask("localhost", "sslmode=disable").await, Ok(false));
    assert_eq!(ask("127.0.0.1", "sslmode=require").await, Ok(true));
    // The name of the host counts for one mode only, the authority for both.
    assert_eq!(ask("localhost", "sslmode=verify-full&sslrootcert=@right.pem").await, Ok(true));
    assert_eq!(ask("127.0.0.1", "sslmode=verify-ca&sslrootcert=@right.pem").await, Ok(true));
    fails(ask("127.0.0.1", "sslmode=verify-full&sslrootcert=@right.pem").await, "not valid for name");
    for mode in ["verify-ca", "verify-full", "require"] {
        fails(ask("localhost", &format!("sslmode={mode}&sslrootcert=@other.pem")).await, "UnknownIssuer");
    }
    fails(ask("localhost", "sslrootcert=system").await, "UnknownIssuer");
    // Where an authority is named, it counts; but `prefer` goes on without TLS.
    assert_eq!(ask("localhost", "sslmode=prefer&sslrootcert=@other.pem").await, Ok(false));
    // A certificate that is trusted itself.
    assert_eq!(ask("localhost", "sslmode=verify-full&sslrootcert=@leaf.pem").await, Ok(true));
    assert_eq!(ask("127.0.0.1", "sslmode=verify-ca&sslrootcert=@leaf.pem").await, Ok(true));
    fails(ask("127.0.0.1", "sslmode=verify-full&sslrootcert=@leaf.pem").await, "not valid for name");
    // A name and an address that are told apart.
    assert_eq!(
        ask("localhost", "hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=@right.pem").await,
        Ok(true)
    );
    let elsewhere = "host=elsewhere.test&hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=@right.pem";
    fails(ask("localhost", elsewhere).await, "not valid for name");
    // Files.
    fails(ask("localhost", "sslmode=verify-ca&sslrootcert=@none.pem").await, "`sslrootcert`, ");
    fails(
        ask("localhost", "sslmode=verify-ca&sslrootcert=@empty.pem").await,
        "there is no certificate in it",
    );
    fails(ask("localhost", "sslmode=verify-ca").await, "name their file (PEM) by `sslrootcert`");
}

#[tokio::test]
async fn a_server_may_ask_for_one_way_or_a_certificate() {
    let site = Site::new().await;
    // By `pg_hba.conf`, one way is closed: the modes that may take the other one do.
    assert_eq!(site.ask("plain", "localhost", "sslmode=prefer").await, Ok(false));
    assert_eq!(site.ask("secure", "localhost", "sslmode=allow").await, Ok(true));
    fails(site.ask("plain", "localhost", "sslmode=require").await, "no pg_hba.conf entry");
    fails(site.ask("secure", "localhost", "sslmode=disable").await, "no pg_hba.conf entry");
    // A certificate shown to it.
    let shown = |name: &str| format!("sslmode=require&sslcert=@{name}.pem&sslkey=@{name}.key");
    assert_eq!(site.ask("shown", "localhost", &shown("client")).await, Ok(true));
    fails(site.ask("shown", "localhost", "sslmode=require").await, "valid client certificate");
    assert!(site.ask("shown", "localhost", &shown("stranger")).await.is_err());
    fails(site.ask("shown", "localhost", &shown("none")).await, "`sslcert`, ");
    let mixed = "sslmode=require&sslcert=@client.pem&sslkey=@stranger.key";
    fails(site.ask("shown", "localhost", mixed).await, "`sslkey`, ");
    // A password bound to the certificate.
    let told = |more: &str| format!("sslmode=require&{more}");
    assert_eq!(site.ask("told:Zx9Zx9", "localhost", &told("channel_binding=require")).await, Ok(true));
    assert_eq!(site.ask("told:Zx9Zx9", "localhost", &told("channel_binding=disable")).await, Ok(true));
    fails(site.ask("told:Zx9Zx8", "localhost", &told("")).await, "password authentication failed");
    assert!(site.ask("told", "localhost", &told("")).await.is_err());
    fails(site.ask("hyper:Zx9Zx9", "localhost", "sslmode=disable&channel_binding=require").await, "");
    // A socket has no TLS, whatever the mode.
    let url = format!(
        "host={} port={} user=hyper dbname=postgres sslmode=verify-full",
        site.server.folder.display(),
        site.server.port
    );
    assert_eq!(texts(&Db::new(url.parse().unwrap()), SECURE).await.unwrap(), ["false"]);
}

#[tokio::test]
async fn a_server_without_tls_is_taken_where_the_mode_lets_it() {
    let server = Server::start("", "host all all all trust", &[]).await;
    for (mode, taken) in [
        (SslMode::Disable, true),
        (SslMode::Allow, true),
        (SslMode::Prefer, true),
        (SslMode::Require, false),
        (SslMode::VerifyCa, false),
        (SslMode::VerifyFull, false),
    ] {
        let mode = mode.name();
        let root = server.folder.join("ca.pem");
        fs::write(&root, Authority::new("any").pem()).unwrap();
        let query = format!("sslmode={mode}&sslrootcert={}", root.display());
        let outcome =
            texts(&Db::new(server.url("hyper", "localhost", &query).parse().unwrap()), SECURE).await;
        match outcome {
            Ok(secure) => assert!(taken && secure == ["false"], "{mode}"),
            Err(error) => {
                assert!(!taken, "{mode}: {error}");
                let told = format!("PostgreSQL has no TLS, and `sslmode={mode}` asks for it");
                assert!(error.to_string().starts_with(&told), "{error}");
            }
        }
    }
}

/// What a server is asked first: TLS, or to cancel.
const TLS_REQUEST: u32 = 80_877_103;

/// The request to cancel has the key of the connection in it.
#[tokio::test]
async fn a_cancellation_is_encrypted_as_its_connection() {
    let site = Site::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), site.server.port);
    let firsts = Arc::new(Mutex::new(Vec::new()));
    let seen = firsts.clone();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut first = [0; 8];
                client.read_exact(&mut first).await.unwrap();
                seen.lock().unwrap().push(u32::from_be_bytes(first[4..].try_into().unwrap()));
                let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                server.write_all(&first).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    let query = site.query("sslmode=verify-full&sslrootcert=@right.pem");
    let mut options = DbOptions::default();
    options.exclusive = 1;
    let url = format!("postgres://hyper@localhost:{port}/postgres?{query}");
    let db = Db::with_options(url.parse().unwrap(), options);
    let tx = db.begin().await.unwrap();
    let slow = tx.execute_batch("SELECT pg_sleep(600)");
    assert!(tokio::time::timeout(Duration::from_millis(200), slow).await.is_err());
    drop(tx);
    // There is one connection, so this waits until the statement was cancelled.
    db.execute_batch("SELECT 1").await.unwrap();
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(600)' AND state = 'active'";
    let local = site.server.local();
    let stopped = async {
        while texts(&local, asleep).await.unwrap() != ["0"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), stopped).await.expect("it was cancelled");
    let firsts = firsts.lock().unwrap().clone();
    assert_eq!(
        firsts, [TLS_REQUEST; 3],
        "a connection, the cancellation, and a connection in place of the first"
    );
}

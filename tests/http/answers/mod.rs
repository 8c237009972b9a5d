//! What handlers answer: errors of the site's own, files, streams, events and redirects, over a real socket.

mod errors;
mod files;
mod pages;
mod site;
mod streams;

use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use hyperdjango::prelude::*;
use hyperdjango::server::{Listener, Server};
use hyperdjango::settings::Bind;
use tokio::runtime::Runtime;

use crate::served::{Answer, Client};
use site::Site;

/// A running site, with a folder of its own.
struct Served {
    // Before the runtime it runs on.
    server: Server,
    _runtime: Runtime,
    folder: PathBuf,
}

impl Served {
    fn new(debug: &str) -> Self {
        Self::start::<Site>(debug, &[])
    }

    fn start<A: App>(debug: &str, settings: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("hyper-answers-{}", Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("public")).unwrap();
        let database = hyper_tests::postgres();
        let model = crate::served::model();
        let own = [
            ("PORT", "0"),
            ("HTTP_SERVER_MODEL", &model),
            ("DEBUG", debug),
            ("DATABASE_URL", database.url()),
            ("FOLDER", folder.to_str().unwrap()),
            ("ALLOWED_HOSTS", "app.example"),
            ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
            ("MAIL_PASSWORD", "hunter2hunter2"),
            ("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR")),
        ];
        let settings = Settings::from_pairs(own.into_iter().chain(settings.iter().copied())).unwrap();
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(async {
            let site = hyperdjango::app::start::<A>(&settings).await.unwrap();
            let listener = Listener::bind(settings.bind()).await.unwrap();
            Server::start(site, listener, &settings).unwrap()
        });
        Self { server, _runtime: runtime, folder }
    }

    fn connect(&self) -> Client {
        let Bind::Tcp(_, port) = self.server.address() else { panic!("it listens on TCP") };
        let stream = TcpStream::connect(("127.0.0.1", *port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Client(stream)
    }

    /// `GET` with these lines of header fields.
    fn get(&self, target: &str, fields: &[&str]) -> Answer {
        self.ask("GET", target, fields)
    }

    fn ask(&self, method: &str, target: &str, fields: &[&str]) -> Answer {
        let mut client = self.connect();
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        client.send(format!("{method} {target} HTTP/1.1\r\nhost: t\r\n{fields}\r\n"));
        if method == "HEAD" { client.head() } else { client.answer() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

//! The real server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use hyperdjango::prelude::*;
use hyperdjango::test::{Client, LiveServer, assert_queries};

use crate::site::{Person, Site, people};

fn get(address: SocketAddr, target: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[hyperdjango::test]
async fn a_live_server_has_a_database_of_its_own(
    client: Client<Site>,
    server: LiveServer<Site>,
) -> Result<()> {
    let address = server.address();
    assert_eq!(server.url(), format!("http://{address}"));
    let ask =
        async |target: &'static str| tokio::task::spawn_blocking(move || get(address, target)).await.unwrap();
    // It is committed, as handlers on connections of their own see it.
    Person::objects().create(server.db(), Person.name.set("ana")).await?;
    let answer = assert_queries!(0, ask("/people").await);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(r#"["admin","ana"]"#), "{answer}");
    assert_eq!(client.get(people::url()).await.json::<Vec<String>>(), ["admin"]);
    server.stop().await;
    assert!(TcpStream::connect(address).is_err(), "it has stopped");
    Ok(())
}

#[hyperdjango::test]
async fn a_live_server_stops_when_it_is_dropped(server: LiveServer<Site>) {
    let address = server.address();
    drop(server);
    let begun = std::time::Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed().as_secs() < 20, "it does not stop");
        tokio::task::yield_now().await;
    }
}

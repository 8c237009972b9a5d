//! HTTPS: with certificates made here, asked by rustls as a client.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

use hyperdjango::Settings;
use hyperdjango::server::{Listener, Server};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::http2;
use crate::refusals;
use crate::served::{Client, PATIENCE, Served, read_answer, until};

/// A folder with a certificate and its key.
pub(crate) struct Files {
    folder: PathBuf,
    certificate: CertificateDer<'static>,
}

impl Files {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hyper-tls-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let certificate = write(&folder);
        Self { folder, certificate }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn serve(&self, more: &[(&str, &str)]) -> Served {
        let (certificate, key) = (self.path("cert.pem"), self.path("key.pem"));
        let files = [("TLS_CERT", certificate.as_str()), ("TLS_KEY", key.as_str())];
        Served::with(&[&files[..], more].concat())
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn write(folder: &std::path::Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["site.test".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    cert.der().clone()
}

/// A client that trusts this certificate only.
fn config(certificate: &CertificateDer<'static>, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(config)
}

fn name() -> ServerName<'static> {
    ServerName::try_from("site.test").unwrap()
}

pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

impl Files {
    /// A client that trusts the certificate and offers this protocol.
    pub(crate) fn secure(&self, stream: TcpStream, protocol: &[u8]) -> Secure {
        StreamOwned::new(
            ClientConnection::new(config(&self.certificate, &[protocol]), name()).unwrap(),
            stream,
        )
    }
}

fn connect(served: &Served, certificate: &CertificateDer<'static>) -> Secure {
    let connection = ClientConnection::new(config(certificate, &[]), name()).unwrap();
    StreamOwned::new(connection, served.try_connect().unwrap())
}

fn ask(stream: &mut Secure, path: &str) -> crate::served::Answer {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: site.test\r\n\r\n").as_bytes()).unwrap();
    read_answer(stream, true)
}

#[test]
fn requests_are_secure_and_say_so() {
    for model in ["shared", "per_core"] {
        let files = Files::new(model);
        let served = files.serve(&[("HTTP_SERVER_MODEL", model), ("REST_TIMEOUT", "0")]);
        assert!(served.server().url().starts_with("https://127.0.0.1:"));
        let mut client = connect(&served, &files.certificate);
        assert_eq!(ask(&mut client, "/long/came").body, "HTTP/1.1 https://site.test/long/came");
        assert_eq!(ask(&mut client, "/large").body.len(), 32 << 20);
        assert_eq!(ask(&mut client, "/stream").body, "one two three");
        // It rests, and goes on.
        until("it rests", || served.server().stats().awake == 0);
        assert_eq!(ask(&mut client, "/").body, "Hello");
    }
}

#[test]
fn client_and_server_agree_on_http2() {
    let files = Files::new("alpn");
    let served = files.serve(&[]);
    served.runtime.block_on(async {
        for (offered, agreed, version) in [
            (&[&b"h2"[..], b"http/1.1"][..], Some(&b"h2"[..]), "HTTP/2.0"),
            (&[&b"http/1.1"[..]][..], Some(&b"http/1.1"[..]), "HTTP/1.1"),
        ] {
            let connector = tokio_rustls::TlsConnector::from(config(&files.certificate, offered));
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", served.port)).await.unwrap();
            let stream = connector.connect(name(), stream).await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), agreed);
            if version == "HTTP/2.0" {
                let client = http2::client(stream).await;
                let (_, body) = http2::ask(&client, http2::get("/long/came"), None).await.unwrap();
                assert_eq!(body, b"HTTP/2.0 https://site.test/long/came");
            }
        }
    });
}

#[test]
fn a_new_certificate_is_taken_without_a_restart_and_a_bad_one_is_not() {
    let files = Files::new("reload");
    let served = files.serve(&[]);
    let mut old = connect(&served, &files.certificate);
    assert_eq!(ask(&mut old, "/").body, "Hello");
    let certificate = write(&files.folder);
    // By itself within some seconds.
    let begun = std::time::Instant::now();
    loop {
        let mut new = connect(&served, &certificate);
        if new.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").is_ok() {
            assert_eq!(read_answer(&mut new, true).body, "Hello");
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "it is not read again");
    }
    assert_eq!(ask(&mut old, "/").body, "Hello", "open connections go on");
    fs::write(files.path("cert.pem"), "nonsense").unwrap();
    let error = served.server().reload().unwrap_err().to_string();
    assert!(error.starts_with("TLS_CERT (`") && error.contains("holds no certificate"), "{error}");
    assert_eq!(ask(&mut connect(&served, &certificate), "/").body, "Hello");
}

#[test]
fn who_does_not_speak_tls_harms_nobody() {
    let files = Files::new("plain");
    let served = files.serve(&[("HEADER_TIMEOUT", "1")]);
    let mut plain = served.connect();
    plain.send("GET / HTTP/1.1\r\nhost: t\r\n\r\n");
    let said = plain.rest();
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
    // One that says nothing has as long as for the head of a request.
    let mut silent: Client = served.connect();
    assert!(silent.rest().is_empty());
    assert_eq!(ask(&mut connect(&served, &files.certificate), "/").body, "Hello");
}

#[test]
fn it_stops_in_order() {
    let files = Files::new("stop");
    let mut served = files.serve(&[("REST_TIMEOUT", "1")]);
    let client = || connect(&served, &files.certificate);
    let (mut rests, mut idle, mut busy) = (client(), client(), client());
    assert_eq!(ask(&mut rests, "/").body, "Hello");
    until("it rests", || served.server().stats().awake == 0);
    assert_eq!(ask(&mut idle, "/").body, "Hello");
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: t\r\n\r\n").unwrap();
    served.wait_until_entered(1);
    let stopped = served.stop();
    // With a goodbye of TLS's own, or this would be an error.
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    assert_eq!(rests.read(&mut [0]).unwrap(), 0);
    served.site.gate.open.add_permits(1);
    assert_eq!(read_answer(&mut busy, true).body, "waited");
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0);
}

#[test]
fn a_handshake_that_does_not_end_is_given_up_when_the_server_stops() {
    let files = Files::new("handshake");
    let mut served = files.serve(&[("HEADER_TIMEOUT", "600"), ("DRAIN_TIMEOUT", "20")]);
    let mut half = served.connect();
    // The head of a record that does not come.
    half.send([0x16, 3, 1, 2, 0]);
    until("it is accepted", || served.server().stats().accepted == 1);
    let stopped = served.stop();
    assert!(half.rest().is_empty());
    assert_eq!(served.runtime.block_on(stopped).unwrap().cut, 0, "it was not waited for");
}

#[test]
fn a_slow_head_is_told_so() {
    let files = Files::new("slow");
    let served = files.serve(&[("HEADER_TIMEOUT", "1")]);
    let mut client = connect(&served, &files.certificate);
    client.write_all(b"GET / HTTP/1.1\r\nhost").unwrap();
    let answer = read_answer(&mut client, true);
    refusals::assert_form(&answer, 408, "The head of the request arrived too slowly.");
    // And the end is a goodbye of TLS's own.
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let files = Files::new("bad");
    fs::write(files.path("empty.pem"), "").unwrap();
    fs::write(files.path("other.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let start = |certificate: &str, key: &str| {
        let pairs = [("PORT", "0"), ("TLS_CERT", &files.path(certificate)), ("TLS_KEY", &files.path(key))];
        let settings = Settings::from_pairs(pairs).unwrap();
        runtime.block_on(async {
            let site = hyperdjango::app::start::<crate::site::Site>(&settings).await.unwrap();
            let listener = Listener::open(&settings).await.unwrap();
            Server::start(site, listener, &settings).map(drop).unwrap_err().to_string()
        })
    };
    for (certificate, key, expected) in [
        ("missing.pem", "key.pem", "missing.pem`) cannot be read: No such file or directory (os error 2)"),
        ("empty.pem", "key.pem", "holds no certificate: PEM has lines such as `-----BEGIN CERTIFICATE-----`"),
        ("key.pem", "key.pem", "holds no certificate"),
        ("cert.pem", "missing.pem", "TLS_KEY (`"),
        ("cert.pem", "cert.pem", "holds no private key: PEM has lines such as `-----BEGIN PRIVATE KEY-----`"),
        ("cert.pem", "other.pem", "is not the key of the certificate in TLS_CERT"),
    ] {
        let error = start(certificate, key);
        assert!(error.contains(expected), "{certificate} {key}: {error}");
    }
}

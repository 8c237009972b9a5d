//! Somebody on the way who shows the server's own certificate, and has not its key.

use std::sync::Arc;

use hyperdjango::db::{Db, ErrorKind, Executor};
use rcgen::KeyPair;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::servers::Authority;

/// A certificate and a key, whether they belong together or not.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// What a client says that meets a server with this certificate and key. The server goes when it has shaken hands.
async fn meets(
    root: &str,
    certificate: &str,
    key: &str,
    version: &'static SupportedProtocolVersion,
) -> String {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let key = ring::default_provider().key_provider.load_private_key(key).unwrap();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Shown(Arc::new(CertifiedKey::new(vec![certificate], key)))));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        client.read_exact(&mut [0; 8]).await.unwrap();
        client.write_all(b"S").await.unwrap();
        let _ = TlsAcceptor::from(Arc::new(config)).accept(client).await;
    });
    let url = format!("postgres://hyper@localhost:{port}/x?sslmode=verify-full&sslrootcert={root}");
    let error = Db::new(url.parse().unwrap()).execute_batch("SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    error.to_string()
}

#[tokio::test]
async fn who_has_not_the_key_is_not_the_server() {
    let authority = Authority::new("right");
    let (certificate, key) = authority.sign("server", &["localhost"]);
    let folder = std::env::temp_dir().join(format!("hyper-impostor-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let root = folder.join("ca.pem");
    std::fs::write(&root, authority.pem()).unwrap();
    let root = root.display().to_string();
    let other = KeyPair::generate().unwrap().serialize_pem();
    for version in [&version::TLS12, &version::TLS13] {
        let right = meets(&root, &certificate, &key, version).await;
        assert!(!right.contains("TLS"), "it has shaken hands: {right}");
        let wrong = meets(&root, &certificate, &other, version).await;
        assert!(wrong.contains("TLS with PostgreSQL failed") && wrong.contains("BadSignature"), "{wrong}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

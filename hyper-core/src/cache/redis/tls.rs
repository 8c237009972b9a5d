//! TLS to Redis, by rustls: the authorities are read once, and a certificate that is not trusted is told as such.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use redis::{ConnectionAddr, ConnectionInfo};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::cache::error::{CacheError, CacheErrorKind};

/// What connections to a Redis by TLS are made with.
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    /// What it takes where one of the addresses is `rediss://`; none else.
    pub(super) fn of(infos: &[ConnectionInfo], root: Option<&Path>) -> Result<Option<Self>, CacheError> {
        if !infos.iter().any(|info| matches!(info.addr(), ConnectionAddr::TcpTls { .. })) {
            return Ok(None);
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| CacheError::new(CacheErrorKind::Other, "TLS cannot be used").with_source(error))?
            .with_root_certificates(trusted(root)?)
            .with_no_client_auth();
        Ok(Some(Self(TlsConnector::from(Arc::new(config)))))
    }

    /// Connects to a server of this name, or address.
    pub(super) async fn dial(
        &self,
        host: &str,
        port: u16,
    ) -> Result<TlsStream<TcpStream>, Box<dyn Error + Send + Sync>> {
        let name = ServerName::try_from(host.to_owned())?;
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        self.0.connect(name, stream).await.map_err(|error| explained(host, error))
    }
}

/// The authorities of a file, or else those of the system.
fn trusted(root: Option<&Path>) -> Result<RootCertStore, CacheError> {
    let unusable = |what: String| CacheError::new(CacheErrorKind::Other, what);
    let mut roots = RootCertStore::empty();
    let Some(path) = root else {
        // A system has some that nobody can read.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(unusable(
                "the system has no authorities to trust for rediss://: name a file of them (PEM) by CACHE_ROOT_CERT"
                    .to_owned(),
            ));
        }
        return Ok(roots);
    };
    let shown = path.display();
    let all = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(format!("CACHE_ROOT_CERT, {shown}, cannot be used")).with_source(error))?;
    for certificate in all {
        roots.add(certificate).map_err(|error| {
            unusable(format!("CACHE_ROOT_CERT, {shown}, cannot be used")).with_source(error)
        })?;
    }
    if roots.is_empty() {
        return Err(unusable(format!(
            "CACHE_ROOT_CERT, {shown}, cannot be used: there is no certificate in it"
        )));
    }
    Ok(roots)
}

/// Why a server is not believed, with what to do about it.
fn explained(host: &str, error: io::Error) -> Box<dyn Error + Send + Sync> {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => format!(
            "the certificate of {host} is of no authority that is trusted: name a file with its authority's (PEM) by \
             CACHE_ROOT_CERT"
        )
        .into(),
        _ => error.into(),
    }
}

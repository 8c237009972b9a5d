//! HTTPS: certificates from PEM files, read again when they change.

use std::fs;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::io::First;
use super::options::TlsFiles;
use crate::settings::SettingsError;

/// A connection over TLS.
pub(super) type TlsStream = tokio_rustls::server::TlsStream<TcpStream>;

/// What makes connections secure.
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.certificate.fmt(f)
    }
}

/// The certificate as it is now.
#[derive(Debug)]
struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
    /// When the files were written that were read last, well or not.
    written: Mutex<Written>,
}

type Written = [Option<SystemTime>; 2];

impl Tls {
    /// Reads the files.
    pub(super) fn new(files: &TlsFiles) -> Result<Self, SettingsError> {
        let written = written(files);
        let certificate = Arc::new(Certificate {
            current: RwLock::new(Arc::new(read(files)?)),
            written: Mutex::new(written),
            files: files.clone(),
        });
        let unusable = |error| SettingsError::new("TLS_CERT", format!("cannot be used: {error}"));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }

    /// Agrees with a client on keys.
    pub(super) async fn accept(&self, stream: TcpStream, limit: Duration) -> io::Result<TlsStream> {
        match tokio::time::timeout(limit, self.acceptor.accept(stream)).await {
            Ok(accepted) => accepted,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the TLS handshake took too long")),
        }
    }

    /// Reads the files again. Connections go on with what they have; when the files cannot be used, so do new ones.
    pub(super) fn reload(&self) -> Result<(), SettingsError> {
        let files = &self.certificate.files;
        *self.written() = written(files);
        let current = Arc::new(read(files)?);
        *self.certificate.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        tracing::info!(file = %files.certificates.display(), "the certificate was read again");
        Ok(())
    }

    /// The same if the files were written since.
    pub(super) fn reload_if_written(&self) {
        let now = written(&self.certificate.files);
        if *self.written() == now {
            return;
        }
        if let Err(error) = self.reload() {
            tracing::error!("the certificate stays as it was: {error}");
        }
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.certificate.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What client and server have agreed to speak.
pub(super) fn agreed(stream: &TlsStream) -> First {
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => First::Http2,
        _ => First::Http1,
    }
}

fn written(files: &TlsFiles) -> Written {
    [&files.certificates, &files.key].map(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, SettingsError> {
    let of_certificate = |problem: String| {
        SettingsError::new("TLS_CERT", format!("(`{}`) {problem}", files.certificates.display()))
    };
    let of_key =
        |problem: String| SettingsError::new("TLS_KEY", format!("(`{}`) {problem}", files.key.display()));
    let certificates = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| of_certificate(unreadable(&error, "certificate")))?;
    if certificates.is_empty() {
        return Err(of_certificate(unreadable(&pem::Error::NoItemsFound, "certificate")));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| of_key(unreadable(&error, "private key")))?;
    CertifiedKey::from_der(certificates, key, &ring::default_provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            of_key("is not the key of the certificate in TLS_CERT".to_owned())
        }
        rustls::Error::InvalidCertificate(problem) => {
            of_certificate(format!("holds a certificate that cannot be used: {problem:?}"))
        }
        other => of_key(format!("holds a private key that cannot be used: {other}")),
    })
}

/// `what` is looked for.
fn unreadable(error: &pem::Error, what: &str) -> String {
    match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        pem::Error::NoItemsFound => {
            format!("holds no {what}: PEM has lines such as `-----BEGIN {}-----`", what.to_uppercase())
        }
        other => format!("is not valid PEM: {other}"),
    }
}

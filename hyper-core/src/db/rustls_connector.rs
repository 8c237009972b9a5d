//! TLS to PostgreSQL by rustls, with what libpq checks of a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
pub(super) use tokio_postgres_rustls_improved::MakeRustlsConnect as Connector;

use super::tls::{SslMode, TlsSettings};

/// Reads the files, and says which cannot be used.
pub(super) fn connector(settings: &TlsSettings) -> Result<Connector, String> {
    let provider = Arc::new(ring::default_provider());
    let check = Check {
        name: settings.mode == SslMode::VerifyFull,
        chain: trusted(settings)?.map(|authorities| Chain::new(authorities, &provider)).transpose()?,
        provider: provider.clone(),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be used: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(check));
    let mut config = match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => {
            let certificates = certificates("sslcert", certificate)?;
            let secret =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("sslkey", key, &error))?;
            config
                .with_client_auth_cert(certificates, secret)
                .map_err(|error| unusable("sslkey", key, &error))?
        }
        _ => config.with_no_client_auth(),
    };
    // What `sslnegotiation=direct` needs, and nobody else looks at.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(Connector::new(config))
}

fn unusable(key: &str, path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("`{key}`, {}, cannot be used: {error}", path.display())
}

fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = fs::read(path).map_err(|error| unusable(key, path, &error))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let all = all.map_err(|error| unusable(key, path, &error))?;
    if all.is_empty() { Err(unusable(key, path, &"there is no certificate in it")) } else { Ok(all) }
}

/// The authorities a server's certificate has to be of; none where it may be any.
fn trusted(settings: &TlsSettings) -> Result<Option<Vec<CertificateDer<'static>>>, String> {
    if settings.is_of_system() {
        let found = rustls_native_certs::load_native_certs();
        if found.certs.is_empty() {
            let why = found.errors.first().map_or("there are none".to_owned(), ToString::to_string);
            return Err(format!("the system's authorities (`sslrootcert=system`) cannot be read: {why}"));
        }
        return Ok(Some(found.certs));
    }
    if let Some(root) = &settings.root {
        return certificates("sslrootcert", root).map(Some);
    }
    if !matches!(settings.mode, SslMode::VerifyCa | SslMode::VerifyFull) {
        return Ok(None);
    }
    // Where libpq looks.
    let home = std::env::home_dir().unwrap_or_default();
    let root: PathBuf = home.join(".postgresql/root.crt");
    if !root.exists() {
        return Err(format!(
            "`sslmode={}` needs the authorities to trust: name their file (PEM) by `sslrootcert`, or put it into {}; \
             `sslrootcert=system` trusts those of the system",
            settings.mode.name(),
            root.display()
        ));
    }
    certificates("sslrootcert", &root).map(Some)
}

/// What is checked of a server's certificate.
#[derive(Debug)]
struct Check {
    name: bool,
    chain: Option<Chain>,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
struct Chain {
    authorities: Vec<CertificateDer<'static>>,
    verifier: Arc<WebPkiServerVerifier>,
}

impl Chain {
    fn new(
        authorities: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        // A system has some that nobody can read.
        let (usable, _) = roots.add_parsable_certificates(authorities.iter().cloned());
        if usable == 0 {
            return Err("`sslrootcert` has no certificate that can be used".to_owned());
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| format!("`sslrootcert` cannot be used: {error}"))?;
        Ok(Self { authorities, verifier })
    }
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // One that vouches for itself, and was given as what to trust, as many servers have it: no authority that
        // signs others, which would be needed otherwise.
        if chain.authorities.iter().any(|known| known == certificate) {
            if self.name {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match chain.verifier.verify_server_cert(certificate, between, name, ocsp, now) {
            // Said of a chain that is right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            outcome => outcome,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

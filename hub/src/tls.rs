//! TLS with a certificate of this process's own: servers that speak it offer HTTP/2, as the Hub and its store do.
//!
//! Nobody signed the certificate. A browser is told to trust it by [`public_key_hash`], and so trusts no other one.

use std::io;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// What is spoken inside, the preferred first, as TLS calls it.
pub(crate) const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

struct Identity {
    certificate: CertificateDer<'static>,
    acceptor: TlsAcceptor,
    public_key_hash: [u8; 32],
}

/// The one of this process: pages of one server read from the others.
fn identity() -> io::Result<&'static Identity> {
    static IDENTITY: OnceLock<Result<Identity, String>> = OnceLock::new();
    IDENTITY
        .get_or_init(|| make().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(|error| io::Error::other(error.as_str()))
}

fn make() -> Result<Identity, Box<dyn std::error::Error>> {
    let names = ["127.0.0.1", "localhost"].map(str::to_owned).to_vec();
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names)?;
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())?;
    config.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
    Ok(Identity {
        certificate: cert.der().clone(),
        acceptor: TlsAcceptor::from(Arc::new(config)),
        public_key_hash: Sha256::digest(rcgen::PublicKeyData::subject_public_key_info(&signing_key)).into(),
    })
}

/// What makes a connection a TLS connection, where that is wanted.
///
/// # Errors
/// No certificate can be made.
pub(crate) fn acceptor(wanted: bool) -> io::Result<Option<TlsAcceptor>> {
    if wanted { Ok(Some(identity()?.acceptor.clone())) } else { Ok(None) }
}

/// `https` or `http`.
pub(crate) const fn scheme(secure: bool) -> &'static str {
    if secure { "https" } else { "http" }
}

/// SHA-256 of the public key of this process's certificate: in base64, what Chromium's
/// `--ignore-certificate-errors-spki-list` takes.
///
/// # Errors
/// No certificate can be made.
pub fn public_key_hash() -> io::Result<[u8; 32]> {
    Ok(identity()?.public_key_hash)
}

/// The certificate of this process, as DER: for clients that trust by it.
///
/// # Errors
/// None can be made.
pub fn certificate() -> io::Result<Vec<u8>> {
    Ok(identity()?.certificate.to_vec())
}

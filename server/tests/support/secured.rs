//! The scripted provider over TLS, with the protocol that client and server agree on.

use crate::scripted::{self, Book, Seen};
use http::Version;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Set as `SSL_CERT_FILE`, it makes a client trust this provider.
pub(crate) const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls/authority.pem");

/// A provider behind TLS.
pub(crate) struct Secured {
    pub(crate) address: SocketAddr,
    book: Book,
    versions: Arc<Mutex<Vec<Version>>>,
    _running: JoinSet<()>,
}

impl Secured {
    /// That speaks these protocols, the best first: `h2`, `http/1.1`.
    pub(crate) async fn start(protocols: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificate = include_bytes!("../fixtures/tls/server.pem");
        let key = include_bytes!("../fixtures/tls/server.key.pem");
        let chain = CertificateDer::pem_slice_iter(certificate).map(Result::unwrap).collect();
        let mut tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_slice(key).unwrap())
            .unwrap();
        tls.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let (listener, address) = scripted::listen(0).await.unwrap();
        let (book, versions, mut running) = (Book::default(), Arc::default(), JoinSet::new());
        running.spawn(serve(listener, TlsAcceptor::from(Arc::new(tls)), book.clone(), Arc::clone(&versions)));
        Self { address, book, versions, _running: running }
    }

    /// `https://127.0.0.1:PORT/v1`
    pub(crate) fn base(&self) -> String {
        format!("https://{}/v1", self.address)
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.book.seen()
    }

    /// The protocol of each connection so far.
    pub(crate) fn versions(&self) -> Vec<Version> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, book: Book, versions: Arc<Mutex<Vec<Version>>>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let (tls, book, versions) = (tls.clone(), book.clone(), Arc::clone(&versions));
        connections.spawn(async move {
            // A client that does not trust us hangs up.
            let Ok(stream) = tls.accept(socket).await else { return };
            let second = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let version = if second { Version::HTTP_2 } else { Version::HTTP_11 };
            versions.lock().unwrap_or_else(PoisonError::into_inner).push(version);
            let service = service_fn(move |request| scripted::answer(request, book.clone()));
            let stream = TokioIo::new(stream);
            // An error is a client that left, or a script that hangs up.
            if second {
                let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await;
            } else {
                let _ = http1::Builder::new().serve_connection(stream, service).await;
            }
        });
    }
}

//! A private CA, as many companies have one, and a receiver whose certificate it signed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;

use super::place::Place;

/// A CA with a name of its own.
pub(crate) struct PrivateCa {
    folder: PathBuf,
}

impl PrivateCa {
    /// Makes one.
    pub(crate) async fn new(place: &Place, name: &str) -> Self {
        let folder = place.work().join(format!("ca-{name}"));
        std::fs::create_dir(&folder).expect("a folder");
        let subject = format!("/CN={name}");
        openssl(
            &folder,
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                &subject,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
            ],
        )
        .await;
        Self { folder }
    }

    /// Where its certificate is.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Its certificate.
    pub(crate) fn pem(&self) -> String {
        std::fs::read_to_string(self.file()).expect("a certificate")
    }

    /// Its private key, which belongs nowhere else.
    pub(crate) fn key(&self) -> String {
        std::fs::read_to_string(self.folder.join("ca.key")).expect("a key")
    }

    /// A receiver on this machine with a certificate of this CA, which answers everything with `words`.
    pub(crate) async fn receiver(&self, words: &'static str) -> TlsReceiver {
        let extensions = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
        std::fs::write(self.folder.join("server.ext"), extensions).expect("a file");
        openssl(
            &self.folder,
            &[
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=127.0.0.1",
                "-keyout",
                "server.key",
                "-out",
                "server.csr",
            ],
        )
        .await;
        openssl(
            &self.folder,
            &[
                "x509",
                "-req",
                "-in",
                "server.csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                "server.ext",
                "-out",
                "server.pem",
            ],
        )
        .await;
        let file = |name: &str| self.folder.join(name);
        let chain = CertificateDer::from_pem_file(file("server.pem")).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .expect("a certificate with its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let all = Arc::clone(&seen);
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                tokio::spawn(serve(acceptor.clone(), stream, Arc::clone(&all), words));
            }
        });
        TlsReceiver {
            seen,
            address,
            serving,
        }
    }
}

/// A receiver that speaks TLS only.
pub(crate) struct TlsReceiver {
    seen: Arc<Mutex<Vec<String>>>,
    address: std::net::SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl TlsReceiver {
    /// An address at it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// How many requests came.
    pub(crate) fn got(&self) -> usize {
        self.seen.lock().expect("memory").len()
    }
}

impl Drop for TlsReceiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn openssl(folder: &Path, arguments: &[&str]) {
    let made = Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(made.await.expect("openssl").success(), "{arguments:?}");
}

/// One request of a connection; a client that does not trust the certificate sends none.
async fn serve(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
    words: &'static str,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut got = Vec::new();
    while !is_whole(&got) {
        if stream.read_buf(&mut got).await? == 0 {
            return Ok(());
        }
    }
    let text = String::from_utf8_lossy(&got).into_owned();
    seen.lock().expect("memory").push(text);
    let length = words.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{words}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// Whether a request is here with its body.
fn is_whole(got: &[u8]) -> bool {
    let text = String::from_utf8_lossy(got).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a number"));
    body.len() >= length
}

//! The two listeners: TCP for everyone, a Unix socket for the server's own user.
//!
//! The accept loop is our own, because `axum::serve` limits neither connections nor time.

use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router, middleware};
use nix::sys::resource::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connections::{ConnectionPermit, Connections, Limits};
use super::console::{Peer, admit};
use super::converse::{ClientTimeouts, converse};
use super::tls::Certificate;
use super::{DataDir, StartError};
use crate::config::Config;
use crate::service::Service;

/// Open files that a process is usually allowed, when the limit cannot be read.
const FILES_USUAL: u64 = 1_024;
/// Simultaneous connections of the server's own user.
const CONSOLE_MAX: usize = 64;
/// An answer that the client does not acknowledge ends the connection after this time (`TCP_USER_TIMEOUT` in tcp(7)).
const UNREAD: Duration = Duration::from_secs(30);
/// Pause before accepting again after a failure that is not that of one connection, such as no free descriptors.
const PAUSE: Duration = Duration::from_millis(200);
const MINUTE: Duration = Duration::from_secs(60);

/// A socket's path may have 107 bytes (`sun_path` in unix(7)).
const SOCKET_PATH_MAX: usize = 107;

/// The socket of a data folder, as a path that is short enough. The folder must stay open as long as the path is
/// used, so it is returned too.
///
/// # Errors
/// When the folder cannot be opened.
pub fn console_socket(data_dir: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let folder = std::fs::File::open(data_dir)?;
    let direct = data_dir.join("jcrontab.sock");
    let path = if direct.as_os_str().len() <= SOCKET_PATH_MAX {
        direct
    } else {
        PathBuf::from(format!(
            "/proc/self/fd/{}/jcrontab.sock",
            folder.as_raw_fd()
        ))
    };
    Ok((path, folder))
}

/// Open listeners.
pub(super) struct Doors {
    tcp: TcpListener,
    unix: UnixListener,
    limits: Limits,
    tls: Option<TlsAcceptor>,
}

/// Opens both listeners.
pub(super) async fn open(
    config: &Config,
    data: &DataDir,
    certificate: Option<&Arc<Certificate>>,
) -> Result<Doors, StartError> {
    let failed = |address: String| move |source| StartError::Listen { address, source };
    let tcp = TcpListener::bind(config.listen)
        .await
        .map_err(failed(config.listen.to_string()))?;
    let (path, _folder) =
        console_socket(data.path()).map_err(failed(data.path().display().to_string()))?;
    let name = path.display().to_string();
    // We hold the folder's lock, so an existing socket belongs to a dead server.
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(name)(error)),
    }
    let unix = UnixListener::bind(&path).map_err(failed(name.clone()))?;
    // The folder is already closed to others; so is the socket.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .map_err(failed(name))?;
    let limits = limits(config);
    tracing::info!(
        connections = limits.all,
        per_address = limits.per_address,
        "connections are limited"
    );
    Ok(Doors {
        tcp,
        unix,
        limits,
        tls: certificate.map(Certificate::acceptor).transpose()?,
    })
}

/// The limits on connections.
pub(super) fn limits(config: &Config) -> Limits {
    // What the process may open now: the soft limit has been raised before.
    let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(FILES_USUAL, |(soft, _)| soft);
    Limits::new(
        files,
        config.max_connections,
        config.max_connections_per_address,
    )
}

impl Doors {
    /// Serves a router on both until `closing`, and then until every request has its answer.
    pub(super) async fn serve(
        self,
        router: Router,
        service: Arc<Service>,
        closing: CancellationToken,
    ) {
        let console = router.clone().layer(middleware::from_fn(admit));
        let local = Limits {
            all: CONSOLE_MAX,
            per_address: CONSOLE_MAX,
        };
        let unix = Door {
            connections: Connections::new(local),
            router: console,
            tls: None,
            service: Arc::clone(&service),
        };
        let tcp = Door {
            connections: Connections::new(self.limits),
            router,
            tls: self.tls,
            service,
        };
        tokio::join!(
            tcp.serve(Listener::Tcp(self.tcp), closing.clone()),
            unix.serve(Listener::Unix(self.unix), closing),
        );
    }
}

/// One listener.
struct Door {
    connections: Arc<Connections>,
    router: Router,
    /// Encrypts what goes over TCP.
    tls: Option<TlsAcceptor>,
    /// Knows the trusted proxies.
    service: Arc<Service>,
}

impl Door {
    async fn serve(self, listener: Listener, closing: CancellationToken) {
        let open = TaskTracker::new();
        let mut trouble = RateLimitedLog::default();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = closing.cancelled() => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    if self.take_in(stream, peer, &open, &closing, &mut trouble) {
                        // A connection that was just accepted sends its request before the next one is accepted.
                        tokio::task::yield_now().await;
                    }
                }
                // Concerns that connection only (accept(2): "treat them like EAGAIN").
                Err(error) if is_of_connection(&error) => {}
                Err(error) => {
                    if let Some(more) = trouble.again() {
                        tracing::error!(%error, more, "a connection cannot be accepted");
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(listener);
        open.close();
        open.wait().await;
    }

    /// Returns whether another connection was closed, or this one was refused.
    fn take_in(
        &self,
        stream: Stream,
        peer: Option<SocketAddr>,
        open: &TaskTracker,
        closing: &CancellationToken,
        trouble: &mut RateLimitedLog,
    ) -> bool {
        // A proxy speaks for many clients: it is not limited as one address.
        let counted = peer
            .map(|peer| peer.ip().to_canonical())
            .filter(|address| !self.service.doors().trusted_proxies.contains(*address));
        // A proxy and the Unix socket are not counted by address, so they have none in the log.
        let address = counted.map(tracing::field::display);
        let Some(admitted) = self.connections.admit(counted) else {
            if let Some(more) = trouble.again() {
                tracing::warn!(
                    address,
                    more,
                    "a connection was refused: there are too many"
                );
            }
            return true;
        };
        if admitted.evicted
            && let Some(more) = trouble.again()
        {
            tracing::warn!(
                address,
                more,
                "a waiting connection was closed for another one: there are too many"
            );
        }
        let (router, seat) = (self.router.clone(), admitted.seat);
        let (patience, closing) = (ClientTimeouts::default(), closing.clone());
        match stream {
            Stream::Tcp(stream) => {
                prepare(&stream);
                match self.tls.clone() {
                    None => open.spawn(converse(stream, peer, router, seat, patience, closing)),
                    Some(tls) => open.spawn(async move {
                        let shaken = shake_hands(&tls, stream, &seat, patience, &closing).await;
                        if let Some(stream) = shaken {
                            converse(stream, peer, router, seat, patience, closing).await;
                        }
                    }),
                }
            }
            Stream::Unix(stream) => {
                let router = router.layer(Extension(Peer::of(&stream)));
                open.spawn(converse(stream, peer, router, seat, patience, closing))
            }
        };
        admitted.evicted
    }
}

/// Establishes TLS; `None` when the client did not in time, or its place was needed. A connection that shakes hands is
/// one that waits.
async fn shake_hands(
    tls: &TlsAcceptor,
    stream: TcpStream,
    seat: &ConnectionPermit,
    patience: ClientTimeouts,
    closing: &CancellationToken,
) -> Option<TlsStream<TcpStream>> {
    tokio::select! {
        done = tokio::time::timeout(patience.first, tls.accept(stream)) => match done {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a client does not establish TLS");
                None
            }
            Err(_) => None,
        },
        () = seat.evicted() => None,
        () = closing.cancelled() => None,
    }
}

/// Answers leave at once, and clients that do not read them are not waited for.
fn prepare(stream: &TcpStream) {
    let set = stream.set_nodelay(true).and_then(|()| {
        let limit = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
        rustix::net::sockopt::set_tcp_user_timeout(stream, limit).map_err(std::io::Error::from)
    });
    if let Err(error) = set {
        tracing::debug!(%error, "an option of a connection cannot be set");
    }
}

fn is_of_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
    )
}

/// Reports an event at most once a minute, with how often it occurred.
#[derive(Default)]
struct RateLimitedLog {
    said: Option<tokio::time::Instant>,
    unsaid: u64,
}

impl RateLimitedLog {
    /// How often it has occurred since the last report, if it should be reported again.
    fn again(&mut self) -> Option<u64> {
        let now = tokio::time::Instant::now();
        if self.said.is_some_and(|said| now - said < MINUTE) {
            self.unsaid += 1;
            return None;
        }
        self.said = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Listener {
    async fn accept(&self) -> std::io::Result<(Stream, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                Ok((Stream::Tcp(stream), Some(peer)))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), None))
            }
        }
    }
}

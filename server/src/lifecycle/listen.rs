//! The two ways in: TCP for everybody, a Unix socket for the server's own user.

use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use axum::{Router, middleware};
use tokio::net::{TcpListener, UnixListener};
use tokio_util::sync::CancellationToken;

use super::console::{Peer, admit};
use super::{DataDir, StartError};
use crate::config::Config;

/// A socket's path may have 107 bytes (`sun_path` in unix(7)).
const SOCKET_PATH_MAX: usize = 107;

/// The socket of a data folder, by a path that is short enough. The folder must stay open as long
/// as the path is used, so it is given, too.
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
#[derive(Debug)]
pub(super) struct Doors {
    tcp: TcpListener,
    unix: UnixListener,
}

/// Opens both listeners.
pub(super) async fn open(config: &Config, data: &DataDir) -> Result<Doors, StartError> {
    let failed = |address: String| move |source| StartError::Listen { address, source };
    let tcp = TcpListener::bind(config.listen)
        .await
        .map_err(failed(config.listen.to_string()))?;
    let (path, _folder) =
        console_socket(data.path()).map_err(failed(data.path().display().to_string()))?;
    let name = path.display().to_string();
    // We hold the folder's lock, so a socket that is there belongs to a dead server.
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(name)(error)),
    }
    let unix = UnixListener::bind(&path).map_err(failed(name.clone()))?;
    // The folder is closed to others already; so is the socket.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .map_err(failed(name))?;
    Ok(Doors { tcp, unix })
}

impl Doors {
    /// Serves a router on both until `closing`.
    pub(super) async fn serve(self, router: Router, closing: CancellationToken) {
        let console = router.clone().layer(middleware::from_fn(admit));
        let console = console.into_make_service_with_connect_info::<Peer>();
        let unix = axum::serve(self.unix, console)
            .with_graceful_shutdown(closing.clone().cancelled_owned());
        let (tcp, unix) = tokio::join!(serve_on(self.tcp, router, closing), async { unix.await });
        for result in [tcp, unix] {
            if let Err(error) = result {
                tracing::error!(%error, "a listener failed");
            }
        }
    }
}

/// Serves a router on TCP until `closing`; handlers learn the peer's address.
///
/// # Errors
/// When the listener fails.
pub async fn serve_on(
    listener: TcpListener,
    router: Router,
    closing: CancellationToken,
) -> std::io::Result<()> {
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(closing.cancelled_owned())
    .await
}

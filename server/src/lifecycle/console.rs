//! Who may use the Unix socket: the server's own user, but none of the server's commands.
//!
//! Where commands run as that user, file modes let them in too, and the socket asks for no password: so the peer
//! process is inspected (`SO_PEERCRED`, unix(7)). A command is recognised by what it cannot shed: no new privileges
//! (prctl(2)), its user namespace, its control group; and by its ancestors and its variables.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::OnceLock;

use axum::Extension;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::net::UnixStream;

use app::error::{AppError, ErrorKind};
use runner::strays::is_marked;

use crate::http::Problem;
use crate::http::guard::{ConsoleConnection, lang_of};

/// Ancestors that are inspected.
const GENERATIONS: usize = 64;

/// The peer of a connection over the socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Peer {
    /// A process of the server's own user, or root.
    Console,
    /// A command of a run, another user, or a process that has ended.
    Stranger,
}

impl Peer {
    /// Inspects the process that connected.
    #[must_use]
    pub(super) fn of(stream: &UnixStream) -> Self {
        let Ok(credentials) = stream.peer_cred() else {
            return Self::Stranger;
        };
        let me = nix::unistd::Uid::effective().as_raw();
        if ![0, me].contains(&credentials.uid()) {
            return Self::Stranger;
        }
        match credentials.pid() {
            Some(pid) if !is_command(pid) => Self::Console,
            _ => Self::Stranger,
        }
    }
}

/// Admits the console and refuses all others with a message.
pub(super) async fn admit(
    Extension(peer): Extension<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    if peer == Peer::Console {
        request.extensions_mut().insert(ConsoleConnection::Socket);
        return next.run(request).await;
    }
    tracing::warn!("a command tried to use the server's local socket and was refused");
    let lang = lang_of(request.headers());
    Problem::from(
        AppError::new(
            ErrorKind::Forbidden,
            "console.refused",
            lang.pick(
                "本机套接字不对任务的命令开放",
                "The local socket is not available to commands of tasks",
            ),
        )
        .with_hint(lang.pick(
            "在命令里请设置 JCRONTAB_URL 和 JCRONTAB_TOKEN（把令牌存为密钥）",
            "In a command, set JCRONTAB_URL and JCRONTAB_TOKEN (store the token as a secret)",
        )),
    )
    .into_response()
}

/// Whether a process is a command of a run, or cannot be inspected.
fn is_command(pid: i32) -> bool {
    let me = std::process::id().cast_signed();
    if pid == me {
        return false;
    }
    let Some(theirs) = Status::of(pid) else {
        return true;
    };
    let ours = ours();
    if theirs.no_new_privileges && !ours.no_new_privileges {
        return true;
    }
    if is_marked(pid) || is_in_run_group(pid) || is_in_other_users(pid) {
        return true;
    }
    let mut ancestor = theirs.parent;
    for _ in 0..GENERATIONS {
        if ancestor == me {
            return true;
        }
        if ancestor <= 1 {
            return false;
        }
        match Status::of(ancestor) {
            Some(status) => ancestor = status.parent,
            // It has just ended; the next check finds the process that inherits its children.
            None => return false,
        }
    }
    true
}

/// Fields of `/proc/PID/status`; proc_pid_status(5).
#[derive(Clone, Copy)]
struct Status {
    parent: i32,
    no_new_privileges: bool,
}

impl Status {
    fn of(pid: i32) -> Option<Self> {
        let text = std::fs::read(format!("/proc/{pid}/status")).ok()?;
        let text = String::from_utf8_lossy(&text);
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse::<i32>().ok()
        };
        Some(Self {
            parent: field("PPid:")?,
            // Linux before 4.10 does not show it, and has no remedy either.
            no_new_privileges: field("NoNewPrivs:").is_some_and(|set| set != 0),
        })
    }
}

/// This process, whose status does not change.
fn ours() -> Status {
    static OURS: OnceLock<Status> = OnceLock::new();
    *OURS.get_or_init(|| {
        Status::of(std::process::id().cast_signed()).unwrap_or(Status {
            parent: 0,
            no_new_privileges: false,
        })
    })
}

/// Whether it runs in the control group of a run.
fn is_in_run_group(pid: i32) -> bool {
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    groups.lines().any(|line| {
        let mut names = line
            .split('/')
            .skip_while(|name| !name.starts_with("jcrontab-"));
        names.next().is_some() && names.next().is_some_and(|leaf| leaf.starts_with("run-"))
    })
}

/// Whether it runs in another user namespace than this server.
fn is_in_other_users(pid: i32) -> bool {
    let link = |of: &str| -> Option<PathBuf> { std::fs::read_link(of).ok() };
    match (
        link("/proc/self/ns/user"),
        link(&format!("/proc/{pid}/ns/user")),
    ) {
        (Some(ours), Some(theirs)) => ours.as_os_str().as_bytes() != theirs.as_os_str().as_bytes(),
        // One that cannot be read is not a command: the server can read those.
        _ => false,
    }
}

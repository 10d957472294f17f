//! The state of the server, for systemd (sd_notify(3)), and its watchdog. The protocol is one datagram for each
//! message, so no library is needed.

use std::ffi::OsString;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::Duration;

/// The variable with the address of systemd's socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Time for systemd to take a message.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way to systemd; does nothing where the server was not started by it.
#[derive(Debug)]
pub(super) struct Notify(Option<UnixDatagram>);

impl Notify {
    /// Connects to the socket that the environment names.
    pub(super) fn from_environment() -> Self {
        let Some(address) = std::env::var_os(SOCKET).filter(|address| !address.is_empty()) else {
            return Self(None);
        };
        match connect(&address) {
            Ok(socket) => Self(Some(socket)),
            Err(error) => {
                tracing::warn!(%error, "systemd cannot be notified of this server's state");
                Self(None)
            }
        }
    }

    /// The server answers requests.
    pub(super) fn ready(&self, address: &str) {
        self.send(&format!("READY=1\nSTATUS=serving {address}"));
    }

    /// The server waits for something before it is ready.
    pub(super) fn waits(&self, what: &str) {
        self.send(&format!("STATUS={what}"));
    }

    /// The server stops.
    pub(super) fn stopping(&self) {
        self.send("STOPPING=1\nSTATUS=stopping");
    }

    fn send(&self, message: &str) {
        if let Some(socket) = &self.0
            && let Err(error) = socket.send(message.as_bytes())
        {
            tracing::warn!(%error, "a message to systemd was not sent");
        }
    }

    /// Reports every half of the watchdog's time that this process still works, until it has ended: a process whose
    /// runtime is stuck is restarted. It does not depend on the database, which a server outlives, and goes on while
    /// the server stops.
    pub(super) fn keep_watchdog(self: &Arc<Self>) {
        let Some(every) = watchdog(
            std::env::var("WATCHDOG_USEC").ok().as_deref(),
            std::env::var("WATCHDOG_PID").ok().as_deref(),
            std::process::id(),
        ) else {
            return;
        };
        let notify = Arc::clone(self);
        tokio::spawn(async move {
            let mut beats = tokio::time::interval(every);
            loop {
                beats.tick().await;
                notify.send("WATCHDOG=1");
            }
        });
    }
}

/// How often the watchdog is answered; `None` where there is none for this process.
fn watchdog(micros: Option<&str>, pid: Option<&str>, own: u32) -> Option<Duration> {
    let micros: u64 = micros?.parse().ok().filter(|micros| *micros > 1)?;
    let is_ours = pid.is_none_or(|pid| pid.parse() == Ok(own));
    is_ours.then(|| Duration::from_micros(micros / 2))
}

fn connect(address: &OsString) -> std::io::Result<UnixDatagram> {
    let bytes = address.as_bytes();
    let address = match bytes.strip_prefix(b"@") {
        // unix(7): a name in the abstract name space.
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(address)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watchdog_is_answered_twice_in_its_time_if_it_watches_this_process() {
        let second = Some(Duration::from_secs(1));
        for (micros, pid, expected) in [
            (Some("2000000"), None, second),
            (Some("2000000"), Some("7"), second),
            (Some("2000000"), Some("8"), None),
            (Some("2000000"), Some("x"), None),
            (Some("0"), None, None),
            (Some("1"), None, None),
            (Some("soon"), None, None),
            (None, Some("7"), None),
        ] {
            assert_eq!(watchdog(micros, pid, 7), expected, "{micros:?} {pid:?}");
        }
    }

    #[test]
    fn messages_reach_a_path_and_an_abstract_name() {
        let id = crate::auth::token::random_id(8);
        let path = std::env::temp_dir().join(format!("jcrontab-notify-{id}"));
        let name = format!("jcrontab-notify-{id}");
        let by_path = UnixDatagram::bind(&path).expect("a socket");
        let abstract_address = SocketAddr::from_abstract_name(&name).expect("a name");
        let by_name = UnixDatagram::bind_addr(&abstract_address).expect("a socket");
        for (address, socket) in [
            (path.display().to_string(), by_path),
            (format!("@{name}"), by_name),
        ] {
            let notify = Notify(Some(connect(&address.into()).expect("connected")));
            notify.ready("https://cron.test");
            let mut bytes = [0; 100];
            let length = socket.recv(&mut bytes).expect("a message");
            let text = String::from_utf8_lossy(&bytes[..length]);
            assert_eq!(text, "READY=1\nSTATUS=serving https://cron.test");
        }
        std::fs::remove_file(&path).expect("removed");
        Notify(None).stopping();
    }
}

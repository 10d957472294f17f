//! A real mail server (`scripts/smtp.sh`): aiosmtpd, with a certificate of a private CA.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::in_time;
use super::place::Place;

/// A mail server that runs until this is dropped.
pub(crate) struct MailServer {
    folder: PathBuf,
    port: u16,
    // Its standard input is what keeps it up.
    _child: Child,
}

impl MailServer {
    /// Starts one: `starttls`, `tls` or `none`.
    pub(crate) async fn start(place: &Place, mode: &str) -> Self {
        let folder = place.work().join(format!("smtp-{mode}"));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/smtp.sh");
        let mut child = Command::new(script)
            .arg(&folder)
            .arg(mode)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("scripts/smtp.sh");
        let output = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let line = in_time("the mail server", lines.next_line()).await;
        let line = line.expect("its port").expect("a line");
        Self {
            folder,
            port: line.trim().parse().expect("a port"),
            _child: child,
        }
    }

    /// Its port on the loopback.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of its CA.
    pub(crate) fn ca(&self) -> String {
        std::fs::read_to_string(self.folder.join("ca.pem")).expect("a certificate")
    }

    /// The mails that it keeps, in their order; it has written one before it accepts it.
    pub(crate) fn mails(&self) -> Vec<String> {
        (1..)
            .map_while(|number| {
                std::fs::read_to_string(self.folder.join(format!("{number}.eml"))).ok()
            })
            .collect()
    }
}

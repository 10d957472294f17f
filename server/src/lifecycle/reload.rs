//! SIGHUP: the settings are read again, those that may change do, and the others are named in the log.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::Stop;
use super::assemble::door_settings;
use super::tls::Certificate;
use crate::config::{Config, Resolved};
use crate::service::Service;

/// How often the files of the certificate are looked at.
const CERTIFICATE: Duration = Duration::from_secs(60);

/// Reads the settings again, as at the start; an error is a sentence.
pub type ReadAgain = Box<dyn Fn() -> Result<Resolved, String> + Send + Sync>;

/// Waits for SIGHUP from the start on: its default is to end the process.
pub struct Reload {
    settings: Resolved,
    read_again: ReadAgain,
    hangup: Signal,
    has_terminal: bool,
}

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reload")
    }
}

/// The task that reloads.
pub(super) struct Reloading {
    settings: Arc<Mutex<Resolved>>,
    task: JoinHandle<()>,
}

impl Reload {
    /// Listens to SIGHUP.
    ///
    /// # Errors
    /// When the signal handler cannot be installed.
    pub fn on_signal(settings: Resolved, read_again: ReadAgain) -> std::io::Result<Self> {
        Ok(Self {
            settings,
            read_again,
            hangup: signal(SignalKind::hangup())?,
            has_terminal: has_terminal(),
        })
    }

    /// Reloads at each SIGHUP until the stop.
    pub(super) fn spawn(
        mut self,
        service: &Arc<Service>,
        certificate: Option<Arc<Certificate>>,
        stop: &Stop,
    ) -> Reloading {
        let settings = Arc::new(Mutex::new(self.settings));
        let (known, service, stop) = (Arc::clone(&settings), Arc::downgrade(service), stop.clone());
        let task = tokio::spawn(async move {
            let mut looks = tokio::time::interval(CERTIFICATE);
            loop {
                let is_hangup = tokio::select! {
                    _ = self.hangup.recv() => true,
                    _ = looks.tick() => false,
                    () = stop.first() => return,
                };
                if let Some(certificate) = &certificate {
                    certificate.refresh();
                }
                if !is_hangup {
                    continue;
                }
                // The terminal was closed: a server that nobody sees any more must not go on.
                if self.has_terminal && !has_terminal() {
                    tracing::info!("the terminal is closed; stopping");
                    return stop.gently();
                }
                reload(&self.read_again, &known, &service);
            }
        });
        Reloading { settings, task }
    }
}

impl Reloading {
    /// Stops reloading, and returns the settings as they are then.
    pub(super) async fn ended(self) -> Config {
        self.task.abort();
        if let Err(error) = self.task.await
            && error.is_panic()
        {
            tracing::error!(%error, "reloading the settings has panicked");
        }
        let settings = self.settings.lock();
        let settings = settings.unwrap_or_else(PoisonError::into_inner);
        settings.config.clone()
    }
}

fn reload(read_again: &ReadAgain, known: &Mutex<Resolved>, service: &Weak<Service>) {
    let Some(service) = service.upgrade() else {
        return;
    };
    let read = read_again().and_then(|settings| {
        let doors = door_settings(&settings.config).map_err(|fault| fault.to_string())?;
        Ok((settings, doors))
    });
    let (settings, doors) = match read {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(%error, "the settings cannot be read again; those in use stay");
            return;
        }
    };
    service.set_doors(doors);
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut applied, mut waiting) = (Vec::new(), Vec::new());
    for setting in settings.changed_since(&known) {
        let list = if setting.is_live() {
            &mut applied
        } else {
            &mut waiting
        };
        list.push(setting.name().to_owned());
    }
    tracing::info!(changed = applied.join(","), "the settings were read again");
    if !waiting.is_empty() {
        let settings = waiting.join(",");
        tracing::warn!(
            settings,
            "these settings have changed and apply at the next start"
        );
    }
    // Settings that wait are compared with those in use, so that each reload names them.
    let in_use = known.clone();
    *known = settings.keeping_fixed(&in_use);
}

/// Whether this process has a terminal that is open.
fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

//! From start to stop: what is opened in which order, and how it all ends.

mod data_dir;
mod listen;
mod shutdown;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::limit::Attempts;
use crate::auth::password::Passwords;
use crate::auth::seal::{SealError, Sealer};
use crate::auth::token::random_id;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::events::Signals;
use crate::executor::strays::kill_strays;
use crate::executor::{Executor, Identity, IdentityError};
use crate::notifier::Notifier;
use crate::notifier::compose::Composer;
use crate::notifier::guard::Guard;
use crate::notifier::send::Sender;
use crate::output::OutputStore;
use crate::recorder::Recorder;
use crate::scheduler::{Lag, Scheduler, bury_dead_nodes};
use crate::service::Service;
use crate::store::{Engine, NodeRow, Store, StoreError};
use crate::timetable::{Patterns, system_zone, zone, zone_names};
use crate::web::Web;
use crate::web::site::Site;

pub use data_dir::{DataDir, DataDirError};
pub use listen::{console_socket, serve_on};
pub use shutdown::Stop;

/// A process says that it is alive this often.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Pause before a database that is away is tried again.
const KNOCK: Duration = Duration::from_secs(2);

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used, or another server holds it.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The database refuses us.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The key file.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// As whom commands run.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The zone for tasks that name none.
    #[error("JCRONTAB_ZONE names no time zone: {0:?}")]
    Zone(String),
    /// The way out.
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
    /// The addresses.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address or path.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Everything that one process is made of.
#[derive(Debug)]
pub struct Parts {
    /// The use cases.
    pub service: Arc<Service>,
    /// This process.
    pub node: NodeRow,
    /// Tasks that must end before the process may.
    tracker: TaskTracker,
}

/// Opens what every process needs; with `identity`, also what runs commands.
///
/// # Errors
/// When something cannot be opened.
pub fn assemble(
    config: &Config,
    data: &DataDir,
    store: Store,
    clock: &SharedClock,
    identity: Option<Identity>,
) -> Result<Parts, StartError> {
    let default_zone = if config.zone.is_empty() {
        system_zone()
    } else {
        config.zone.clone()
    };
    zone(&default_zone).map_err(|unknown| StartError::Zone(unknown.name))?;
    let signals = Arc::new(Signals::default());
    let guard = Guard::new(&config.outbound_allow);
    let composer = Composer {
        lang: config.message_lang(),
        base_url: config.base_url(),
    };
    let output = OutputStore::new(data.path().join("output"));
    let tracker = TaskTracker::new();
    let executor = identity.map(|identity| {
        let recorder = Recorder::start(store.clone(), Arc::clone(&signals), &tracker);
        Arc::new(Executor::new(
            Arc::clone(clock),
            Arc::clone(&signals),
            recorder,
            composer.clone(),
            output.clone(),
            identity,
        ))
    });
    let node = NodeRow {
        id: random_id(16),
        host_key: data.host_key().to_owned(),
        hostname: nix::unistd::gethostname().map_or_else(
            |_| "?".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let service = Service {
        store,
        clock: Arc::clone(clock),
        signals,
        executor,
        node_id: node.id.clone(),
        passwords: Passwords::default(),
        attempts: Attempts::default(),
        sealer: Sealer::open_or_create(data.path())?,
        sender: Sender::new(guard.clone())?,
        guard,
        composer,
        output,
        patterns: Arc::new(Patterns::default()),
        lag: Arc::new(Lag::default()),
        default_zone,
        zone_names: zone_names(),
        started_at: clock.now(),
    };
    Ok(Parts {
        service: Arc::new(service),
        node,
        tracker,
    })
}

/// Serves until told to stop. Gives whether everything ended by itself in time.
///
/// # Errors
/// When the server could not start.
pub async fn serve(config: &Config, clock: SharedClock, stop: Stop) -> Result<bool, StartError> {
    let data = DataDir::open(&config.data_dir)?;
    let identity = Identity::new(
        &config.run_as,
        config.allows_root(),
        data.path(),
        data.host_key(),
    )?;
    tracing::info!(user = identity.user, folder = %identity.scratch.display(), "commands run as this user");
    let Some(store) = open_patiently(config, &data, &stop).await? else {
        return Ok(true);
    };
    let parts = assemble(config, &data, store, &clock, Some(identity))?;
    let service = Arc::clone(&parts.service);

    match kill_strays(data.host_key()) {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "killed processes that outlived a dead server"),
        Err(error) => tracing::warn!(%error, "cannot look for processes of a dead server"),
    }
    bury_dead_nodes(&service.store, &clock, &parts.node, &service.composer).await?;
    service.store.insert_node(&parts.node, clock.now()).await?;

    let loops = TaskTracker::new();
    spawn_loops(&parts, &clock, &loops, &stop);
    let closing = CancellationToken::new();
    let web = Web {
        service: Arc::clone(&service),
        site: Site::find(),
        base_url: config.base_url().into(),
        stop: closing.clone(),
    };
    let doors = listen::open(config, &data).await?;
    greet(config, &service).await?;
    let mut serving = Box::pin(doors.serve(&web, closing.clone()));

    tokio::select! {
        () = &mut serving => {}
        () = stop.first() => {}
    }
    tracing::info!(
        running = service
            .executor
            .as_ref()
            .map_or(0, |executor| executor.running()),
        "stopping: nothing new is started"
    );
    let in_time = drain(&service, config, &stop).await;
    closing.cancel();
    if tokio::time::timeout(Duration::from_secs(3), &mut serving)
        .await
        .is_err()
    {
        tracing::info!("open connections were closed");
    }
    // Both hold the service, whose last handle lets the recorder end.
    drop(serving);
    drop(web);
    end(parts, service, loops, &clock).await;
    Ok(in_time)
}

/// Opens and migrates the database; a MySQL server that does not answer is waited for. `None`
/// when the process was told to stop meanwhile.
async fn open_patiently(
    config: &Config,
    data: &DataDir,
    stop: &Stop,
) -> Result<Option<Store>, StartError> {
    let mut told = false;
    loop {
        let opened = async {
            let store = Store::open(&config.database_url, data.path()).await?;
            store.migrate().await?;
            Ok::<_, StoreError>(store)
        };
        match opened.await {
            Ok(store) => {
                tracing::info!(database = store.engine().name(), "the database is ready");
                return Ok(Some(store));
            }
            Err(error) if error.is_away() => {
                if !std::mem::replace(&mut told, true) {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the database does not answer; trying again until it does"
                    );
                }
                tokio::select! {
                    () = tokio::time::sleep(KNOCK) => {}
                    () = stop.first() => return Ok(None),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn spawn_loops(parts: &Parts, clock: &SharedClock, loops: &TaskTracker, stop: &Stop) {
    let service = &parts.service;
    if let Some(executor) = &service.executor {
        let scheduler = Scheduler {
            store: service.store.clone(),
            clock: Arc::clone(clock),
            node: parts.node.clone(),
            signals: Arc::clone(&service.signals),
            executor: Arc::clone(executor),
            patterns: Arc::clone(&service.patterns),
            lag: Arc::clone(&service.lag),
        };
        loops.spawn(scheduler.run(stop.token()));
    }
    let notifier = Notifier {
        store: service.store.clone(),
        clock: Arc::clone(clock),
        node_id: parts.node.id.clone(),
        signals: Arc::clone(&service.signals),
        sealer: service.sealer.clone(),
        sender: service.sender.clone(),
        pace: Arc::default(),
    };
    loops.spawn(notifier.run(stop.token()));
    if service.store.engine() == Engine::Mysql {
        loops.spawn(keep_alive(
            Arc::clone(service),
            parts.node.clone(),
            Arc::clone(clock),
            stop.clone(),
        ));
    }
}

/// Says that this process is alive, and looks for others that are not.
async fn keep_alive(service: Arc<Service>, node: NodeRow, clock: SharedClock, stop: Stop) {
    let token = stop.token();
    while !token.is_cancelled() {
        let beat = async {
            if !service.store.heartbeat(&node.id, clock.now()).await? {
                return Ok(false);
            }
            bury_dead_nodes(&service.store, &clock, &node, &service.composer).await?;
            Ok::<_, StoreError>(true)
        };
        match beat.await {
            Ok(true) => {}
            Ok(false) => {
                // The others took us for dead and ended our runs: going on would run things twice.
                tracing::error!("this server was declared dead by another one; it stops");
                stop.now();
                return;
            }
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "no heartbeat"),
        }
        tokio::select! {
            () = tokio::time::sleep(HEARTBEAT) => {}
            () = token.cancelled() => {}
        }
    }
}

/// Prints where the server is, and the set-up link while nobody has an account.
async fn greet(config: &Config, service: &Service) -> Result<(), StartError> {
    let url = config.base_url();
    let mut lines = vec![format!(
        "Jcrontab {} is ready: {url}",
        env!("CARGO_PKG_VERSION")
    )];
    if let Some(secret) = service.offer_setup().await? {
        let minutes = TimeDelta::num_minutes(&crate::service::sign_in::SETUP_LIFE);
        lines.push(format!("Set up the first account within {minutes} minutes / 请在 {minutes} 分钟内创建第一个账号:"));
        lines.push(format!("  {url}{}?token={secret}", app::routes::SETUP));
    }
    crate::cli::print_lines(&lines);
    if !config.listen.ip().is_loopback() && !url.starts_with("https://") {
        tracing::warn!(address = %config.listen, "the server is reachable without TLS; put a proxy with TLS before it and set JCRONTAB_PUBLIC_URL");
    }
    Ok(())
}

/// Waits for running commands; ends them after the grace or at a second signal.
async fn drain(service: &Service, config: &Config, stop: &Stop) -> bool {
    let Some(executor) = &service.executor else {
        return true;
    };
    let grace = Duration::from_secs(config.shutdown_grace);
    let in_time = tokio::select! {
        () = executor.drain() => true,
        () = tokio::time::sleep(grace) => false,
        () = stop.second() => false,
    };
    if !in_time {
        tracing::warn!(running = executor.running(), "ending what still runs");
        executor.stop_all();
        executor.drain().await;
    }
    in_time
}

/// Lets the loops end, and the last results be written.
async fn end(parts: Parts, service: Arc<Service>, loops: TaskTracker, clock: &SharedClock) {
    loops.close();
    loops.wait().await;
    let store = service.store.clone();
    // The recorder ends when nobody is left who could hand it a result.
    drop(service);
    let Parts {
        service,
        node,
        tracker,
    } = parts;
    drop(service);
    tracker.close();
    if tokio::time::timeout(Duration::from_secs(10), tracker.wait())
        .await
        .is_err()
    {
        tracing::error!(
            "the database did not take the last results; their runs will be marked lost"
        );
    }
    if let Err(error) = store.stop_node(&node.id, clock.now()).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the database was not told that this server stops"
        );
    }
    tracing::info!("stopped");
}

//! From start to stop: what is opened in which order, and how it is shut down.

mod connections;
mod console;
mod converse;
mod data_dir;
mod duplicate_instance;
mod heartbeat;
mod listen;
mod loops;
mod open;
pub mod private;
mod rescue;
mod shutdown;
mod stall;
mod used;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::proxies::TrustedProxies;
use crate::auth::seal::{SealError, Sealer};
use crate::auth::token::{chance, random_id};
use crate::clock::SharedClock;
use crate::config::{Config, SettingFault};
use crate::events::Signals;
use crate::executor::strays::kill_unfinished;
use crate::executor::{Containment, ContainmentError, Executor, Identity, IdentityError, Tools};
use crate::http::Web;
use crate::http::site::Site;
use crate::loops::Loops;
use crate::messages::Renderer;
use crate::messages::send::Sender;
use crate::outbound::OutboundClient;
use crate::outbound::guard::Guard;
use crate::outbound::proxy::{OutboundProxy, ProxyFault};
use crate::output::OutputStore;
use crate::recorder::{Recorder, Spool};
use crate::router;
use crate::scheduler::{DatabaseClock, HeartbeatEvidence, Lag, reap_dead_nodes};
use crate::service::{Components, ScrapeRule, Service, Settings};
use crate::store::{Engine, NodeRow, Store, StoreError};
use crate::telemetry::Metrics;
use crate::timetable::{Patterns, SystemZone, zone, zone_names};

pub use data_dir::{DataDir, DataDirError, Progress, Stage};

pub use listen::console_socket;
pub use shutdown::Stop;
pub use used::{database_of, noted as database_noted};

/// Time for the loops to end after the stop: a message that was sent waits for its answer.
const LOOPS_END: Duration = Duration::from_secs(15);
/// Time for the database to take the last results.
const RESULTS_END: Duration = Duration::from_secs(10);

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used, or another server holds it.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The key file cannot be used.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The user for commands cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The users of tasks cannot be used.
    #[error(transparent)]
    Pool(#[from] crate::config::PoolError),
    /// Commands cannot be contained.
    #[error(transparent)]
    Containment(#[from] ContainmentError),
    /// A setting cannot be right.
    #[error(transparent)]
    Setting(#[from] SettingFault),
    /// The zone for tasks that name none is unknown.
    #[error("JCRONTAB_ZONE names no time zone: {0:?}; write an IANA name such as Asia/Shanghai")]
    Zone(String),
    /// The key file does not belong to the database.
    #[error(transparent)]
    Key(#[from] crate::service::KeyError),
    /// A copy of the data folder is in use elsewhere.
    #[error(
        "a server with a copy of this data folder is up at {0}; give this one a data folder of its own (only secret.key is shared)"
    )]
    DuplicateInstance(String),
    /// Results that waited on disk cannot be replayed.
    #[error("spooled results cannot be replayed")]
    Replay(#[from] crate::recorder::ReplayError),
    /// The place for output cannot be used.
    #[error(transparent)]
    Output(#[from] crate::output::OutputError),
    /// The proxy for outgoing requests cannot be used.
    #[error("JCRONTAB_OUTBOUND_PROXY cannot be used: {0}")]
    Proxy(#[from] ProxyFault),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
    /// The API cannot be described.
    #[error(transparent)]
    Undescribed(#[from] crate::api::Undescribed),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address or path.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Everything that one process consists of.
#[derive(Debug)]
pub struct Assembled {
    /// What the use cases and the loops share.
    pub components: Components,
    /// The use cases.
    pub service: Arc<Service>,
    /// This process.
    pub node: NodeRow,
    /// Tasks that must end before the process may.
    tracker: TaskTracker,
}

/// Opens what every process needs; with `identity`, also what commands need.
///
/// # Errors
/// When something cannot be opened.
pub fn assemble(
    config: &Config,
    data: &DataDir,
    store: Store,
    clock: &SharedClock,
    identity: Option<Identity>,
) -> Result<Assembled, StartError> {
    let SystemZone {
        name: default_zone,
        doubt: zone_doubt,
    } = config.default_zone();
    zone(&default_zone).map_err(|unknown| StartError::Zone(unknown.name))?;
    let signals = Arc::new(Signals::default());
    let guard = Guard::new(&config.outbound_allow).behind(&config.base_url());
    let proxy = OutboundProxy::read(&config.outbound_proxy, &config.outbound_no_proxy)?;
    let guard = match &proxy {
        Some(proxy) => {
            tracing::info!(proxy = proxy.host(), "outgoing requests go through a proxy");
            guard.through(proxy.host())
        }
        None => guard,
    };
    let outbound = OutboundClient::new(guard.clone(), proxy.as_ref())?;
    let sender = Sender::new(outbound.clone(), config.message_lang());
    let renderer = Renderer {
        lang: config.message_lang(),
        base_url: config.base_url(),
    };
    let output = OutputStore::new(config, data.path(), Arc::clone(clock))?;
    let tracker = TaskTracker::new();
    let telemetry = &config.telemetry;
    let tasks_max = usize::try_from(telemetry.metrics_tasks).unwrap_or(usize::MAX);
    let metrics = Arc::new(Metrics::new(store.times(), tasks_max));
    let loops = Arc::new(Loops::new(Arc::clone(clock), chance, Arc::clone(&metrics)));
    // A process that is not a server answers no scrape, and may not be allowed to read the file.
    let scrape = match &identity {
        Some(_) => ScrapeRule::new(
            telemetry.token()?.as_deref(),
            telemetry.metrics_loopback == crate::config::OnOff::On,
        ),
        None => ScrapeRule::default(),
    };
    let sealer = Sealer::open_or_create(data.path())?;
    // Before the recorder, which would otherwise be started for nothing.
    let containment = identity
        .map(|identity| {
            let sealer = sealer.clone();
            Containment::open(
                config.containment,
                config.isolation,
                data.path(),
                identity,
                sealer,
            )
        })
        .transpose()?;
    let executor = containment.map(|containment| {
        let recorder = Recorder::start(
            store.clone(),
            Arc::clone(&signals),
            spool(data),
            &loops,
            &tracker,
        );
        Arc::new(Executor::new(Tools {
            clock: Arc::clone(clock),
            signals: Arc::clone(&signals),
            recorder,
            output: output.clone(),
            containment,
            outbound: outbound.clone(),
            metrics: Arc::clone(&metrics),
        }))
    });
    let hostname = nix::unistd::gethostname().map_or_else(
        |_| "?".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let node = NodeRow {
        // Kept short because every run row stores it; it is still unique.
        id: random_id(8),
        host_key: data.host_key().to_owned(),
        place: duplicate_instance::place(&hostname, data.path()),
        hostname,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        zone_data: crate::timetable::known_version().version.clone(),
    };
    let components = Components {
        store,
        clock: Arc::clone(clock),
        signals,
        executor,
        sealer,
        guard,
        outbound,
        sender,
        renderer,
        output,
        patterns: Arc::new(Patterns::default()),
        calendar_cache: Arc::default(),
        lag: Arc::new(Lag::default()),
        lease: Arc::default(),
        metrics,
        loops,
    };
    let settings = Settings {
        node_id: node.id.clone(),
        trusted_proxies: TrustedProxies::new(&config.trusted_proxies),
        streams_max: listen::limits(config).all / 2,
        default_zone,
        zone_doubt,
        zone_names: zone_names(),
        scrape,
        logs_requests: telemetry.request_log == crate::config::OnOff::On,
    };
    let service = Service::new(&components, settings);
    Ok(Assembled {
        components,
        service: Arc::new(service),
        node,
        tracker,
    })
}

/// Serves until asked to stop; `greet` receives the lines that say where the server is. Returns whether everything
/// ended by itself in time.
///
/// # Errors
/// When the server could not start.
pub async fn serve(
    config: &Config,
    clock: SharedClock,
    stop: Stop,
    greet: impl FnOnce(&[String]),
) -> Result<bool, StartError> {
    config.check()?;
    private::make_private(&config.data_dir)?;
    let data = DataDir::open(&config.data_dir)?;
    let begun = clock.now();
    data.report(Stage::Starting, begun);
    // First of all: what a dead server left running must not overlap with what we start.
    match kill_unfinished(data.path(), data.host_key()) {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "killed processes left running by a dead server"),
        Err(error) => tracing::warn!(%error, "cannot look for processes of a dead server"),
    }
    let identity = Identity::new(
        config.run_as(),
        config.allows_root(),
        data.path(),
        data.host_key(),
        &config.scratch_dir,
    )?
    .allowing(&config.run_as_allow)
    .pooled(config.run_as_pool()?)?;
    let usual = &identity.usual;
    if let Some(pool) = identity.pool() {
        let (first, last) = pool.range();
        tracing::info!(
            first,
            last,
            "each task runs as its own user; set JCRONTAB_RUN_AS=nobody to use one for all"
        );
    } else {
        tracing::info!(user = usual.user, folder = %usual.scratch.display(), "commands run as this user");
    }
    // An embedded database is available at once.
    if !config.database_url.is_empty() {
        data.report(Stage::Database, begun);
    }
    let Some(store) = open::open_patiently(config, &data, &stop).await? else {
        return Ok(true);
    };
    data.report(Stage::Starting, begun);
    // With several nodes, the database's clock decides what is due and which nodes are alive.
    let database_clock = match store.engine() {
        Engine::Sqlite => None,
        Engine::Mysql => Some(Arc::new(DatabaseClock::new(clock.clone()))),
    };
    let clock: SharedClock = match &database_clock {
        Some(shared) => {
            shared.compare(&store).await?;
            shared.clone()
        }
        None => clock,
    };
    let parts = assemble(config, &data, store, &clock, Some(identity))?;
    let (components, service) = (parts.components.clone(), Arc::clone(&parts.service));
    if let Some(executor) = &components.executor {
        let isolation = executor.isolation();
        let how = isolation.describe(app::i18n::Lang::En);
        match isolation.warning(app::i18n::Lang::En) {
            Some(warning) => tracing::warn!("{warning}"),
            None => tracing::info!("{how}"),
        }
        if !executor.bounds_memory_of_runs() {
            tracing::info!(
                "memory limits of tasks hold for each process and not for a run as a whole: there is no control group with the memory controller (docs/OPERATIONS.md)"
            );
        }
    }
    service.check_key().await?;
    if components.store.engine() == Engine::Mysql {
        duplicate_instance::refuse(&components.store, &parts.node, &stop).await?;
    }
    // Commands that change folder and database together compare it.
    let same_database = used::note(data.path(), &config.database_url).unwrap_or_else(|error| {
        tracing::warn!(%error, "the database in use cannot be noted in the data folder");
        false
    });
    // Before the runs of the dead process are ended as lost: some of them have results.
    let replayed = crate::recorder::replay(&components.store, &spool(&data), |_| {}).await?;
    if replayed > 0 {
        tracing::info!(replayed, "replayed results spooled on disk");
    }
    // Before the loops: a server that cannot be reached must not start anything either.
    let doors = listen::open(config, &data).await?;
    data.report_no_more();
    let closing = CancellationToken::new();
    let web = Web {
        turns: crate::http::turns::Turns::default(),
        service: Arc::clone(&service),
        site: Site::find(),
        base_url: config.base_url().into(),
        stop: closing.clone(),
    };
    if let Some(trouble) = &web.site.trouble {
        let what = trouble.text(app::i18n::Lang::En);
        tracing::warn!("{what}; docs/OPERATIONS.md lists the files to install");
    }
    let router = router::router(&web)?;
    reap_dead_nodes(
        &components.store,
        &clock,
        &parts.node,
        HeartbeatEvidence::Inconclusive,
    )
    .await?;
    rescue::rescue_output(&components.store, &components.output, data.path()).await;
    components
        .store
        .insert_node(&parts.node, clock.now())
        .await?;
    // Checked again: the key may have been changed before others could see that this process is up.
    service.check_key().await?;

    let loops = loops::Running::spawn(&parts, &clock, database_clock, same_database, &stop);
    greet(&greeting(config, &service).await?);
    warn_of_settings(config, service.zone_doubt());
    let mut serving = Box::pin(doors.serve(router, closing.clone()));
    tokio::select! {
        () = &mut serving => {}
        () = stop.first() => {}
    }

    // From here on nothing new starts, neither planned nor manual.
    stop.gently();
    service.close();
    loops.scheduler.wait().await;
    let running = components
        .executor
        .as_ref()
        .map_or(0, |executor| executor.running());
    tracing::info!(running, "stopping");
    let in_time = drain(components.executor.as_deref(), config, &stop).await;
    closing.cancel();
    if tokio::time::timeout(Duration::from_secs(3), &mut serving)
        .await
        .is_err()
    {
        tracing::info!("open connections were closed");
    }
    // They hold the executor; dropping its last handle lets the recorder end.
    drop(serving);
    drop(web);
    drop(components);
    end(parts, service, loops, &clock, &stop).await;
    Ok(in_time)
}

/// Where results wait while the database is down.
fn spool(data: &DataDir) -> Spool {
    Spool::new(data.path().join("results.spool"))
}

/// Where the server is, and the set-up link while there are no accounts.
async fn greeting(config: &Config, service: &Service) -> Result<Vec<String>, StartError> {
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
    Ok(lines)
}

/// Logs settings that are probably mistakes.
fn warn_of_settings(config: &Config, zone_doubt: Option<&str>) {
    let url = config.base_url();
    if let Some(said) = zone_doubt {
        tracing::warn!(
            system = said,
            zone = "UTC",
            "the system's time zone has no name in the zone data: tasks that name none run in UTC; set JCRONTAB_ZONE to an IANA name such as Asia/Shanghai"
        );
    }
    if !config.listen.ip().is_loopback() && !url.starts_with("https://") {
        tracing::warn!(address = %config.listen, "the server is reachable without TLS; put a TLS proxy in front of it and set JCRONTAB_PUBLIC_URL");
    }
}

/// Waits for running commands; ends them after the grace period or at a second signal.
async fn drain(executor: Option<&Executor>, config: &Config, stop: &Stop) -> bool {
    let Some(executor) = executor else {
        return true;
    };
    let grace = Duration::from_secs(config.shutdown_grace);
    let in_time = tokio::select! {
        () = executor.drain() => true,
        () = tokio::time::sleep(grace) => false,
        () = stop.second() => false,
    };
    if !in_time {
        tracing::warn!(running = executor.running(), "stopping the remaining runs");
        executor.stop_all();
        executor.drain().await;
    }
    in_time
}

/// Lets the loops end and the last results be written.
async fn end(
    parts: Assembled,
    service: Arc<Service>,
    loops: loops::Running,
    clock: &SharedClock,
    stop: &Stop,
) {
    let store = parts.components.store.clone();
    // The recorder ends when the last sender of results is dropped.
    drop(service);
    let Assembled {
        components,
        service,
        node,
        tracker,
    } = parts;
    drop((components, service));
    tracker.close();
    let written = tokio::time::timeout(RESULTS_END, tracker.wait())
        .await
        .is_ok();
    loops.gone.cancel();
    tokio::select! {
        () = loops.others.wait() => {}
        () = tokio::time::sleep(LOOPS_END) => tracing::warn!("a message still waits for its answer"),
        () = stop.second() => {}
    }
    if !written {
        // Not marked as stopped: the next process then sees runs without a live server.
        tracing::error!(
            "the database did not take the last results; their runs will be marked lost"
        );
        return;
    }
    let now = clock.now();
    let left = async {
        store.note_alive(&node.id, now).await?;
        store.stop_node(&node.id, now).await
    };
    if let Err(error) = left.await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "could not mark this server as stopped in the database"
        );
    }
    tracing::info!("stopped");
}

//! Opens the parts of a process, in their order.

use std::sync::Arc;

use runner::{Containment, Identity};
use tokio_util::task::TaskTracker;

use super::data_dir::DataDir;
use super::error::StartError;
use super::{duplicate_instance, listen};
use crate::auth::proxies::TrustedProxies;
use crate::auth::seal::Sealer;
use crate::auth::token::{chance, random_id};
use crate::clock::SharedClock;
use crate::config::{Config, OnOff, SettingFault};
use crate::events::Signals;
use crate::executor::{Dependencies, Executor};
use crate::loops::Loops;
use crate::messages::send::Sender;
use crate::messages::{NAMED_MIN, Renderer};
use crate::outbound::OutboundClient;
use crate::outbound::guard::Guard;
use crate::outbound::proxy::OutboundProxy;
use crate::outbound::trusted::{TrustFault, Trusted};
use crate::output::OutputStore;
use crate::recorder::{Recorder, Spool};
use crate::scheduler::Lag;
use crate::service::{Components, DoorSettings, ScrapeRule, Service, Settings};
use crate::store::{NodeRow, Store};
use crate::telemetry::Metrics;
use crate::timetable::{Patterns, SystemZone, zone, zone_names};

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
    pub(super) tracker: TaskTracker,
}

/// The certificates in a file of the settings that outgoing connections trust; none where no file is named.
fn trusted(path: &str) -> Result<Trusted, StartError> {
    if path.is_empty() {
        return Ok(Trusted::default());
    }
    let unusable = |why: String| StartError::OutboundCa {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let found = Trusted::read(&text).map_err(|fault| unusable(fault.to_string()))?;
    if found.is_empty() {
        return Err(unusable(TrustFault::None.to_string()));
    }
    Ok(found)
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
    let trusted = trusted(&config.outbound_ca)?;
    let outbound = OutboundClient::new(guard.clone(), proxy.as_ref(), trusted)?;
    let sender = Sender::new(outbound.clone(), config.message_lang());
    let renderer = Renderer {
        lang: config.message_lang(),
        base_url: config.base_url(),
        zone: default_zone.clone(),
        room: NAMED_MIN,
    };
    let output = OutputStore::new(config, data.path(), Arc::clone(clock))?;
    let tracker = TaskTracker::new();
    let telemetry = &config.telemetry;
    let tasks_max = usize::try_from(telemetry.metrics_tasks).unwrap_or(usize::MAX);
    let metrics = Arc::new(Metrics::new(store.times(), tasks_max));
    let loops = Arc::new(Loops::new(Arc::clone(clock), chance, Arc::clone(&metrics)));
    // A process that is not a server answers no scrape, and may not be allowed to read the file.
    let doors = match &identity {
        Some(_) => door_settings(config)?,
        None => DoorSettings::default(),
    };
    let sealer = Sealer::open_or_create(data.path())?;
    // Before the recorder, which would otherwise be started for nothing.
    let containment = identity
        .map(|identity| {
            Containment::open(
                config.containment.into(),
                config.isolation.into(),
                data.path(),
                identity,
                || crate::failpoints::point("spawn.done"),
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
        Arc::new(Executor::new(Dependencies {
            clock: Arc::clone(clock),
            signals: Arc::clone(&signals),
            recorder,
            output: output.clone(),
            containment,
            outbound: outbound.clone(),
            sealer: sealer.clone(),
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
        doors,
        streams_max: listen::limits(config).all / 2,
        default_zone,
        zone_doubt,
        zone_names: zone_names(),
        link_acts: config.link_acts()?,
        chat_by_id: config.chat_by_id()?,
    };
    let service = Service::new(&components, settings);
    Ok(Assembled {
        components,
        service: Arc::new(service),
        node,
        tracker,
    })
}

/// The settings that the doors ask for.
pub(super) fn door_settings(config: &Config) -> Result<DoorSettings, SettingFault> {
    let telemetry = &config.telemetry;
    Ok(DoorSettings {
        trusted_proxies: TrustedProxies::new(&config.trusted_proxies),
        scrape: ScrapeRule::new(
            telemetry.token()?.as_deref(),
            telemetry.metrics_loopback == OnOff::On,
        ),
        logs_requests: telemetry.request_log == OnOff::On,
        backup_warn_days: telemetry.backup_warn_days.into(),
    })
}

/// Where results wait while the database is down.
pub(super) fn spool(data: &DataDir) -> Spool {
    Spool::new(data.path().join("results.spool"))
}

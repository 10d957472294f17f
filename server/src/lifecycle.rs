//! From start to stop: what is opened in which order, and how it is shut down.

mod assemble;
mod connections;
mod console;
mod converse;
mod data_dir;
mod disk_watch;
mod duplicate_instance;
mod error;
mod heartbeat;
mod listen;
mod loops;
mod notify;
mod open;
pub mod private;
mod reload;
mod rescue;
mod shutdown;
mod stall;
mod tls;
mod used;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use runner::Identity;
use runner::strays::kill_unfinished;
use tokio_util::sync::CancellationToken;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::http::Web;
use crate::http::rate::RateLimits;
use crate::http::site::Site;
use crate::router;
use crate::scheduler::{DatabaseClock, HeartbeatEvidence, reap_dead_nodes};
use crate::service::Service;
use crate::store::Engine;
use crate::texts::isolation;

pub use assemble::{Assembled, assemble};
pub use data_dir::{DataDir, DataDirError, Progress, Stage};
pub use disk_watch::DiskWatch;
pub use error::StartError;
pub use listen::console_socket;
pub use reload::{ReadAgain, Reload};
pub use shutdown::Stop;
pub use used::{database_of, noted as database_noted};

/// Serves until asked to stop; `greet` receives the lines that say where the server is. Returns whether everything
/// ended by itself in time.
///
/// # Errors
/// When the server could not start.
pub async fn serve(
    config: &Config,
    clock: SharedClock,
    stop: Stop,
    reload: Reload,
    greet: impl FnOnce(&[String]),
) -> Result<bool, StartError> {
    config.check()?;
    let notify = Arc::new(notify::Notify::from_environment());
    let certificate = tls::Certificate::open(&config.tls)?;
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
        notify.waits("waiting for the database");
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
        let found = executor.isolation();
        let how = isolation::describe(found, app::i18n::Lang::En);
        match isolation::warning(found, app::i18n::Lang::En) {
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
    let spool = assemble::spool(&data);
    let replayed = crate::recorder::replay(&components.store, &spool, |_, _| {}).await?;
    if replayed > 0 {
        tracing::info!(replayed, "replayed results spooled on disk");
    }
    // Before the loops: a server that cannot be reached must not start anything either.
    let doors = listen::open(config, &data, certificate.as_ref()).await?;
    data.report_no_more();
    let closing = CancellationToken::new();
    let web = Web {
        turns: crate::http::turns::Turns::default(),
        rates: RateLimits::new(config.requests_per_minute, Arc::clone(&clock)),
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

    let used = loops::Used {
        folder: data.path(),
        same_database,
    };
    let loops = loops::Running::spawn(&parts, &clock, database_clock, &used, &stop);
    greet(&greeting(config, &service).await?);
    warn_of_settings(config, service.zone_doubt());
    let reloading = reload.spawn(&service, certificate, &stop);
    notify.ready(&config.base_url());
    // systemd waits for the first beat from now on.
    notify.keep_watchdog();
    let mut serving = Box::pin(doors.serve(router, Arc::clone(&service), closing.clone()));
    tokio::select! {
        () = &mut serving => {}
        () = stop.first() => {}
    }

    // From here on nothing new starts, neither planned nor manual.
    stop.gently();
    notify.stopping();
    service.close();
    loops.scheduler.wait().await;
    let running = components
        .executor
        .as_ref()
        .map_or(0, |executor| executor.running());
    tracing::info!(running, "stopping");
    let config = reloading.ended().await;
    let in_time = shutdown::drain(components.executor.as_deref(), &config, &stop).await;
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
    shutdown::end(parts, service, loops, &clock, &stop).await;
    Ok(in_time)
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
    let is_open = !config.listen.ip().is_loopback() && config.tls.tls_cert.is_empty();
    if is_open && !url.starts_with("https://") {
        tracing::warn!(address = %config.listen, "the server is reachable without TLS; put a TLS proxy in front of it and set JCRONTAB_PUBLIC_URL, or set JCRONTAB_TLS_CERT");
    }
}

//! Checks without a running server: opens its parts one by one.

use std::path::Path;
use std::sync::Arc;

use app::auth::Principal;
use app::backend::{Caller, System};
use app::i18n::Lang;
use app::task::TaskQuery;
use runner::{Identity, Isolation};

use super::report::Report;
use super::{about, folder};
use crate::cli::sentence;
use crate::clock::{Clock, SharedClock, SystemClock};
use crate::config::Config;
use crate::lifecycle::{self, Assembled, DataDir, DataDirError, Progress, Stage, StartError};
use crate::service::unnamed_zone;
use crate::store::{Store, StoreError, TaskGroups, TaskSearch};
use crate::texts::isolation::warning as isolation_warning;
use crate::timetable::data_version;

/// Runs all checks that are possible.
pub(super) async fn look(config: &Config, report: &mut Report) {
    report.ours();
    let known = match open(config, report).await {
        Some(parts) => {
            let console = Caller {
                principal: Some(Principal::console()),
                lang: report.lang(),
            };
            let about = parts.service.about(&console).await.ok();
            about.map(|about| (about, parts, console))
        }
        None => None,
    };
    match known {
        Some((about, parts, console)) => {
            about::check(&about, report);
            match parts.service.unreadable_rows(&console).await {
                Ok(found) => super::rows::check(&found, report),
                Err(error) => super::rows::failed(error.message, report),
            }
            let last = super::audit::CHECKED;
            if let Ok(checked) = parts.service.audit_verify_last(&console, last).await {
                super::audit::check(&checked, report);
            }
        }
        None => {
            let zones = data_version();
            about::zone_data(&zones.version, zones.source.as_str(), report);
            let zone = config.default_zone();
            if let Some(said) = &zone.doubt {
                about::unnamed_zone(unnamed_zone(report.lang(), said), report);
            }
            about::default_zone(&zone.name, report);
        }
    }
    super::site::here(report);
    if !report.has("server") {
        report.warn(
            "server",
            report.pick("没有运行", "not running"),
            (
                "用 jcrontab serve 启动；在别的机器上运行时设置 JCRONTAB_URL",
                "start it with `jcrontab serve`; if it runs on another machine, set JCRONTAB_URL",
            ),
        );
    }
}

/// Opens folder, database and key as the server would, and reports how that went.
async fn open(config: &Config, report: &mut Report) -> Option<Assembled> {
    let folder = &config.data_dir;
    if !folder.exists() {
        folder::to_be(folder, report);
        return None;
    }
    if !folder::writable(folder, report) {
        return None;
    }
    // A folder without a lock was never used by a server, and doctor does not create one.
    let held = match folder.join("lock").exists() {
        true => Some(hold(folder, report)?),
        false => None,
    };
    let store = database(config, folder, report).await?;
    if !layout(&store, report).await {
        return None;
    }
    // Opening would create a missing key, which would differ from that of a backup.
    if !folder.join("secret.key").exists() {
        report.warn(
            "secret_key",
            report.pick(
                "数据文件夹里没有 secret.key",
                "there is no secret.key in the data folder",
            ),
            (
                "从备份或同库的其他服务器复制；全新安装则首次启动时生成",
                "copy it from a backup or from another server on the same database; a new installation creates it at its first start",
            ),
        );
        return None;
    }
    let data = match held {
        Some(data) => data,
        None => hold(folder, report)?,
    };
    key(config, &data, store, report).await
}

/// Locks the folder, so that no server starts on it meanwhile.
fn hold(folder: &Path, report: &mut Report) -> Option<DataDir> {
    let error = match DataDir::open(folder) {
        Ok(data) => return Some(data),
        Err(error) => error,
    };
    match error {
        DataDirError::InUse { .. } if report_progress(folder, report) => {}
        DataDirError::InUse { .. } => report.fail(
            "server",
            sentence(&error),
            (
                "它没有响应：稍后再试；服务器日志里有原因；必要时结束那个进程",
                "it does not respond: try again later, see the server's log, and kill that process if necessary",
            ),
        ),
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => report.fail(
            "data_dir",
            sentence(&error),
            (
                "以服务器的用户运行，或检查权限",
                "run this as the server's user, or check rights",
            ),
        ),
    }
    None
}

/// Reports a server that holds the folder and is not ready to answer. Returns whether there is one.
fn report_progress(folder: &Path, report: &mut Report) -> bool {
    let Some(Progress { stage, pid, since }) = Progress::of(folder) else {
        return false;
    };
    let past = (SystemClock.now() - since).num_seconds();
    let words = |lang| app::duration::duration_words(past, lang);
    let (zh, en) = (words(Lang::Zh), words(Lang::En));
    report.starting(
        "server",
        match stage {
            Stage::Starting => (
                format!("正在启动：进程 {pid}，已 {zh}"),
                format!("starting: process {pid}, for {en}"),
            ),
            Stage::Database => (
                format!("正在启动，等待数据库：进程 {pid}，已 {zh}；若一直等待，服务器日志里有原因"),
                format!(
                    "starting, waiting for its database: process {pid}, for {en}; if this persists, see the server's log"
                ),
            ),
        },
    );
    true
}

async fn database(config: &Config, folder: &Path, report: &mut Report) -> Option<Store> {
    if let Err(fault) = config.check_database() {
        report.fail("database", sentence(&fault), NEXT_DATABASE);
        return None;
    }
    if config.database_url.is_empty() && !folder.join("jcrontab.db").exists() {
        report.warn(
            "database",
            report.pick("还没有 jcrontab.db", "there is no jcrontab.db yet"),
            (
                "第一次启动时会创建；使用 MySQL 时设置 DATABASE_URL",
                "it is created at the first start; set DATABASE_URL for MySQL",
            ),
        );
        return None;
    }
    let opened = async {
        let store = Store::open(&config.database_url, folder).await?;
        let version = store.version().await?;
        Ok::<_, StoreError>((store, version))
    };
    match opened.await {
        Ok((store, version)) => {
            report.ok("database", (version.clone(), version));
            Some(store)
        }
        Err(error) => {
            report.fail("database", sentence(&error), NEXT_DATABASE);
            None
        }
    }
}

/// Whether the tables match this version: whether it can read them.
async fn layout(store: &Store, report: &mut Report) -> bool {
    if let Err(error) = store.check_layout().await
        && error.is_unusable()
    {
        report.fail(
            "migrations",
            sentence(&error),
            (
                "装回较新的版本，或把备份恢复到空数据库（docs/BACKUP.zh-CN.md）",
                "install the newer version, or restore a backup into an empty database (docs/BACKUP.md)",
            ),
        );
        return false;
    }
    let read = async {
        store
            .task_rows(
                &TaskQuery::default(),
                &TaskSearch::default(),
                &TaskGroups::default(),
                1,
            )
            .await?;
        store.calendars().await?;
        store.live_tasks().await?;
        store.blackouts().await?;
        store.rotas().await?;
        store.urge_defaults().await?;
        Ok::<_, StoreError>(())
    };
    match read.await {
        Ok(()) => {
            report.ok(
                "migrations",
                ("与本版本一致".to_owned(), "up to date".to_owned()),
            );
            true
        }
        Err(error) => {
            report.fail(
                "migrations",
                report.lang().pick(
                    format!("与本版本不一致（{}）", sentence(&error)),
                    format!("does not match this version ({})", sentence(&error)),
                ),
                (
                    "先备份，再运行 jcrontab migrate（启动服务器也会更新）",
                    "back it up, then run `jcrontab migrate` (starting the server does it as well)",
                ),
            );
            false
        }
    }
}

/// Whether the key decrypts the database's secrets.
async fn key(
    config: &Config,
    data: &DataDir,
    store: Store,
    report: &mut Report,
) -> Option<Assembled> {
    let clock: SharedClock = Arc::new(SystemClock);
    let parts = match lifecycle::assemble(config, data, store, &clock, None) {
        Ok(parts) => parts,
        // Reported by its own check.
        Err(StartError::Zone(_)) => return None,
        Err(error) => {
            report.fail("secret_key", sentence(&error), NEXT_KEY);
            return None;
        }
    };
    let service = &parts.service;
    let checked = async {
        service.check_key().await?;
        service.load_calendars().await?;
        Ok::<_, StartError>(())
    };
    match checked.await {
        Ok(()) => report.ok(
            "secret_key",
            (
                "能解密数据库里的密文".to_owned(),
                "can decrypt the database's secrets".to_owned(),
            ),
        ),
        Err(error) => report.fail("secret_key", sentence(&error), NEXT_KEY),
    }
    if let Some(why) = service.output_trouble().await {
        report.fail(
            "output_store",
            report.lang().pick(
                format!("无法保存输出：{why}"),
                format!("output cannot be stored: {why}"),
            ),
            super::about::NEXT_OUTPUT,
        );
    }
    isolation(config, data, report);
    Some(parts)
}

/// Whether commands would be isolated from the server's files.
fn isolation(config: &Config, data: &DataDir, report: &mut Report) {
    let identity = Identity::new(
        config.run_as(),
        config.allows_root(),
        data.path(),
        data.host_key(),
        &config.scratch_dir,
    );
    let Ok(identity) = identity else {
        // The start of a server reports that.
        return;
    };
    match Isolation::survey(config.isolation.into(), data.path(), &identity) {
        // As with a running server, only problems are reported.
        Ok(found) => {
            if let Some(text) = isolation_warning(&found, report.lang()) {
                report.warn("isolation", text, super::about::NEXT_ISOLATION);
            }
        }
        Err(error) => report.fail(
            "isolation",
            sentence(&error),
            (
                "数据文件夹不要用 noexec 挂载",
                "mount the data folder without noexec",
            ),
        ),
    }
}

const NEXT_DATABASE: (&str, &str) = (
    "检查 DATABASE_URL、网络和数据库账号",
    "check DATABASE_URL, the network and the database account",
);

const NEXT_KEY: (&str, &str) = (
    "从备份或同库的其他服务器复制 secret.key",
    "copy secret.key from a backup or from another server on the same database",
);

//! `jcrontab restore`: into an empty database, on a data folder that no server uses.

use std::io::{Seek, SeekFrom};
use std::path::PathBuf;

use app::i18n::plural;
use clap::Args;
use serde_json::json;

use super::super::access::Access;
use super::super::print::print_done;
use super::super::progress::shown;
use super::super::{Failure, lang, sentence};
use super::fault::failure;
use super::verify::{open, table_lines, verified};
use super::{STDOUT, open as opened};
use crate::archive::{self, Place, Restored, key_fits};
use crate::lifecycle::{DataDir, DataDirError, database_of};
use crate::service::KEY_CHECK;
use crate::store::{Store, StoreError};

#[derive(Args, Debug)]
pub(in super::super) struct Restore {
    /// Backup to restore
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(in super::super) async fn run(restore: &Restore, access: &Access) -> Result<(), Failure> {
    opened::refuse_remote(access)?;
    let config = &access.config;
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    if restore.file.as_os_str() == STDOUT {
        return Err(Failure::usage(lang().pick(
            "恢复之前要先完整检查备份，所以不能从标准输入读取：先保存成文件",
            "a backup is read twice, since it is verified before anything is restored: save it to a file instead of passing it on stdin",
        )));
    }
    config.check_database().map_err(|error| failed(&error))?;
    // Before this process becomes the owner of the data folder, who may not be allowed to read the file.
    let mut file = open(&restore.file)?;
    super::super::owner::become_owner(&config.data_dir)?;
    let data = DataDir::open(&config.data_dir).map_err(|error| match error {
        DataDirError::InUse { .. } => Failure::refused(lang().pick(
            "服务器正在使用这个数据文件夹；先停掉它，再恢复",
            "a server is using this data folder; stop it first, then restore",
        )),
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => failed(&error),
    })?;
    let reading = file.try_clone().map_err(|error| failed(&error))?;
    let backup = verified(reading).await?;
    backup.steps().map_err(|error| failure(&error))?;
    backup
        .keys_fit_into(data.path())
        .map_err(|error| failure(&error))?;
    file.seek(SeekFrom::Start(0))
        .map_err(|error| failed(&error))?;
    let store = Store::open(&config.database_url, data.path()).await;
    let store = store.map_err(|error| failed(&error))?;
    refuse_filled(&store, &database_of(&config.database_url)).await?;
    let place = Place::of(config, data.path()).map_err(|error| failure(&error))?;
    let what = lang().pick("恢复…", "restoring …");
    let done = shown(what, archive::restore(&store, &backup, file, &place)).await;
    let done = done.map_err(|error| {
        let mut why = failure(&error);
        why.message = lang().pick(
            format!("{}；数据库里只有一部分内容，服务器不会使用它：清空后再恢复", why.message),
            format!("{}; the database is incomplete, and no server will use it: empty it and restore again", why.message),
        );
        why
    })?;
    let sealed = store
        .kept_key_check()
        .await
        .map_err(|error| failed(&error))?;
    let fits = match &sealed {
        Some(sealed) => key_fits(data.path(), KEY_CHECK, sealed).unwrap_or(false),
        None => true,
    };
    let rows: serde_json::Map<String, serde_json::Value> = (done.rows.iter())
        .map(|(table, count)| (table.clone(), json!(count)))
        .collect();
    let value = json!({
        "database": store.engine().name(),
        "rows": rows,
        "outputs": done.outputs,
        "needs_key": !fits,
    });
    let words = words(&done, store.engine().name(), fits);
    print_done(&value, restore.json, &words);
    Ok(())
}

async fn refuse_filled(store: &Store, name: &str) -> Result<(), Failure> {
    let next = lang().pick(
        "SQLite：把数据文件夹里的 jcrontab.db、jcrontab.db-wal、jcrontab.db-shm 移走；MySQL：新建一个空数据库",
        "SQLite: move jcrontab.db, jcrontab.db-wal and jcrontab.db-shm out of the data folder; MySQL: create an empty database",
    );
    match store.is_empty().await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::refused(lang().pick(
            format!("{name} 里已经有表，只能恢复到空数据库。{next}"),
            format!(
                "{name} has tables, and a backup is restored into an empty database only. {next}"
            ),
        ))),
        Err(StoreError::HalfRestored) => Err(Failure::refused(lang().pick(
            format!("{name} 里是一次没有完成的恢复。{next}"),
            format!("{name} has the rest of a restore that was not finished. {next}"),
        ))),
        Err(error) => Err(Failure::error(sentence(&error))),
    }
}

fn words(done: &Restored, engine: &str, fits: bool) -> Vec<String> {
    let all: u64 = done.rows.iter().map(|(_, count)| count).sum();
    let outputs = done.outputs;
    let mut lines = vec![lang().pick(
        format!("已恢复到 {engine} 数据库：{all} 行，{outputs} 份输出；行数与备份一致"),
        format!(
            "Restored into the {engine} database: {all} {}, {outputs} stored {}; the counts are those of the backup",
            plural(all, "row", "rows"),
            plural(outputs, "output", "outputs")
        ),
    )];
    lines.extend(table_lines(
        done.rows.iter().map(|(table, count)| (table, count)),
    ));
    lines.push(
        lang()
            .pick(
                "这是一份副本：原来的服务器还在运行时不要启动它，否则每个任务都会执行两次，每条消息都会发两次",
                "This is a copy: do not start it while the old server still runs, or every task runs twice and every message is sent twice",
            )
            .to_owned(),
    );
    if !fits {
        lines.push(
            lang()
                .pick(
                    "启动之前先把原来的 secret.key 放进数据文件夹：没有它解不开密文",
                    "Put the old secret.key into the data folder before the start: secrets cannot be read without it",
                )
                .to_owned(),
        );
    }
    lines
}

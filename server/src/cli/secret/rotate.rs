//! `jcrontab secret rotate-key`: works directly on the data folder and the database.

use std::path::Path;
use std::sync::Arc;

use app::auth::Principal;
use app::backend::Caller;
use app::i18n::{Lang, plural};
use serde_json::json;

use super::super::access::Access;
use super::super::client::refusal;
use super::super::print::print_done;
use super::super::progress::shown;
use super::super::{Failure, lang, sentence};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::lifecycle::{self, DataDir, DataDirError, database_noted, database_of};
use crate::store::{Engine, Store, StoreError};

pub(super) async fn run(access: &Access, json: bool) -> Result<(), Failure> {
    let lang = lang();
    if access.remote().is_some() {
        return Err(Failure::usage(lang.pick(
            "换密钥要在服务器本机进行：去掉 JCRONTAB_URL 和 --url",
            "run key rotation on the server's own host: unset JCRONTAB_URL and drop --url",
        )));
    }
    let what = lang.pick("更换密钥…", "rotating the key …");
    let (count, several) = shown(what, changed(&access.config)).await?;
    let mut lines = vec![lang.pick(
        format!("已换用新密钥，重新加密了 {count} 个值。旧密钥在 secret.key.old：换密钥之前的备份要用它，不再需要时删除"),
        format!("The key was rotated, and {count} {} encrypted with the new one. The old key is in secret.key.old: backups made before need it; delete it once they are gone", plural(count, "value is", "values are")),
    )];
    if several {
        lines.push(
            lang.pick(
                "把 secret.key 复制到共用这个数据库的其他服务器，再启动它们",
                "Copy secret.key to the other servers on this database before you start them",
            )
            .to_owned(),
        );
    }
    let value = json!({ "resealed": count, "copy_to_other_servers": several });
    print_done(&value, json, &lines);
    Ok(())
}

/// Rotates the key. Returns how many values were re-encrypted, and whether other servers may share the
/// database.
async fn changed(config: &Config) -> Result<(u64, bool), Failure> {
    let lang = lang();
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    if !config.data_dir.join("secret.key").exists() {
        return Err(Failure::not_found(lang.pick(
            format!("{} 里没有 secret.key", config.data_dir.display()),
            format!("there is no secret.key in {}", config.data_dir.display()),
        )));
    }
    super::super::owner::become_owner(&config.data_dir)?;
    // A running server would keep the old key: none may run, or start meanwhile.
    let data = DataDir::open(&config.data_dir).map_err(|error| match error {
        DataDirError::InUse { .. } => Failure::refused(lang.pick(
            "服务器正在使用这个数据文件夹；先停掉它，再换密钥",
            "a server is using this data folder; stop it first, then rotate the key",
        )),
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => failed(&error),
    })?;
    let store = the_servers_own(config, data.path(), lang).await?;
    store.migrate().await.map_err(|error| failed(&error))?;
    let several = store.engine() == Engine::Mysql;
    let clock: SharedClock = Arc::new(SystemClock);
    let parts =
        lifecycle::assemble(config, &data, store, &clock, None).map_err(|error| failed(&error))?;
    parts
        .service
        .check_key()
        .await
        .map_err(|error| failed(&error))?;
    let console = Caller {
        principal: Some(Principal::console()),
        lang,
    };
    let done = parts.service.rotate_key(&console).await.map_err(refusal)?;
    Ok((done.resealed, several))
}

/// Opens the database that the folder's server uses. With another one, the key would be replaced and
/// the server's secrets could no longer be decrypted. Creates neither a database nor tables.
async fn the_servers_own(config: &Config, folder: &Path, lang: Lang) -> Result<Store, Failure> {
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    let asked = database_of(&config.database_url);
    let used = database_noted(folder).map_err(|error| failed(&error))?;
    if let Some(used) = used.filter(|used| *used != asked) {
        return Err(Failure::refused(lang.pick(
            format!("这个数据文件夹的服务器使用的数据库是 {used}，这里却是 {asked}；把 DATABASE_URL 设成与服务器相同的值。服务器换过数据库时，先启动它一次"),
            format!("the server of this data folder uses {used}, and this is {asked}; set DATABASE_URL as the server has it. Where the server was moved to another database, start it once first"),
        )));
    }
    if config.database_url.is_empty() && !folder.join("jcrontab.db").exists() {
        return Err(Failure::not_found(lang.pick(
            format!("{} 里没有 jcrontab.db；服务器使用 MySQL 时，把 DATABASE_URL 设成与服务器相同的值", folder.display()),
            format!("there is no jcrontab.db in {}; where the server uses MySQL, set DATABASE_URL as the server has it", folder.display()),
        )));
    }
    let store = Store::open(&config.database_url, folder)
        .await
        .map_err(|error| unreachable(lang, &asked, &error))?;
    match store.kept_key_check().await {
        Ok(Some(_)) => Ok(store),
        Err(error) if error.is_away() => Err(unreachable(lang, &asked, &error)),
        // No tables of ours, or tables that were never used by a server.
        Ok(None) | Err(_) => Err(Failure::refused(lang.pick(
            format!("{asked} 没有被服务器用过，里面没有用这个密钥加密的内容；把 DATABASE_URL 设成与服务器相同的值"),
            format!("no server has used {asked}, and nothing in it is sealed with this key; set DATABASE_URL as the server has it"),
        ))),
    }
}

/// Why the database cannot be opened; the key stays as it is.
fn unreachable(lang: Lang, asked: &str, error: &StoreError) -> Failure {
    let why = sentence(error);
    Failure::error(if error.is_refused() {
        lang.pick(
            format!("{asked} 拒绝了 DATABASE_URL 里的用户、密码或库名，密钥没有改变：{why}"),
            format!("{asked} refuses the user, the password or the database name in DATABASE_URL; the key is unchanged: {why}"),
        )
    } else {
        lang.pick(
            format!("{asked} 打不开，密钥没有改变：{why}"),
            format!("{asked} cannot be opened; the key is unchanged: {why}"),
        )
    })
}

//! `jcrontab secret rotate-key`: on the data folder and the database themselves.

use std::sync::Arc;

use app::auth::Principal;
use app::backend::Caller;
use app::i18n::plural;
use serde_json::json;

use super::super::access::Access;
use super::super::client::refusal;
use super::super::print::print_done;
use super::super::progress::shown;
use super::super::{Failure, lang, sentence};
use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::lifecycle::{self, DataDir, DataDirError};
use crate::store::{Engine, Store};

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

/// Changes the key. Gives how many values are sealed anew, and whether other servers may share them.
async fn changed(config: &Config) -> Result<(u64, bool), Failure> {
    let lang = lang();
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    if !config.data_dir.join("secret.key").exists() {
        return Err(Failure::not_found(lang.pick(
            format!("{} 里没有 secret.key", config.data_dir.display()),
            format!("there is no secret.key in {}", config.data_dir.display()),
        )));
    }
    // A server knows the old key only: it must not run, nor start meanwhile.
    let data = DataDir::open(&config.data_dir).map_err(|error| match error {
        DataDirError::InUse { .. } => Failure::refused(lang.pick(
            "服务器正在使用这个数据文件夹；先停掉它，再换密钥",
            "a server is using this data folder; stop it first, then rotate the key",
        )),
        DataDirError::Unusable { .. } | DataDirError::Exposed { .. } => failed(&error),
    })?;
    let store = Store::open(&config.database_url, data.path())
        .await
        .map_err(|error| failed(&error))?;
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

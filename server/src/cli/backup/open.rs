//! Opens the database that the folder's server uses, for a backup. Creates and changes nothing.

use std::path::Path;

use super::super::access::Access;
use super::super::{Failure, lang, sentence};
use super::fault::failure;
use crate::archive::{Place, key_fits};
use crate::config::Config;
use crate::lifecycle::{database_noted, database_of};
use crate::service::KEY_CHECK;
use crate::store::Store;

/// Refuses to work on a server elsewhere.
pub(super) fn refuse_remote(access: &Access) -> Result<(), Failure> {
    if access.remote().is_none() {
        return Ok(());
    }
    Err(Failure::usage(lang().pick(
        "备份和恢复要在服务器本机进行：去掉 JCRONTAB_URL 和 --url",
        "back up and restore on the server's own host: unset JCRONTAB_URL and drop --url",
    )))
}

/// Opens the database and the places of a server, whether it runs or not.
pub(super) async fn source(config: &Config) -> Result<(Store, Place), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::error(sentence(error));
    config.check_database().map_err(|error| failed(&error))?;
    let folder = &config.data_dir;
    let asked = database_of(&config.database_url);
    // Elsewhere a backup of an empty database, or of another one, would be found out when it is needed.
    let used = database_noted(folder).map_err(|error| failed(&error))?;
    if let Some(used) = used.filter(|used| *used != asked) {
        return Err(Failure::refused(lang().pick(
            format!("这个数据文件夹的服务器使用的数据库是 {used}，这里却是 {asked}；把 DATABASE_URL 设成与服务器相同的值"),
            format!("the server of this data folder uses {used}, and this is {asked}; set DATABASE_URL as the server has it"),
        )));
    }
    if config.database_url.is_empty() && !folder.join("jcrontab.db").exists() {
        return Err(nothing(&folder.join("jcrontab.db").display().to_string()));
    }
    let store = Store::open(&config.database_url, folder).await;
    let store = store.map_err(|error| failed(&error))?;
    if store.is_empty().await.map_err(|error| failed(&error))? {
        return Err(nothing(&asked));
    }
    let place = Place::of(config, folder).map_err(|error| failure(&error))?;
    Ok((store, place))
}

fn nothing(place: &str) -> Failure {
    Failure::not_found(lang().pick(
        format!("{place} 不存在或者是空的，没有可备份的内容；检查 --data-dir 和 DATABASE_URL"),
        format!("{place} does not exist or is empty, so there is nothing to back up; check --data-dir and DATABASE_URL"),
    ))
}

/// Checks that the key of the folder is the one that the database's secrets are sealed with.
pub(super) async fn check_key(store: &Store, folder: &Path) -> Result<(), Failure> {
    let kept = store.kept_key_check().await;
    let Some(sealed) = kept.map_err(|error| Failure::error(sentence(&error)))? else {
        // No server has used the database, so nothing is sealed.
        return Ok(());
    };
    let fits = key_fits(folder, KEY_CHECK, &sealed);
    if fits.map_err(|error| Failure::error(sentence(&error)))? {
        return Ok(());
    }
    let key = folder.join("secret.key");
    let key = key.display();
    Err(Failure::refused(lang().pick(
        format!("{key} 不存在，或者不是这个数据库的密钥：备份恢复之后解不开密文。在有密钥的服务器上备份，或加 --key exclude 并另外保管密钥"),
        format!("{key} does not exist or is not the key of this database, so secrets could not be read after a restore; back up on a server that has the key, or add --key exclude and keep the key elsewhere"),
    )))
}

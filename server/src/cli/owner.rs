//! A command of root that works on the data folder itself, without a server, does so as the folder's owner. Otherwise
//! it would leave files there that the server, which runs as that user, cannot open.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

use super::{Failure, lang};

/// Becomes the owner of a data folder for the rest of this process, if this is root and the owner is another user.
pub(super) fn become_owner(data_dir: &Path) -> Result<(), Failure> {
    if !Uid::effective().is_root() {
        return Ok(());
    }
    // Where there is no folder, root will own it.
    let Ok(folder) = std::fs::metadata(data_dir) else {
        return Ok(());
    };
    let (user, group) = (Uid::from_raw(folder.uid()), Gid::from_raw(folder.gid()));
    if user.is_root() {
        return Ok(());
    }
    setgroups(&[group])
        .and_then(|()| setgid(group))
        .and_then(|()| setuid(user))
        .map_err(|error| {
            let folder = data_dir.display();
            Failure::error(lang().pick(
                format!("不能以数据文件夹 {folder} 的所有者（用户 {user}）的身份执行：{error}"),
                format!(
                    "cannot act as the owner of the data folder {folder} (user {user}): {error}"
                ),
            ))
        })
}

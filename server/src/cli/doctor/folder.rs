//! Whether the data folder can be used.

use std::path::Path;

use nix::unistd::{AccessFlags, access};

use super::report::Report;
use crate::auth::token::random_id;
use crate::cli::sentence;
use crate::lifecycle::private::{self, Exposure};

/// Reports a folder that does not exist yet, and whether it can be created.
pub(super) fn to_be(folder: &Path, report: &mut Report) {
    let shown = folder.display();
    let parent = folder.ancestors().skip(1).find_map(|parent| {
        // The parent of a relative path can be empty, which means the working directory.
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        parent.exists().then_some(parent)
    });
    let can_be = parent.is_some_and(|parent| {
        parent.is_dir() && access(parent, AccessFlags::W_OK | AccessFlags::X_OK).is_ok()
    });
    if can_be {
        let text = report.lang().pick(
            format!("{shown} 还不存在"),
            format!("{shown} does not exist yet"),
        );
        let next = (
            "第一次启动时会创建；若不是这个文件夹，设置 JCRONTAB_DATA_DIR",
            "it is created at the first start; set JCRONTAB_DATA_DIR if another folder is meant",
        );
        report.warn("data_dir", text, next);
    } else {
        let text = report.lang().pick(
            format!("{shown} 不存在，也无法创建"),
            format!("{shown} does not exist and cannot be created"),
        );
        let next = (
            "把 JCRONTAB_DATA_DIR 设为可写的文件夹",
            "set JCRONTAB_DATA_DIR to a writable folder",
        );
        report.fail("data_dir", text, next);
    }
}

/// Reports that users other than the server's can read or replace files in the folder.
fn exposed(shown: &str, exposure: Exposure, report: &mut Report) {
    let text = match exposure {
        Exposure::Owner(owner) => report.lang().pick(
            format!("{shown} 或其中的文件属于用户 {owner}"),
            format!("{shown}, or a file in it, belongs to user {owner}"),
        ),
        Exposure::Mode(mode) => report.lang().pick(
            format!("{shown} 或其中的文件对别的用户开放（{mode:04o}）"),
            format!("{shown}, or a file in it, is open to other users ({mode:04o})"),
        ),
    };
    let next = (
        "chown 给服务器的用户，chmod -R go-rwx；服务器启动时会收紧权限",
        "chown it to the server's user and run chmod -R go-rwx on it; the server also restricts its mode when it starts",
    );
    report.fail("data_dir", text, next);
}

/// Writes a file into the folder and removes it. Returns whether that worked.
pub(super) fn writable(folder: &Path, report: &mut Report) -> bool {
    let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let shown = path.display().to_string();
    let probe = path.join(format!(".doctor-{}", random_id(8)));
    let tried = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => {
            match private::exposure(&path) {
                None => report.ok("data_dir", (shown.clone(), shown)),
                Some(exposure) => exposed(&shown, exposure, report),
            }
            true
        }
        Err(error) => {
            report.fail(
                "data_dir",
                format!("{shown}: {}", sentence(&error)),
                (
                    "以服务器的用户运行，或检查权限和磁盘空间",
                    "run this as the server's user, or check rights and free space",
                ),
            );
            false
        }
    }
}

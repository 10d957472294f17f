//! Whether the data folder can be used.

use std::path::Path;

use super::report::Report;
use crate::auth::token::random_id;
use crate::cli::sentence;

/// Writes a file into the folder and removes it. Gives whether that worked.
pub(super) fn writable(folder: &Path, report: &mut Report) -> bool {
    let path = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let shown = path.display().to_string();
    let probe = path.join(format!(".doctor-{}", random_id(8)));
    let tried = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => {
            report.ok("data_dir", (shown.clone(), shown));
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

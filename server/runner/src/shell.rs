//! Which shell runs a task's command.

use std::path::Path;

/// The default, where POSIX systems have it.
pub(crate) const USUAL: &str = "/bin/sh";
/// Where shells that are named without a path are looked for.
const FOLDERS: [&str; 3] = ["/bin", "/usr/bin", "/usr/local/bin"];

/// The path of a shell that this machine cannot execute; `None` where it can.
#[must_use]
pub fn missing(name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let path = of(name);
    let found = std::fs::metadata(&path);
    let runs = found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    (!runs).then_some(path)
}

/// The path of a shell; the default where none is named. A missing one is returned as given: the start
/// then fails with a reason that names it.
pub(crate) fn of(name: &str) -> String {
    match name {
        "" | "sh" => USUAL.to_owned(),
        path if path.starts_with('/') => path.to_owned(),
        name => {
            let mut paths = FOLDERS.iter().map(|folder| format!("{folder}/{name}"));
            let found = paths.find(|path| Path::new(path).exists());
            found.unwrap_or_else(|| format!("{}/{name}", FOLDERS[0]))
        }
    }
}

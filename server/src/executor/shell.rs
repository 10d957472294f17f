//! Which shell a task's command is given to.

use std::path::Path;

/// The usual one: POSIX has it here.
pub(super) const USUAL: &str = "/bin/sh";
/// Where shells that are named without a path are looked for.
const FOLDERS: [&str; 3] = ["/bin", "/usr/bin", "/usr/local/bin"];

/// The path of a shell that this machine cannot execute; `None` where it can.
pub(super) fn missing(name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let path = of(name);
    let found = std::fs::metadata(&path);
    let runs = found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    (!runs).then_some(path)
}

/// The path of a shell; the usual one where none is named. One that is not there is left to the
/// start, which says so.
pub(super) fn of(name: &str) -> String {
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

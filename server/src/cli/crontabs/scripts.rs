//! The folders of `run-parts`: a crontab with a line for each script, which is taken over by its executable bit.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use app::import::{Flavor, Place};

use super::{Crontab, ReplaceMode, names_in};
use crate::cli::{Failure, lang, sentence};
use crate::takeover::decode::Decoded;
use crate::takeover::parts::{Part, PartsCall, calls};
use crate::takeover::{Reading, read};

/// Bytes of a script that are read: its first line.
const START: u64 = 256;

/// A script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::cli) struct Script {
    /// Its line in the text that is made of the folder.
    pub(in crate::cli) line: u32,
    pub(in crate::cli) path: PathBuf,
    pub(in crate::cli) mode: u32,
}

impl Script {
    /// Whether `run-parts`, which runs as root, runs it.
    pub(in crate::cli) const fn is_executable(&self) -> bool {
        self.mode & 0o111 != 0
    }

    /// Takes the executable bit away, or gives it to all who may read the script.
    pub(in crate::cli) fn set_executable(&self, executable: bool) -> Result<(), Failure> {
        let mode = match executable {
            true => self.mode | (self.mode & 0o444) >> 2,
            false => self.mode & !0o111,
        };
        let set = std::fs::set_permissions(&self.path, std::fs::Permissions::from_mode(mode));
        set.map_err(|error| {
            Failure::error(format!("{}: {}", self.path.display(), sentence(&error)))
        })
    }
}

/// Which scripts of a folder are lines, and not comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::cli) enum Scripts {
    /// None: the folder stays one entry.
    None,
    /// Those that `run-parts` runs.
    Executable,
    /// Also those that a task may have taken over.
    All,
}

/// The folders that entries of these crontabs run, as crontabs. What keeps a script from being a line is in a comment.
pub(super) fn folders(
    crontabs: &[Crontab],
    flavor: Flavor,
    scripts: Scripts,
    notes: &mut Vec<String>,
) -> Result<Vec<Crontab>, Failure> {
    let mut made: Vec<Crontab> = Vec::new();
    for crontab in crontabs {
        let reading = Reading {
            flavor,
            format: crontab.format,
            user: &crontab.user,
        };
        // What is wrong with the text is reported when it is imported.
        let Ok(account) = read(&crontab.decoded.text, reading) else {
            continue;
        };
        if account.rejected.is_some() {
            continue;
        }
        for call in calls(&account, reading) {
            let is_off = call
                .unless
                .as_ref()
                .is_some_and(|program| Path::new(program).exists());
            let is_made = made.iter().any(|one| one.place.path == call.folder);
            if is_off || is_made || !Path::new(&call.folder).is_dir() {
                continue;
            }
            made.push(folder(crontab, &call, flavor, scripts, notes)?);
        }
    }
    Ok(made)
}

fn folder(
    of: &Crontab,
    call: &PartsCall,
    flavor: Flavor,
    scripts: Scripts,
    notes: &mut Vec<String>,
) -> Result<Crontab, Failure> {
    let format = call.format(of.format);
    let (mut lines, mut entries) = (call.settings(format), Vec::new());
    for name in names_in(&call.folder)? {
        let path = Path::new(&call.folder).join(&name);
        let failed = |error: std::io::Error| {
            Failure::error(format!("{}: {}", path.display(), sentence(&error)))
        };
        let file = File::open(&path).map_err(failed)?;
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        let mut start = Vec::new();
        file.take(START).read_to_end(&mut start).map_err(failed)?;
        let shown: String = name.chars().filter(|c| !c.is_control()).collect();
        // The bit of a link is that of its target, which may be a program for other uses.
        let is_link = path.is_symlink();
        let line = match call.part(&name, &start, flavor, format) {
            Part::Script(_) if is_link => comment(
                &shown,
                "是链接：仍由 run-parts 执行",
                "is a link: run-parts still runs it",
            ),
            Part::Script(line) if mode & 0o111 != 0 || scripts == Scripts::All => {
                entries.push((shown, line, path, mode));
                continue;
            }
            Part::Script(_) => comment(&shown, "没有执行权限", "is not executable"),
            Part::Ignored => comment(
                &shown,
                "run-parts 不执行这样的文件名",
                "has a name that run-parts ignores",
            ),
            Part::Kept => comment(
                &shown,
                "不是 #! 脚本，或属于 anacron：仍由 run-parts 执行",
                "is no script with #!, or is anacron's: run-parts still runs it",
            ),
        };
        lines.push(line);
    }
    // Apart from the comments, of which the task would take its name.
    lines.push(String::new());
    let (mut found, mut modes) = (Vec::new(), String::new());
    for (name, line, path, mode) in entries {
        let folder = call.folder.rsplit('/').next().unwrap_or_default();
        lines.extend([format!("# {folder}/{name}"), line]);
        modes.push_str(&format!("{mode:04o} {}\n", path.display()));
        found.push(Script {
            line: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            path,
            mode,
        });
    }
    if scripts == Scripts::Executable && found.len() > 1 {
        let folder = &call.folder;
        notes.push(lang().pick(
            format!("{folder}：run-parts 依次执行脚本；变成任务后同时开始"),
            format!("{folder}: run-parts runs the scripts one after another; as tasks they start together"),
        ));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    Ok(Crontab {
        place: Place {
            host: of.place.host.clone(),
            path: call.folder.clone(),
        },
        format,
        user: of.user.clone(),
        bytes: modes.into_bytes(),
        decoded: Decoded {
            text,
            has_lines_of_bytes: true,
            is_foreign: false,
        },
        way: ReplaceMode::Scripts(found),
    })
}

fn comment(name: &str, zh: &str, en: &str) -> String {
    lang().pick(format!("# {name}：{zh}"), format!("# {name} {en}"))
}

/// Whether `run-parts` is running scripts of a folder: it looks at the bit of each just before it runs it.
pub(in crate::cli) fn is_running(folder: &str) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return false;
    };
    let is_call = |line: Vec<u8>| {
        let words: Vec<_> = (line.split(|byte| *byte == 0))
            .map(String::from_utf8_lossy)
            .collect();
        let named = |word: &str| word.rsplit('/').next() == Some("run-parts");
        words
            .iter()
            .skip_while(|word| !named(word))
            .any(|word| word.trim_end_matches('/') == folder)
    };
    processes
        .flatten()
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(is_call)
}

//! The crontabs of this host: which ones a command is about, how they are read, and how they are replaced.

mod replace;
mod scripts;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::i18n::Lang;
use app::import::{CrontabSource, Flavor, Format, Place};
use clap::Args;
use nix::unistd::{Uid, User, gethostname};

use super::{Failure, lang, sentence};
use crate::takeover::TEXT_MAX;
use crate::takeover::decode::{Decoded, Undecoded, decode};
pub(super) use scripts::{Script, Scripts, is_running};

/// Where crontabs of the system are.
const SYSTEM: &str = "/etc/crontab";
const CRON_D: &str = "/etc/cron.d";
const ANACRON: &str = "/etc/anacrontab";
/// Where crontabs of users are: Debian, then cronie.
const SPOOLS: [&str; 2] = ["/var/spool/cron/crontabs", "/var/spool/cron"];
/// The most crontabs in a folder.
const FILES_MAX: usize = 1_000;

/// Which crontabs.
#[derive(Args, Clone, Debug)]
pub(super) struct Which {
    /// File to read; `-` for stdin. Without a file, --user, --all-users or --system: your own crontab
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Crontab of this user
    #[arg(long = "user", id = "crontab_user", value_name = "USER")]
    users: Vec<String>,
    /// Crontabs of all users
    #[arg(long)]
    all_users: bool,
    /// /etc/crontab, /etc/cron.d and /etc/anacrontab
    #[arg(long)]
    system: bool,
    /// Also the scripts in the folders that these crontabs run with run-parts, such as /etc/cron.daily, each as a task of
    /// its own. Without it such a folder is one task
    #[arg(long)]
    scripts: bool,
    /// Columns of the files: user, system (with a user) or anacron (default: by their path)
    #[arg(long = "format", id = "crontab_format", value_name = "FORMAT", value_parser = ["user", "system", "anacron"])]
    format: Option<String>,
    /// Charset of the files, such as gbk (default: UTF-8, UTF-16 or GBK, as found)
    #[arg(long)]
    charset: Option<String>,
    /// Cron of this host: debian or cronie (default: debian where there is /etc/debian_version)
    #[arg(long, value_parser = ["debian", "cronie"])]
    flavor: Option<String>,
    /// Name of this host as it is recorded (default: the hostname)
    #[arg(long = "host", id = "crontab_host", value_name = "HOST")]
    host: Option<String>,
}

/// How a crontab is replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ReplaceMode {
    /// By `crontab -u USER FILE`, which checks it and wakes cron.
    User(String),
    /// By a file that is renamed.
    File(PathBuf),
    /// By the executable bits of these scripts.
    Scripts(Vec<Script>),
    /// Not at all: it was read from stdin.
    Stdin,
}

/// A crontab as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Crontab {
    pub(super) place: Place,
    pub(super) format: Format,
    /// Whose it is, for that of a user.
    pub(super) user: String,
    pub(super) bytes: Vec<u8>,
    pub(super) decoded: Decoded,
    pub(super) way: ReplaceMode,
}

impl Crontab {
    /// It for the server.
    pub(super) fn source(&self) -> CrontabSource {
        CrontabSource {
            host: self.place.host.clone(),
            path: self.place.path.clone(),
            format: self.format,
            user: self.user.clone(),
            text: self.decoded.text.clone(),
        }
    }
}

impl Which {
    /// The cron of this host.
    pub(super) fn flavor(&self) -> Flavor {
        let chosen = self.flavor.as_deref().and_then(|name| name.parse().ok());
        chosen.unwrap_or_else(|| match Path::new("/etc/debian_version").exists() {
            true => Flavor::Debian,
            false => Flavor::Cronie,
        })
    }

    /// Reads them, and the folders of scripts where they are wanted; notes about what cron ignores go to `notes`.
    pub(super) fn read(
        &self,
        scripts: Scripts,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Crontab>, Failure> {
        let mut all = self.read_files(notes)?;
        if self.scripts && scripts != Scripts::None {
            let folders = scripts::folders(&all, self.flavor(), scripts, notes)?;
            all.extend(folders);
        }
        Ok(all)
    }

    fn read_files(&self, notes: &mut Vec<String>) -> Result<Vec<Crontab>, Failure> {
        let host = match &self.host {
            Some(host) => host.clone(),
            None => gethostname()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let mut ways: Vec<ReplaceMode> = Vec::new();
        for file in &self.files {
            ways.push(match file == Path::new("-") {
                true => ReplaceMode::Stdin,
                false => ReplaceMode::File(absolute(file)?),
            });
        }
        ways.extend(self.users.iter().cloned().map(ReplaceMode::User));
        if self.all_users {
            ways.extend(users_with_crontabs()?.into_iter().map(ReplaceMode::User));
        }
        if self.system {
            let one = [SYSTEM, ANACRON].map(PathBuf::from);
            ways.extend(
                one.into_iter()
                    .filter(|path| path.exists())
                    .map(ReplaceMode::File),
            );
            ways.extend(cron_d(notes)?.into_iter().map(ReplaceMode::File));
        }
        if ways.is_empty() && !self.all_users && !self.system {
            ways.push(ReplaceMode::User(own_user()?));
        }
        let mut all = Vec::new();
        for way in ways {
            if let Some(read) = self.read_one(&host, way)? {
                if read.decoded.is_foreign {
                    let path = &read.place.path;
                    notes.push(lang().pick(
                        format!("{path}：是 UTF-16，或开头有 BOM；cron 读不懂，一行都不执行"),
                        format!("{path}: it is UTF-16 or starts with a byte order mark, so cron cannot read it and runs nothing of it"),
                    ));
                }
                all.push(read);
            }
        }
        Ok(all)
    }

    fn read_one(&self, host: &str, way: ReplaceMode) -> Result<Option<Crontab>, Failure> {
        let (path, by_path, bytes) = match &way {
            ReplaceMode::User(user) => match user_crontab(user)? {
                Some(bytes) => (format!("user:{user}"), Format::User, bytes),
                None => return Ok(None),
            },
            ReplaceMode::File(path) => {
                let name = path.display().to_string();
                let bytes = std::fs::File::open(path)
                    .and_then(limited)
                    .map_err(|error| Failure::error(format!("{name}: {}", sentence(&error))))?;
                let format = format_of(path);
                (name, format, bytes)
            }
            ReplaceMode::Scripts(_) => return Ok(None),
            ReplaceMode::Stdin => {
                let bytes = limited(std::io::stdin());
                let bytes = bytes.map_err(|error| Failure::error(sentence(&error)))?;
                ("-".to_owned(), Format::User, bytes)
            }
        };
        let decoded = decode(&bytes, self.charset.as_deref())
            .map_err(|fault| Failure::usage(format!("{path}: {}", words(&fault, lang()))))?;
        let format = self.format.as_deref().and_then(|name| name.parse().ok());
        let format = match way {
            ReplaceMode::User(_) => by_path,
            ReplaceMode::File(_) | ReplaceMode::Scripts(_) | ReplaceMode::Stdin => {
                format.unwrap_or(by_path)
            }
        };
        let user = match &way {
            ReplaceMode::User(user) => user.clone(),
            ReplaceMode::File(_) | ReplaceMode::Scripts(_) | ReplaceMode::Stdin => String::new(),
        };
        Ok(Some(Crontab {
            place: Place {
                host: host.to_owned(),
                path,
            },
            format,
            user,
            bytes,
            decoded,
            way,
        }))
    }
}

/// At most one byte more than a crontab may have: that shows that it is too long.
fn limited(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(TEXT_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn words(fault: &Undecoded, lang: Lang) -> String {
    match fault {
        Undecoded::TooLong => lang
            .pick(
                "超过 1 MiB，不像是 crontab；什么都没有改动",
                "larger than 1 MiB, which is no crontab; nothing was changed",
            )
            .to_owned(),
        Undecoded::UnknownCharset(label) => lang.pick(
            format!("不认识字符集 {label}"),
            format!("the charset {label} is not known"),
        ),
        Undecoded::NotText {
            charset,
            line,
            column,
        } => lang.pick(
            format!("第 {line} 行第 {column} 个字符不是 {charset} 文本；请用 --charset 指定字符集，什么都没有改动"),
            format!("line {line}, column {column} is not text in {charset}; name its charset with --charset. Nothing was changed"),
        ),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    // Through links: the file itself is replaced, not the link.
    let found = std::fs::canonicalize(path);
    found.map_err(|error| Failure::error(format!("{}: {}", path.display(), sentence(&error))))
}

fn format_of(path: &Path) -> Format {
    if path == Path::new(ANACRON) {
        Format::Anacron
    } else if path == Path::new(SYSTEM) || path.starts_with(CRON_D) {
        Format::System
    } else {
        Format::User
    }
}

fn own_user() -> Result<String, Failure> {
    let found = User::from_uid(Uid::effective()).ok().flatten();
    found.map(|user| user.name).ok_or_else(|| {
        Failure::error(lang().pick(
            "当前用户没有名字，请用 --user",
            "the current user has no name; use --user",
        ))
    })
}

/// What `crontab -l` prints; `None` where the user has none.
fn user_crontab(user: &str) -> Result<Option<Vec<u8>>, Failure> {
    let listed = crontab(user, &["-l"]).output();
    let listed =
        listed.map_err(|error| Failure::error(format!("crontab: {}", sentence(&error))))?;
    if listed.status.success() {
        return Ok(Some(listed.stdout));
    }
    let said = String::from_utf8_lossy(&listed.stderr);
    match said.contains("no crontab for") {
        true => Ok(None),
        false => Err(Failure::error(format!("crontab: {}", said.trim()))),
    }
}

/// The program `crontab` for a user. Only root may name another one.
fn crontab(user: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("crontab");
    if own_user().ok().as_deref() != Some(user) {
        command.args(["-u", user]);
    }
    // Its messages are compared.
    command.env("LC_ALL", "C").args(arguments);
    command
}

fn names_in(folder: &str) -> Result<Vec<String>, Failure> {
    let failed = |error: std::io::Error| Failure::error(format!("{folder}: {}", sentence(&error)));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        if names.len() > FILES_MAX {
            return Err(Failure::error(lang().pick(
                format!("{folder} 里的文件超过 {FILES_MAX} 个"),
                format!("{folder} has more than {FILES_MAX} files"),
            )));
        }
    }
    names.sort();
    Ok(names)
}

fn users_with_crontabs() -> Result<Vec<String>, Failure> {
    let spool = SPOOLS.into_iter().find(|spool| Path::new(spool).is_dir());
    let Some(spool) = spool else {
        return Ok(Vec::new());
    };
    let mut names = names_in(spool)?;
    // Temporary files of `crontab`.
    names.retain(|name| !name.contains('.'));
    Ok(names)
}

/// The files of cron.d that cron reads: Debian's and cronie's rules for their names (run-parts).
fn cron_d(notes: &mut Vec<String>) -> Result<Vec<PathBuf>, Failure> {
    if !Path::new(CRON_D).is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for name in names_in(CRON_D)? {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let path = Path::new(CRON_D).join(&name);
        if name.chars().all(fits) {
            paths.push(path);
        } else if name != ".placeholder" {
            let path = path.display();
            notes.push(lang().pick(
                format!("{path}：cron 不读这个文件名，跳过；要导入请写出它的路径"),
                format!("{path}: cron ignores a file of this name; to import it, name it"),
            ));
        }
    }
    Ok(paths)
}

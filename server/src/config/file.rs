//! `jcrontab.toml`: one key a setting, named like its flag. What is wrong is reported with line and column, all of it
//! at once.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::{Setting, all, join};

/// The most faults that are listed.
const FAULTS_MAX: usize = 20;
/// How alike a known name must be to be offered (Jaro-Winkler, 1 for the same).
const ALIKE: f64 = 0.7;

/// Something wrong in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFault {
    /// The line, from 1; `None` if it concerns the file as a whole.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The key, where it concerns one.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// All that is wrong in a file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.lines().join("\n"))]
pub struct FileFaults {
    /// The file.
    pub path: PathBuf,
    /// Its faults.
    pub faults: Vec<FileFault>,
}

impl FileFaults {
    /// One line for each fault: `FILE:LINE:COLUMN: …`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let path = self.path.display();
        let line = |fault: &FileFault| match (fault.line, fault.column) {
            (Some(line), Some(column)) => format!("{path}:{line}:{column}: {}", fault.message),
            _ => format!("{path}: {}", fault.message),
        };
        self.faults.iter().map(line).collect()
    }
}

/// A value in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// The name of the setting's argument.
    pub(super) id: &'static str,
    /// The value, as the command line would have it.
    pub(super) text: String,
    /// Its line, from 1.
    pub(super) line: usize,
}

/// Reads the text of a file.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Entry>, FileFaults> {
    let settings = all();
    let mut faults = Vec::new();
    let mut entries = Vec::new();
    let (table, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        let at = error.span().map(|span| place(text, span.start));
        faults.push(fault(at, None, error.message().to_owned()));
    }
    // What is left of a file that is not TOML says nothing.
    if broken.is_empty() {
        let mut found: Vec<_> = table.get_ref().iter().collect();
        found.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in found {
            let at = place(text, key.span().start);
            match entry(&settings, key.get_ref(), value, at.0) {
                Ok(None) => {}
                Ok(Some(entry)) => entries.push(entry),
                Err(message) => {
                    // A wrong value is shown where it stands, an unknown key where that stands.
                    let known = settings.iter().any(|one| one.name() == key.get_ref());
                    let at = match known {
                        true => place(text, value.span().start),
                        false => at,
                    };
                    faults.push(fault(Some(at), Some(key.get_ref()), message));
                }
            }
        }
    }
    faults.truncate(FAULTS_MAX);
    if faults.is_empty() {
        Ok(entries)
    } else {
        Err(FileFaults {
            path: path.to_owned(),
            faults,
        })
    }
}

/// Checks the text of a file as a whole: each value, and how they go together. Returns the number of its settings.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check_file(path: &Path, text: &str) -> Result<usize, FileFaults> {
    let entries = read(path, text)?;
    let given = entries.iter().map(|entry| {
        let setting = all().into_iter().find(|one| one.id() == entry.id);
        let name = setting.map_or_else(String::new, |one| one.name().to_owned());
        format!("--{name}={}", entry.text)
    });
    let whole = super::sources::parse(given.collect());
    let wrong = match whole {
        Ok(config) => config.check().err().map(|fault| fault.to_string()),
        Err(error) => Some(error),
    };
    match wrong {
        None => Ok(entries.len()),
        Some(message) => Err(FileFaults {
            path: path.to_owned(),
            faults: vec![fault(None, None, message)],
        }),
    }
}

fn entry(
    settings: &[Setting],
    key: &str,
    value: &Spanned<DeValue<'_>>,
    line: usize,
) -> Result<Option<Entry>, String> {
    let Some(setting) = settings.iter().find(|setting| setting.name() == key) else {
        return Err(unknown(settings, key, value.get_ref()));
    };
    let Some(text) = text_of(setting, value.get_ref())? else {
        return Ok(None);
    };
    if text.contains('\0') {
        return Err("contains a NUL character".to_owned());
    }
    setting
        .refuse(&text)
        .map_err(|reason| format!("{key}: {reason}"))?;
    Ok(Some(Entry {
        id: setting.id(),
        text,
        line,
    }))
}

/// The value as the command line would have it; `None` for an empty list.
fn text_of(setting: &Setting, value: &DeValue<'_>) -> Result<Option<String>, String> {
    let name = setting.name();
    let wrong = || {
        let wanted = if setting.is_list() {
            "an array of strings"
        } else if setting.is_number() {
            "a whole number"
        } else if setting.is_switch() {
            "true or false"
        } else {
            "a string"
        };
        format!(
            "{name} takes {wanted}, not a value of type {}",
            value.type_str()
        )
    };
    match value {
        DeValue::Array(items) if setting.is_list() => {
            let mut texts = Vec::new();
            for item in items.iter() {
                let text = item.get_ref().as_str().ok_or_else(wrong)?;
                if text.contains(',') {
                    return Err(format!("{name}: an item of the array contains a comma"));
                }
                texts.push(text.to_owned());
            }
            Ok(Some(join(&texts)).filter(|text| !text.is_empty()))
        }
        DeValue::String(text) => Ok(Some(text.to_string())),
        DeValue::Integer(number) if setting.is_number() => {
            if number.radix() != 10 || number.as_str().starts_with('-') {
                return Err(format!("{name} takes a whole number in decimal, from 0"));
            }
            Ok(Some(number.as_str().trim_start_matches('+').to_owned()))
        }
        DeValue::Boolean(is_on) if setting.is_switch() => {
            Ok(Some(if *is_on { "on" } else { "off" }.to_owned()))
        }
        _ => Err(wrong()),
    }
}

fn unknown(settings: &[Setting], key: &str, value: &DeValue<'_>) -> String {
    if value.is_table() {
        return format!("[{key}]: settings are not in tables; write each as NAME = VALUE");
    }
    let likeness = |setting: &Setting| strsim::jaro_winkler(&key.to_lowercase(), setting.name());
    let nearest = settings
        .iter()
        .map(|setting| (likeness(setting), setting.name()))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match nearest {
        Some((_, name)) => format!("there is no setting {key:?}; did you mean {name:?}?"),
        None => format!("there is no setting {key:?}; `jcrontab config show` lists all"),
    }
}

fn fault(at: Option<(usize, usize)>, key: Option<&str>, message: String) -> FileFault {
    FileFault {
        line: at.map(|at| at.0),
        column: at.map(|at| at.1),
        key: key.map(str::to_owned),
        message,
    }
}

/// Line and column of a byte of a text, from 1.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}

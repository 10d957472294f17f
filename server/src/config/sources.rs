//! Where the value of each setting comes from: flag, environment variable, `…_FILE` variable, file, default.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::file::{self, FileFaults};
use super::find::{Found, Reading, find};
use super::setting::{Setting, all, join};
use super::{Config, SettingFault};

/// Bytes that are read from the file that a `…_FILE` variable names.
const VALUE_MAX: u64 = 64 * 1024;
/// The end of variables that name a file with the value.
const FILE_SUFFIX: &str = "_FILE";
/// The variable that names the settings file.
pub const FILE_VARIABLE: &str = "JCRONTAB_CONFIG";

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The command line.
    Flag,
    /// This environment variable.
    Variable(String),
    /// The file that this variable names.
    VariableFile(String),
    /// A line of the settings file, from 1.
    File(PathBuf, usize),
    /// Nothing sets it.
    Default,
}

impl Source {
    /// Stable word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Variable(_) => "environment",
            Self::VariableFile(_) => "environment_file",
            Self::File(..) => "file",
            Self::Default => "default",
        }
    }

    /// What it is exactly; nothing for a flag and a default.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Flag | Self::Default => String::new(),
            Self::Variable(name) | Self::VariableFile(name) => name.clone(),
            Self::File(path, line) => format!("{}:{line}", path.display()),
        }
    }
}

/// The value of a setting.
#[derive(Clone, Debug)]
pub struct Value {
    /// The setting.
    pub setting: Setting,
    /// The value, as the command line would have it.
    pub text: String,
    /// Where it comes from.
    pub source: Source,
}

impl Value {
    /// The value for people: without what is secret in it.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.setting.is_secret() {
            masked(&self.text)
        } else {
            self.text.clone()
        }
    }
}

/// All settings with their values.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The values as the server uses them.
    pub config: Config,
    /// Each of them, in the order of the help.
    pub values: Vec<Value>,
    /// The settings file that was read.
    pub file: Option<PathBuf>,
}

impl Resolved {
    /// The same with other values, as if these variables had been set.
    ///
    /// # Errors
    /// When a value is not valid.
    pub fn with_variables(
        mut self,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, SourceFault> {
        for value in &mut self.values {
            let name = value.setting.variable();
            // A flag wins over a variable.
            if let Some(text) = variables.get(&name)
                && value.source != Source::Flag
            {
                value.text.clone_from(text);
                value.source = Source::Variable(name);
            }
        }
        self.config = of_values(&self.values)?;
        Ok(self)
    }

    /// The same with the values of `in_use` for settings that only change at a start.
    #[must_use]
    pub fn keeping_fixed(mut self, in_use: &Self) -> Self {
        for (now, before) in self.values.iter_mut().zip(&in_use.values) {
            if !now.setting.is_live() {
                *now = before.clone();
            }
        }
        if let Ok(config) = of_values(&self.values) {
            self.config = config;
        }
        self
    }

    /// The settings whose values differ from those of `earlier`.
    #[must_use]
    pub fn changed_since(&self, earlier: &Self) -> Vec<&Setting> {
        let pairs = self.values.iter().zip(&earlier.values);
        pairs
            .filter(|(now, before)| now.text != before.text)
            .map(|(now, _)| &now.setting)
            .collect()
    }
}

/// The values as the server uses them.
fn of_values(values: &[Value]) -> Result<Config, SourceFault> {
    let arguments = values
        .iter()
        .filter(|value| value.source != Source::Default)
        .map(|value| format!("--{}={}", value.setting.name(), value.text));
    parse(arguments.collect()).map_err(SourceFault::Unusable)
}

/// Why settings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceFault {
    /// The settings file says something that it cannot mean.
    #[error(transparent)]
    File(#[from] FileFaults),
    /// A file cannot be read, or a variable is set twice.
    #[error("{0}")]
    Unusable(String),
    /// A value is not valid.
    #[error(transparent)]
    Setting(#[from] SettingFault),
}

/// What is to be read.
#[derive(Clone, Copy, Debug)]
pub struct SourceRequest<'a> {
    /// The settings file that the command line or a variable names; empty for none.
    pub named: Option<&'a str>,
    /// By whom.
    pub reading: Reading,
}

/// Reads all settings. `matches` is what clap made of command line and environment; `variable` looks up a variable.
///
/// # Errors
/// When a file cannot be read or says something that it cannot mean.
pub fn resolve(
    matches: &ArgMatches,
    wanted: SourceRequest<'_>,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Resolved, SourceFault> {
    let settings = all();
    let names: Vec<String> = settings.iter().map(Setting::variable).collect();
    let mut values = Vec::with_capacity(settings.len());
    for setting in settings {
        values.push(given(setting, matches, &names, wanted.reading, variable)?);
    }
    let data_dir = values.iter().find(|value| value.setting.id() == "data_dir");
    let data_dir = PathBuf::from(data_dir.map_or("", |value| value.text.as_str()));
    let found = find(wanted.named, &data_dir, wanted.reading).map_err(SourceFault::Unusable)?;
    let path = found.as_ref().map(|found| found.path.clone());
    if let Some(found) = found {
        take_in(&mut values, &found)?;
    }
    Ok(Resolved {
        config: of_values(&values)?,
        values,
        file: path,
    })
}

/// Parses arguments that consist of settings only.
pub(super) fn parse(arguments: Vec<String>) -> Result<Config, String> {
    let command = Config::augment_args(Command::new("jcrontab"))
        .no_binary_name(true)
        // Where a value is known, no variable of it is read again.
        .mut_args(|argument| argument.env(None::<&str>));
    let matches = command
        .try_get_matches_from(arguments)
        .map_err(|error| error.to_string())?;
    Config::from_arg_matches(&matches).map_err(|error| error.to_string())
}

/// The value that a flag, a variable, or the file of a variable gives, else the default.
fn given(
    setting: Setting,
    matches: &ArgMatches,
    variables: &[String],
    reading: Reading,
    variable: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Value, SourceFault> {
    let name = setting.variable();
    let file_name = format!("{name}{FILE_SUFFIX}");
    // `JCRONTAB_METRICS_TOKEN_FILE` is a setting of its own.
    let named = if variables.contains(&file_name) {
        None
    } else {
        variable(&file_name).filter(|path| !path.is_empty())
    };
    let source = match matches.value_source(setting.id()) {
        Some(ValueSource::CommandLine) => Source::Flag,
        // An empty variable beside the file of one is as good as none.
        Some(ValueSource::EnvVariable) if named.is_none() || !is_empty(matches, &setting) => {
            Source::Variable(name.clone())
        }
        _ => Source::Default,
    };
    if let Source::Variable(_) = source
        && named.is_some()
    {
        let text = format!("set {name} or {file_name}, not both");
        return Err(SourceFault::Unusable(text));
    }
    if source == Source::Default
        && let Some(path) = named
    {
        match read_value(Path::new(&path)) {
            Ok(text) => {
                setting.refuse(&text).map_err(|reason| {
                    SourceFault::Unusable(format!("the file of {file_name}: {reason}"))
                })?;
                return Ok(Value {
                    setting,
                    text,
                    source: Source::VariableFile(file_name),
                });
            }
            Err(error)
                if reading == Reading::Client
                    && error.kind() == std::io::ErrorKind::PermissionDenied => {}
            Err(error) => {
                let path = Path::new(&path).display();
                return Err(SourceFault::Unusable(format!(
                    "{file_name}: {path} cannot be read: {error}"
                )));
            }
        }
    }
    let text = match matches.get_raw(setting.id()) {
        Some(values) if source != Source::Default => join(&values.collect::<Vec<_>>()),
        _ => setting.default(),
    };
    Ok(Value {
        setting,
        text,
        source,
    })
}

/// Whether what clap has found is empty.
fn is_empty(matches: &ArgMatches, setting: &Setting) -> bool {
    let mut raw = matches.get_raw(setting.id()).into_iter().flatten();
    raw.all(|value| value.is_empty())
}

/// Takes in what the file says about settings that nothing else sets.
fn take_in(values: &mut [Value], found: &Found) -> Result<(), SourceFault> {
    for entry in file::read(&found.path, &found.text)? {
        if found.is_in_data_dir && entry.id == "data_dir" {
            let (path, line) = (found.path.display(), entry.line);
            return Err(SourceFault::Unusable(format!(
                "{path}:{line}: the file in the data folder cannot name another data folder; use --data-dir, JCRONTAB_DATA_DIR or /etc/jcrontab/jcrontab.toml"
            )));
        }
        let value = values
            .iter_mut()
            .find(|value| value.setting.id() == entry.id);
        if let Some(value) = value
            && value.source == Source::Default
        {
            value.text = entry.text;
            value.source = Source::File(found.path.clone(), entry.line);
        }
    }
    Ok(())
}

/// The first 64 KiB of a file, without blanks at its ends.
fn read_value(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(VALUE_MAX)
        .read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

/// A secret as it is shown: of an address everything but the password, of anything else nothing. A password that is
/// not escaped may look like another part of an address, so only an address with one `@`, in front of which the parser
/// finds the user, is shown.
fn masked(text: &str) -> String {
    const MASK: &str = "***";
    if text.is_empty() {
        return String::new();
    }
    let hidden = || MASK.to_owned();
    if !text.contains("://") || text.matches('@').count() > 1 {
        return hidden();
    }
    let Ok(mut url) = url::Url::parse(text) else {
        return hidden();
    };
    if !text.contains('@') {
        return url.to_string();
    }
    if url.username().is_empty() || url.fragment().is_some() {
        return hidden();
    }
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return hidden();
    }
    url.to_string()
}

#[cfg(test)]
mod tests;

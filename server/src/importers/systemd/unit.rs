//! Units as files: sections and settings (systemd.syntax(7)).

use super::super::{ReadFault, ReadFaultKind, SourceFile};
use crate::yaml::Mark;

/// The most settings of a unit.
const SETTINGS_MAX: usize = 1_000;

/// A unit.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Unit {
    /// Its name with its ending.
    pub(super) name: String,
    /// The line on which it begins.
    pub(super) line: usize,
    /// Its settings in order; an empty value resets those of the same name before it.
    pub(super) settings: Vec<(String, String)>,
}

impl Unit {
    fn named(name: &str, line: usize) -> Self {
        Self {
            name: name.to_owned(),
            line,
            settings: Vec::new(),
        }
    }

    /// The values of a setting that may come several times.
    pub(super) fn all<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let mut all: Vec<&str> = Vec::new();
        for (_, value) in self.settings.iter().filter(|(own, _)| own == name) {
            match value.as_str() {
                "" => all.clear(),
                value => all.push(value),
            }
        }
        all
    }

    /// The last value of a setting; empty where there is none.
    pub(super) fn last(&self, name: &str) -> &str {
        self.all(name).last().copied().unwrap_or_default()
    }
}

/// The units of a file. The output of `systemctl cat` has several: a comment with the path is in front of each.
pub(super) fn units(file: &SourceFile) -> Result<Vec<Unit>, ReadFault> {
    let own = file.path.rsplit('/').next().unwrap_or_default();
    let mut all = vec![Unit::named(own, 1)];
    let mut lines = file.text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let bare = line.trim();
        if let Some(name) = header(bare) {
            all.push(Unit::named(&name, at + 1));
            continue;
        }
        let is_section = bare.starts_with('[') && bare.ends_with(']');
        if bare.is_empty() || bare.starts_with(['#', ';']) || is_section {
            continue;
        }
        let mut text = bare.to_owned();
        while let Some(begun) = text.strip_suffix('\\') {
            let next = lines
                .next()
                .map(|(_, line)| line.trim())
                .unwrap_or_default();
            text = match next.starts_with(['#', ';']) {
                true => format!("{begun}\\"),
                false => format!("{begun} {next}"),
            };
            if next.is_empty() {
                break;
            }
        }
        let Some((name, value)) = text.split_once('=') else {
            return Err(fault(ReadFaultKind::Unit, at + 1, line));
        };
        let Some(unit) = all.last_mut() else {
            continue;
        };
        if unit.settings.len() == SETTINGS_MAX {
            return Err(fault(ReadFaultKind::TooLong, at + 1, line));
        }
        unit.settings
            .push((name.trim().to_owned(), value.trim().to_owned()));
    }
    all.retain(|unit| !unit.settings.is_empty());
    Ok(all)
}

fn fault(what: ReadFaultKind, line: usize, text: &str) -> ReadFault {
    let blanks = text.chars().take_while(|c| c.is_whitespace()).count();
    ReadFault {
        path: String::new(),
        mark: Some(Mark {
            line,
            column: blanks + 1,
        }),
        what,
    }
}

/// The unit that a comment with a path begins: `# /etc/systemd/system/a.timer`, or a drop-in in `a.timer.d/`.
fn header(line: &str) -> Option<String> {
    let path = line.strip_prefix("# ")?.trim();
    let is_unit = |name: &str| name.ends_with(".timer") || name.ends_with(".service");
    if !path.starts_with('/') || path.contains(' ') {
        return None;
    }
    let mut parts = path.rsplit('/');
    let (file, folder) = (parts.next()?, parts.next()?);
    match folder.strip_suffix(".d") {
        Some(unit) if file.ends_with(".conf") => is_unit(unit).then(|| unit.to_owned()),
        _ => is_unit(file).then(|| file.to_owned()),
    }
}

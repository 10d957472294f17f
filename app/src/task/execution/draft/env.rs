//! The variables of a task: one `NAME=value` per line, as in crontab(5).

use std::collections::HashSet;

use super::super::EnvVar;
use super::names::{is_name, is_reserved, name_shape};
use crate::i18n::Lang;
use crate::task::reader::Reader;

/// The most variables.
const ENV_MAX: usize = 100;
/// The longest value of a variable, in bytes.
const ENV_VALUE_MAX: usize = 32 * 1024;
/// Bytes of all variables: the command shares the limit of execve(2).
const ENV_TOTAL_MAX: usize = 256 * 1024;

/// One `NAME=value` per line. Reports the first faulty line; nothing beyond a limit is read.
pub(super) fn env(reader: &mut Reader<'_>, text: &str) -> Vec<EnvVar> {
    let mut all: Vec<EnvVar> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut bytes = 0;
    let lines = text.lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = match variable(reader, line, &seen) {
            Ok(found) => found,
            Err((code, fault)) => {
                let message = reader.lang.pick(
                    format!("第 {} 行：{fault}", index + 1),
                    format!("Line {}: {fault}", index + 1),
                );
                reader.fault("env", code, message);
                return Vec::new();
            }
        };
        bytes += name.len() + value.len();
        if all.len() == ENV_MAX || bytes > ENV_TOTAL_MAX {
            let message = reader.lang.pick(
                format!("最多 {ENV_MAX} 个变量，一共 256 KiB"),
                format!("At most {ENV_MAX} variables and 256 KiB in total"),
            );
            reader.fault("env", "too_many", message);
            return Vec::new();
        }
        seen.insert(name);
        all.push(EnvVar {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }
    all
}

/// Name and value of a line; or a fault's code and sentence.
fn variable<'a>(
    reader: &Reader<'_>,
    line: &'a str,
    seen: &HashSet<&str>,
) -> Result<(&'a str, &'a str), (&'static str, &'static str)> {
    let lang = reader.lang;
    let Some((left, value)) = line.split_once('=') else {
        let text = "缺少 =，请写成 NAME=value";
        return Err(("invalid", lang.pick(text, "Missing =; write NAME=value")));
    };
    let name = left.trim();
    // As in a shell script.
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    // `NAME = value`: the blank belongs to the equals sign.
    let value = if left.ends_with([' ', '\t']) {
        value.trim_start_matches([' ', '\t'])
    } else {
        value
    };
    let value = unquoted(value);
    if !is_name(name) {
        Err(("invalid", name_shape(reader)))
    } else if is_reserved(name) {
        Err((
            "reserved",
            lang.pick(
                "不能设置 JCRONTAB_*、LD_* 等保留变量",
                "JCRONTAB_*, LD_* and the like are reserved",
            ),
        ))
    } else if value.contains(['\0', '\r']) {
        Err((
            "invalid",
            lang.pick(
                "值里不能有 NUL 或回车字符",
                "A value must not contain NUL or carriage returns",
            ),
        ))
    } else if value.len() > ENV_VALUE_MAX {
        Err((
            "too_long",
            lang.pick("值最多 32 KiB", "A value has at most 32 KiB"),
        ))
    } else if seen.contains(name) {
        Err((
            "taken",
            lang.pick(
                "这个变量前面已经设置过",
                "This variable is already set above",
            ),
        ))
    } else {
        Ok((name, value))
    }
}

/// A value without the quotes around it, which protect blanks and are not part of it (crontab(5)).
fn unquoted(value: &str) -> &str {
    let inner = |quote: char| {
        let rest = value.trim().strip_prefix(quote)?;
        rest.strip_suffix(quote)
    };
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// A variable in the form that [`env()`] reads.
pub(super) fn line(one: &EnvVar) -> String {
    env_line(&one.name, &one.value)
}

/// A variable of this name and value in the form in which a task's variables are typed.
#[must_use]
pub fn env_line(name: &str, value: &str) -> String {
    if unquoted(value) == value {
        format!("{name}={value}")
    } else {
        format!("{name}=\"{value}\"")
    }
}

/// Probable mistakes: nothing expands a value, neither here nor in cron.
#[must_use]
pub fn env_warnings(env: &[EnvVar], lang: Lang) -> Vec<String> {
    let refers = |value: &str| {
        value.split('$').skip(1).find_map(|rest| {
            let name = rest.strip_prefix('{').unwrap_or(rest);
            let end = name
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(name.len());
            is_name(&name[..end]).then(|| name[..end].to_owned())
        })
    };
    env.iter()
        .filter_map(|one| {
            let other = refers(&one.value)?;
            let name = &one.name;
            Some(lang.pick(
                format!("环境变量 {name} 的值里的 ${other} 不会被展开，命令会原样得到它；请写出完整的值，或在命令里 export"),
                format!("In the variable {name}, ${other} is not expanded: the command gets it literally. Write the full value, or export it in the command"),
            ))
        })
        .collect()
}

//! systemd: `.timer` units with the `.service` units that they start, as files or as `systemctl cat` prints them.

mod calendar;
mod command;
mod span;
mod unit;

use std::collections::HashMap;

use super::{Item, ReadFault, Remark, SourceFile};
pub(super) use command::quoted;
use unit::{Unit, units};

/// The ending of a timer.
const TIMER: &str = ".timer";
/// Settings that say nothing about what runs and when.
const PLAIN: [&str; 34] = [
    "Description",
    "Documentation",
    "After",
    "Before",
    "Wants",
    "Requires",
    "Unit",
    "OnCalendar",
    "Persistent",
    "RandomizedDelaySec",
    "FixedRandomDelay",
    "OnBootSec",
    "OnStartupSec",
    "OnActiveSec",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
    "WantedBy",
    "RequiredBy",
    "Also",
    "Alias",
    "Type",
    "ExecStart",
    "ExecStartPre",
    "ExecStartPost",
    "User",
    "WorkingDirectory",
    "Environment",
    "EnvironmentFile",
    "TimeoutStartSec",
    "TimeoutSec",
    "RuntimeMaxSec",
    "TimeoutStopSec",
    "Nice",
    "SyslogIdentifier",
];

/// Reads units: an item for each timer.
pub(super) fn read(files: &[SourceFile]) -> Result<Vec<Item>, ReadFault> {
    let mut all: Vec<Unit> = Vec::new();
    for file in files {
        for unit in units(file).map_err(|fault| fault.within(&file.path))? {
            // A drop-in, or a part of the same output.
            match all.iter_mut().find(|known| known.name == unit.name) {
                Some(known) => known.settings.extend(unit.settings),
                None => all.push(unit),
            }
        }
    }
    let by_name: HashMap<&str, &Unit> = all.iter().map(|unit| (unit.name.as_str(), unit)).collect();
    let timers = all.iter().filter(|unit| unit.name.ends_with(TIMER));
    Ok(timers.map(|timer| item(timer, &by_name)).collect())
}

fn item(timer: &Unit, units: &HashMap<&str, &Unit>) -> Item {
    let name = timer.name.strip_suffix(TIMER).unwrap_or(&timer.name);
    let mut item = Item::new(&timer.name, timer.line, name);
    timing(&mut item, timer);
    let service = match timer.last("Unit") {
        "" => format!("{name}.service"),
        unit => unit.to_owned(),
    };
    // A template, which the name of the instance is put into.
    let template = service
        .split_once('@')
        .map(|(stem, _)| format!("{stem}@.service"));
    let found = units.get(service.as_str());
    let found = found.or_else(|| units.get(template.as_deref()?));
    match found {
        Some(service) => {
            let about = [timer.last("Description"), service.last("Description")];
            let lines: Vec<&str> = about.into_iter().filter(|text| !text.is_empty()).collect();
            item.runbook(&lines.join("\n"));
            run(&mut item, service);
            unknown(&mut item, service);
        }
        None => {
            item.placeholder(&format!("systemctl start {service}"));
            item.pause(Remark::NoUnit {
                unit: super::item::shown(&service),
            });
        }
    }
    unknown(&mut item, timer);
    item
}

fn timing(item: &mut Item, timer: &Unit) {
    for text in timer.all("OnCalendar") {
        match calendar::read(text) {
            Some(read) => {
                if let Some(zone) = read.zone {
                    let is_other = !item.document.zone.is_empty() && item.document.zone != zone;
                    match is_other {
                        true => item.lost("OnCalendar", Some(&zone)),
                        false => item.document.zone = zone,
                    }
                }
                super::cron::years(item, &read.years);
                if read.needs_both {
                    item.pause(Remark::BothDays);
                }
                item.schedule(&read.cron);
            }
            None => item.pause(Remark::Unreadable {
                schedule: super::item::shown(text),
            }),
        }
    }
    let repeats = ["OnUnitActiveSec", "OnUnitInactiveSec"];
    let mut is_repeated = false;
    for name in repeats {
        if let Some(seconds) = span::seconds(timer.last(name)).filter(|seconds| *seconds > 0) {
            is_repeated = true;
            item.note(match name {
                "OnUnitActiveSec" => Remark::Interval,
                _ => Remark::FixedDelay,
            });
            item.schedule(&format!("every {seconds}s"));
        }
    }
    for name in ["OnBootSec", "OnStartupSec", "OnActiveSec"] {
        if !timer.last(name).is_empty() && !is_repeated {
            item.note(Remark::Boot);
            item.schedule("@startup");
        }
    }
    let policy = match is_true(timer.last("Persistent")) {
        true => "latest",
        false => "none",
    };
    policy.clone_into(&mut item.document.missed.policy);
    if let Some(delay) = span::seconds(timer.last("RandomizedDelaySec")).filter(|delay| *delay > 0)
    {
        for schedule in &mut item.document.schedules {
            schedule.jitter = delay.to_string();
            schedule.jitter_stable = is_true(timer.last("FixedRandomDelay"));
        }
    }
}

fn run(item: &mut Item, service: &Unit) {
    "skip".clone_into(&mut item.document.execution.overlap);
    command::set(item, service);
    let user = service.last("User");
    if !matches!(user, "" | "root") {
        user.clone_into(&mut item.document.execution.run_as);
        item.note(Remark::User {
            user: super::item::shown(user),
        });
    }
    let folder = service.last("WorkingDirectory").trim_start_matches('-');
    if folder.starts_with('/') {
        folder.clone_into(&mut item.document.execution.cwd);
    } else {
        item.lost("WorkingDirectory", Some(folder));
    }
    let limits = ["TimeoutStartSec", "TimeoutSec", "RuntimeMaxSec"];
    let limit = limits
        .iter()
        .find_map(|name| span::seconds(service.last(name)));
    item.timeout(limit.unwrap_or(0));
    if let Some(grace) = span::seconds(service.last("TimeoutStopSec")) {
        item.document.execution.stop_grace = grace.clamp(1, 600).to_string();
    }
    let nice = service.last("Nice");
    match nice.parse::<u8>() {
        Ok(nice) if nice <= 19 => item.document.execution.limits.nice = nice.to_string(),
        _ => item.lost("Nice", Some(nice)),
    }
    variables(item, service);
}

fn variables(item: &mut Item, service: &Unit) {
    let mut lines: Vec<(String, String)> = Vec::new();
    for text in service.all("Environment") {
        for word in command::words(text).unwrap_or_default() {
            let Some((name, value)) = word.split_once('=') else {
                continue;
            };
            let is_fine = app::task::execution::is_settable(name) && !value.contains(['\n', '\r']);
            match is_fine {
                true => {
                    lines.retain(|(other, _)| other != name);
                    lines.push((name.to_owned(), value.to_owned()));
                }
                false => item.note(Remark::ForeignVariable {
                    name: super::item::shown(name),
                }),
            }
        }
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|(name, value)| app::task::execution::env_line(name, value))
        .collect();
    item.document.execution.env = lines.join("\n");
    for file in service.all("EnvironmentFile") {
        item.pause(Remark::ForeignVariable {
            name: super::item::shown(file),
        });
    }
}

/// Names settings that have no counterpart, in one remark: a unit often has a dozen about its sandbox.
fn unknown(item: &mut Item, unit: &Unit) {
    let others = unit.settings.iter();
    let others =
        others.filter(|(name, value)| !PLAIN.contains(&name.as_str()) && !value.is_empty());
    let texts: Vec<String> = others
        .map(|(name, value)| super::item::shown(&format!("{name}={value}")))
        .collect();
    if !texts.is_empty() {
        item.note(Remark::Settings {
            settings: texts.join(", ").chars().take(1_000).collect(),
        });
    }
}

/// A truth value as systemd reads it.
fn is_true(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "1" | "yes" | "y" | "true" | "t" | "on"
    )
}

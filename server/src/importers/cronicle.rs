//! Cronicle and xyOps: the data export of Cronicle (`control.sh export`, lines of `KEY - JSON`), the answer of its API
//! (`get_schedule`), events as JSON or as lines of JSON, and portable data files of xyOps (`"type": "xypdf"`).

use std::collections::HashMap;

use serde_json::Value;

use super::cronicle_timing::{catch_up, timing, triggers};
use super::json::{is_on, line as of_line, list, number, number as number_of, text, value};
use super::{Item, ReadFault, ReadFaultKind, Remark};

/// The list of events in an export, which has their number.
const SCHEDULE: &str = "global/schedule";
/// Pages of it.
const SCHEDULE_PAGE: &str = "global/schedule/";
/// Pages of the list of categories.
const CATEGORIES_PAGE: &str = "global/categories/";
/// Settings of Cronicle that have no counterpart.
const LOST: [&str; 6] = [
    "cpu_limit",
    "memory_limit",
    "log_max_size",
    "web_hook",
    "chain_error",
    "detached",
];
const MIB: u64 = 1024 * 1024;

/// What a file has.
#[derive(Default)]
struct Found {
    /// Events, each with its line.
    events: Vec<(usize, Value)>,
    /// Titles of categories by their ids.
    categories: HashMap<String, String>,
}

/// Reads an export, or JSON.
pub(super) fn read(source: &str) -> Result<Vec<Item>, ReadFault> {
    let mut found = Found::default();
    match source.trim_start().starts_with(['{', '[']) && !is_lines(source) {
        true => found.tree(0, value(source)?),
        false => lines(source, &mut found)?,
    }
    let Found { events, categories } = found;
    let mut items: Vec<Item> = events
        .iter()
        .map(|(line, event)| item(*line, event, &categories))
        .collect();
    follow(&mut items, &events);
    Ok(items)
}

/// Whether each line is an object of its own.
fn is_lines(source: &str) -> bool {
    let mut lines = source.lines().filter(|line| !line.trim().is_empty());
    let is_object =
        |line: &str| line.trim_start().starts_with('{') && line.trim_end().ends_with('}');
    lines.next().is_some_and(is_object) && lines.next().is_some_and(is_object)
}

fn lines(source: &str, found: &mut Found) -> Result<(), ReadFault> {
    let mut length = 0;
    for (at, line) in source.lines().enumerate() {
        let (number, bare) = (at + 1, line.trim());
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if bare.starts_with('{') {
            found.tree(number, of_line(number, line, bare)?);
            continue;
        }
        let Some((key, json)) = bare.split_once(" - ") else {
            // What is no record: half of one, or something else.
            of_line(number, line, bare)?;
            continue;
        };
        match key.trim() {
            SCHEDULE => length = number_of(&of_line(number, line, json)?, "length"),
            key if key.starts_with(SCHEDULE_PAGE) => {
                for event in list(&of_line(number, line, json)?, "items") {
                    found.events.push((number, event.clone()));
                }
            }
            key if key.starts_with(CATEGORIES_PAGE) => {
                for category in list(&of_line(number, line, json)?, "items") {
                    found.category(category);
                }
            }
            _ => {}
        }
    }
    match (found.events.len() as u64) < length {
        true => Err(ReadFaultKind::Incomplete.at(source, source.len())),
        false => Ok(()),
    }
}

impl Found {
    fn category(&mut self, category: &Value) {
        if let (Some(id), Some(title)) = (text(category, "id"), text(category, "title")) {
            self.categories.insert(id, title);
        }
    }

    /// Events of a value: a list, the answer of the API, a portable data file, or an event.
    fn tree(&mut self, line: usize, tree: Value) {
        match tree {
            Value::Array(all) => self
                .events
                .extend(all.into_iter().map(|event| (line, event))),
            Value::Object(ref fields) if fields.contains_key("rows") => {
                let rows = list(&tree, "rows").iter();
                self.events.extend(rows.map(|event| (line, event.clone())));
            }
            Value::Object(ref fields) if fields.contains_key("items") => {
                for one in list(&tree, "items") {
                    let of_type = text(one, "type").unwrap_or_default();
                    match (of_type.as_str(), one.get("data")) {
                        ("event", Some(event)) => self.events.push((line, event.clone())),
                        ("category", Some(category)) => self.category(category),
                        (_, Some(_)) => {}
                        // A page of a list.
                        _ => self.events.push((line, one.clone())),
                    }
                }
            }
            event => self.events.push((line, event)),
        }
    }
}

fn item(line: usize, event: &Value, categories: &HashMap<String, String>) -> Item {
    let title = text(event, "title").unwrap_or_default();
    let key = text(event, "id").unwrap_or_else(|| title.clone());
    let mut item = Item::new(&key, line, &title);
    if let Some(category) = text(event, "category") {
        item.tag(categories.get(&category).unwrap_or(&category));
    }
    item.runbook(&text(event, "notes").unwrap_or_default());
    item.note(Remark::Elsewhere {
        places: super::item::shown(&targets(event)),
    });
    plugin(&mut item, event);
    match event.get("triggers").is_some() {
        true => {
            triggers(&mut item, event);
            limits(&mut item, event);
        }
        false => {
            timing(&mut item, event);
            settings(&mut item, event);
        }
    }
    if is_on(event, "multiplex") {
        item.pause(Remark::Sharded);
    }
    let whom = ["notify_fail", "notify_success"].map(|field| text(event, field));
    let whom: Vec<String> = whom.into_iter().flatten().collect();
    if !whom.is_empty() || !list(event, "actions").is_empty() {
        let whom = super::item::shown(&whom.join(", "));
        item.note(Remark::Notified { whom });
    }
    if !is_on(event, "enabled") {
        item.pause(Remark::Disabled);
    }
    item
}

fn targets(event: &Value) -> String {
    let many: Vec<&str> = list(event, "targets")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    text(event, "target").unwrap_or_else(|| many.join(", "))
}

/// What it runs: the plugins for scripts and requests, which both have.
fn plugin(item: &mut Item, event: &Value) {
    let params = &event["params"];
    let of = |field: &str| text(params, field).unwrap_or_default();
    match text(event, "plugin").unwrap_or_default().as_str() {
        "shellplug" => {
            item.document.command = of("script").replace("\r\n", "\n").trim().to_owned();
            if item.document.command.is_empty() {
                item.refuse(Remark::NoCommand);
            }
        }
        "urlplug" | "httpplug" => {
            let http = &mut item.document.execution.http;
            (http.method, http.url) = (of("method"), of("url").trim().to_owned());
            (http.headers, http.body) = (of("headers"), of("data"));
            item.document.timeout = of("timeout");
            let success = &mut item.document.execution.success_when;
            (success.must_contain, success.must_not_contain) =
                (of("success_match"), of("error_match"));
        }
        other => {
            let name = super::item::shown(other);
            item.placeholder(&format!("Cronicle plugin {name}"));
            item.pause(Remark::Plugin { name });
        }
    }
}

fn settings(item: &mut Item, event: &Value) {
    if is_on(event, "catch_up") {
        catch_up(item);
    }
    item.retry(number(event, "retries"), number(event, "retry_delay"), "1");
    if item.document.timeout.is_empty() {
        item.timeout(number(event, "timeout"));
    }
    let queue = is_on(event, "queue").then(|| number(event, "queue_max"));
    overlap(item, number(event, "max_children"), queue);
    for field in LOST {
        if is_on(event, field) || text(event, field).is_some_and(|text| text.len() > 1) {
            item.lost(field, text(event, field).as_deref());
        }
    }
}

/// The limits of an event of xyOps.
fn limits(item: &mut Item, event: &Value) {
    let (mut at_once, mut queue) = (0, None);
    for limit in list(event, "limits")
        .iter()
        .filter(|limit| is_on(limit, "enabled"))
    {
        let (amount, seconds) = (number(limit, "amount"), number(limit, "duration"));
        match text(limit, "type").unwrap_or_default().as_str() {
            "time" if is_on(limit, "abort") => item.timeout(seconds),
            "time" => item.document.execution.soft_limit = seconds.to_string(),
            "job" => at_once = amount,
            "queue" => queue = Some(amount),
            "retry" => item.retry(amount, seconds, "1"),
            "mem" if is_on(limit, "abort") && amount >= 16 * MIB => {
                item.document.execution.limits.memory = format!("{}M", amount / MIB);
            }
            other => item.lost("limits", Some(other)),
        }
    }
    overlap(item, at_once, queue);
}

/// So many runs at once, 0 for any number; more of them are queued, 0 for any number.
fn overlap(item: &mut Item, at_once: u64, queue: Option<u64>) {
    item.document.execution.overlap = match (at_once, queue) {
        (1, Some(0)) => "queue:1000".to_owned(),
        (1, Some(most)) => format!("queue:{}", most.min(1_000)),
        (1, None) => "skip".to_owned(),
        (0, _) => "allow:100".to_owned(),
        (most, _) => format!("allow:{}", most.min(100)),
    };
}

/// An event without a schedule that another one starts by a chain fires with that one.
fn follow(items: &mut [Item], events: &[(usize, Value)]) {
    for at in 0..items.len() {
        let Some(chain) = events.get(at).and_then(|(_, event)| text(event, "chain")) else {
            continue;
        };
        let parent = items[at].clone();
        match items.iter_mut().find(|item| item.key == chain) {
            // Both have one of their own, or the other one follows a third already.
            Some(other) if !other.document.schedules.is_empty() && other.after.is_empty() => {
                other.note(Remark::AlsoFollows {
                    other: parent.document.name,
                });
            }
            Some(other) if !parent.document.schedules.is_empty() && parent.after.is_empty() => {
                other.follow(&parent, "success");
            }
            _ => items[at].note(Remark::StartsOther {
                other: super::item::shown(&chain),
            }),
        }
    }
}

//! A task as text for an editor: TOML, because it has comments and multi-line commands.

use app::task::TaskDraft;
use serde_json::{Map, Value, json};

use crate::cli::lang;

/// The prefix of a line with a fault.
const FAULT: &str = "#! ";

/// The text of a task.
pub(super) fn written(id: i64, draft: &TaskDraft) -> Result<String, String> {
    let head = lang().pick(
        format!(
            "# 任务 {id}。保存并退出编辑器即生效；不改动则什么都不保存。\n\
             # 空值，或删去的行，表示默认值。各字段的取值见 docs/API.md。\n\n"
        ),
        format!(
            "# Task {id}. Save and close the editor to apply the changes; without changes nothing is saved.\n\
             # An empty value, or a line that is removed, is the default. docs/API.md lists the values.\n\n"
        ),
    );
    Ok(head + &body(draft)?)
}

/// The definition without the head.
fn body(draft: &TaskDraft) -> Result<String, String> {
    let text = toml::to_string_pretty(draft).map_err(|error| error.to_string())?;
    // Short for `schedules`, which are listed.
    Ok(text.replacen("\ncron = \"\"\n", "\n", 1))
}

/// The text without our comments and surrounding blanks, to detect whether it was edited.
pub(super) fn bare(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The text with faults at the top, which replace earlier ones.
pub(super) fn noted(faults: &[String], text: &str) -> String {
    let mut noted = String::new();
    for line in faults.iter().flat_map(|fault| fault.lines()) {
        noted.push_str(FAULT);
        noted.push_str(line);
        noted.push('\n');
    }
    noted.push_str(&without_faults(text));
    noted
}

/// The text without earlier faults.
fn without_faults(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !line.starts_with(FAULT)).collect()
}

/// A fault of invalid TOML, with its line numbers corrected for the fault's own lines at the top, which
/// move the text down.
pub(super) fn placed(text: &str, fault: String) -> String {
    let in_front = format!("{FAULT}\n").repeat(fault.lines().count());
    let moved = in_front + &without_faults(text);
    let again = moved.parse::<toml::Table>().err();
    again.map_or(fault, |error| error.to_string().trim_end().to_owned())
}

/// The changes as a merge patch (RFC 7396). A field that was removed is `null`, which resets it to its
/// default. Invalid TOML is a fault.
pub(super) fn changed(before: &TaskDraft, text: &str) -> Result<Map<String, Value>, String> {
    let read = |text: &str| text.parse::<toml::Table>().map(toml::Value::Table);
    let before = read(&body(before)?).map_err(|error| error.to_string())?;
    let after = read(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let (before, after) = (plain(before), plain(after));
    Ok(difference(&object(before), &object(after)))
}

/// Keeps missing fields unchanged instead of resetting them.
pub(super) fn without_removed(patch: &mut Map<String, Value>) {
    patch.retain(|_, value| match value {
        Value::Null => false,
        Value::Object(below) => {
            without_removed(below);
            !below.is_empty()
        }
        _ => true,
    });
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn difference(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, new) in after {
        match (before.get(name), new) {
            (Some(old), new) if old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                patch.insert(name.clone(), Value::Object(difference(old, new)));
            }
            _ => {
                patch.insert(name.clone(), new.clone());
            }
        }
    }
    patch
}

/// Converts a TOML value to JSON. A time without quotes becomes its text.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => Value::Bool(yes),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(all) => Value::Array(all.into_iter().map(plain).collect()),
        toml::Value::Table(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, plain(value)));
            Value::Object(fields.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use app::schedule::ScheduleDraft;
    use app::task::Mode;

    use super::*;

    fn draft() -> TaskDraft {
        TaskDraft {
            name: "备份 \"one\"".to_owned(),
            mode: Mode::MessageCommand,
            owners: vec!["张三".to_owned()],
            command: "set -e\necho 'a' \"b\"\n\techo '''\n".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            schedules: vec![
                ScheduleDraft::plain("0 9 * * *"),
                ScheduleDraft::plain("@startup"),
            ],
            urge_cron: String::new(),
            starts_at: "2026-12-01T09:00:00".to_owned(),
            ..TaskDraft::default()
        }
    }

    #[test]
    fn a_text_that_is_left_as_it_is_changes_nothing() {
        let draft = draft();
        let text = written(7, &draft).expect("a text");
        assert!(text.contains("echo 'a' \"b\"\n"), "lines are lines: {text}");
        assert!(text.contains("\nurge_cron = \"\"\n"), "{text}");
        let of_the_task = text.split("\n[").next().unwrap_or_default();
        assert!(!of_the_task.contains("\ncron ="), "{text}");
        assert_eq!(changed(&draft, &text), Ok(Map::new()));
        let again: TaskDraft = toml::from_str(&text).expect("TOML");
        assert_eq!(again, draft);
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let draft = draft();
        let text = written(7, &draft).expect("a text");
        let typed = text
            .replace("\ntimeout = \"\"", "\ntimeout = \"5m\"\nchannel_id = 3")
            .replace("zone = \"Asia/Shanghai\"\n", "")
            .replace("ends_at = \"\"", "ends_at = 2026-12-31T09:00:00")
            .replace("attempts = \"\"", "attempts = 3");
        let expected = json!({
            "timeout": "5m", "channel_id": 3, "zone": null, "ends_at": "2026-12-31T09:00:00",
            "execution": { "retry": { "attempts": 3 } },
        });
        let mut patch = changed(&draft, &typed).expect("a patch");
        assert_eq!(Value::Object(patch.clone()), expected);
        without_removed(&mut patch);
        assert!(!patch.contains_key("zone") && patch.contains_key("timeout"));
        assert!(changed(&draft, "name = ").is_err());
    }

    #[test]
    fn numbers_of_lines_are_those_of_the_text_that_is_opened_again() {
        let mut typed = "# head\n\nname = \"a\"\ntimeout = soon\n".to_owned();
        for _ in 0..2 {
            let fault = changed(&draft(), &typed).expect_err("no TOML");
            let fault = placed(&typed, fault);
            typed = noted(std::slice::from_ref(&fault), &typed);
            let line = typed.lines().position(|line| line == "timeout = soon");
            let line = line.expect("the line") + 1;
            assert!(fault.contains(&format!("line {line},")), "{typed}");
            assert!(
                fault.contains(&format!("\n{line} | timeout = soon")),
                "{typed}"
            );
        }
    }

    #[test]
    fn faults_stand_in_front_and_are_replaced() {
        let once = noted(&["zone: unknown".to_owned()], "# head\nname = \"a\"\n");
        assert_eq!(once, "#! zone: unknown\n# head\nname = \"a\"\n");
        let twice = noted(&["a: b\nc".to_owned()], &once);
        assert_eq!(twice, "#! a: b\n#! c\n# head\nname = \"a\"\n");
        assert_eq!(bare(&twice), "name = \"a\"");
    }
}

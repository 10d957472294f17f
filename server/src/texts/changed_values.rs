//! What an edit changed, down to the single value, by the labels of the form: `Retries: 0 → 3`.

use app::i18n::Lang;
use app::texts::fields::task_field;
use serde_json::{Map, Value};

/// Values of one edit that are listed.
const VALUES_MAX: usize = 10;
/// Characters of a value that are shown.
const CHARS_MAX: usize = 100;
/// Characters of lines that differ that are shown.
const LINES_CHARS_MAX: usize = 400;
/// Characters shown of a common beginning that is cut.
const CONTEXT: usize = 20;

/// The changes of an edit as a person reads them. `fields` holds for each changed field its value
/// before and after, as the audit log keeps them.
pub(super) fn changed_values(lang: Lang, fields: &Map<String, Value>) -> String {
    let mut changes = Changes {
        lang,
        listed: Vec::new(),
        more: 0,
    };
    for (name, both) in fields {
        changes.compare(name, both.get(0), both.get(1));
    }
    let mut words = changes.listed.join(lang.pick("，", ", "));
    if changes.more > 0 {
        let more = changes.more;
        words.push_str(&lang.pick(format!("，另有 {more} 处"), format!(", and {more} more")));
    }
    words
}

struct Changes {
    lang: Lang,
    listed: Vec<String>,
    more: usize,
}

impl Changes {
    /// Notes where two values differ. Fields of objects and entries of lists of objects are
    /// compared one by one; a field that is absent is the same as one that is `null`.
    fn compare(&mut self, path: &str, before: Option<&Value>, after: Option<&Value>) {
        let before = before.filter(|value| !value.is_null());
        let after = after.filter(|value| !value.is_null());
        match (before, after) {
            (before, after) if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                let added = after.keys().filter(|name| !before.contains_key(*name));
                for name in before.keys().chain(added) {
                    self.compare(&format!("{path}.{name}"), before.get(name), after.get(name));
                }
            }
            (Some(Value::Array(before)), Some(Value::Array(after)))
                if before.iter().chain(after).any(Value::is_object) =>
            {
                for index in 0..before.len().max(after.len()) {
                    self.compare(
                        &format!("{path}[{index}]"),
                        before.get(index),
                        after.get(index),
                    );
                }
            }
            _ if self.listed.len() == VALUES_MAX => self.more += 1,
            (before, after) => {
                let (before, after) = shown(self.lang, before, after);
                let label = task_field(path, self.lang);
                self.listed.push(self.lang.pick(
                    format!("{label}：{before} → {after}"),
                    format!("{label}: {before} → {after}"),
                ));
            }
        }
    }
}

/// Two values, cut so that the difference can be seen: of several lines those that differ, of a long common beginning only
/// the end.
fn shown(lang: Lang, before: Option<&Value>, after: Option<&Value>) -> (String, String) {
    let lines = before.zip(after);
    let lines =
        lines.and_then(|(before, after)| differing_lines(before.as_str()?, after.as_str()?));
    if let Some((before, after)) = lines {
        return cut(&before, &after, LINES_CHARS_MAX);
    }
    cut(&text(lang, before), &text(lang, after), CHARS_MAX)
}

/// The lines of two texts without those at the beginning and at the end that both have; `None` where neither has several.
fn differing_lines(before: &str, after: &str) -> Option<(String, String)> {
    if !before.contains('\n') || !after.contains('\n') {
        return None;
    }
    let (mut before, mut after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let alike = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(before, after)| before == after).count()
    };
    let first = alike(&mut before.iter().zip(&after));
    before.drain(..first);
    after.drain(..first);
    let last = alike(&mut before.iter().rev().zip(after.iter().rev()));
    before.truncate(before.len() - last);
    after.truncate(after.len() - last);
    let joined = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| on_one_line(line)).collect();
        let mut parts = Vec::new();
        parts.extend((first > 0).then(|| "…".to_owned()));
        parts.extend((!lines.is_empty()).then(|| lines.join("\\n")));
        parts.extend((last > 0).then(|| "…".to_owned()));
        parts.join(" ")
    };
    Some((joined(&before), joined(&after)))
}

/// Two texts, each at most so many characters.
fn cut(before: &str, after: &str, max: usize) -> (String, String) {
    let pairs = before.chars().zip(after.chars());
    let same = pairs.take_while(|(before, after)| before == after).count();
    let is_long = |text: &str| text.chars().nth(max).is_some();
    let skipped = match is_long(before) || is_long(after) {
        true => same.saturating_sub(CONTEXT),
        false => 0,
    };
    let cut = |text: &str| {
        let mut chars = text.chars().skip(skipped);
        let mut cut = String::from(if skipped > 0 { "…" } else { "" });
        cut.extend(chars.by_ref().take(max));
        if chars.next().is_some() {
            cut.push('…');
        }
        cut
    };
    (cut(before), cut(after))
}

/// A value on one line.
fn text(lang: Lang, value: Option<&Value>) -> String {
    match value {
        None => lang.pick("（无）", "(none)").to_owned(),
        Some(Value::String(text)) if text.is_empty() => lang.pick("（空）", "(empty)").to_owned(),
        Some(Value::String(text)) => on_one_line(text),
        Some(value) => value.to_string(),
    }
}

fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_control() {
            true => line.extend(char.escape_default()),
            false => line.push(char),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(lang: Lang, fields: &Value) -> String {
        changed_values(lang, fields.as_object().expect("an object"))
    }

    #[test]
    fn a_change_deep_in_a_long_value_is_shown_by_its_path() {
        let execution = |attempts: &str| {
            json!({"cwd": "", "env": "", "http": {"headers": "X-A: 1\n".repeat(50)},
                   "retry": {"attempts": attempts, "delay": "1m"}})
        };
        let fields = json!({"execution": [execution("0"), execution("3")]});
        assert_eq!(changes(Lang::En, &fields), "Maximum attempts: 0 → 3");
        assert_eq!(changes(Lang::Zh, &fields), "最多执行几次：0 → 3");
    }

    #[test]
    fn entries_of_lists_are_compared_one_by_one() {
        let fields = json!({
            "owners": [["ada"], ["ada", "bob"]],
            "schedules": [
                [{"spec": "0 9 * * *", "jitter": null}, {"spec": "0 1 * * *"}],
                [{"spec": "0 9 * * *", "jitter": "5m"}],
            ],
        });
        assert_eq!(
            changes(Lang::En, &fields),
            "Owners: [\"ada\"] → [\"ada\",\"bob\"], Jitter, up to (1): (none) → 5m, \
             Schedule (2): {\"spec\":\"0 1 * * *\"} → (none)"
        );
    }

    #[test]
    fn of_several_lines_those_that_differ_are_shown_in_their_order() {
        let ladder = |before: &str, after: &str| {
            let of = |ladder: &str| json!({ "ladder": ladder, "every": "1h" });
            changes(Lang::En, &json!({"tickets": [of(before), of(after)]}))
        };
        let rungs = "2h: ann, bob\n4h: cid\n8h: oncall:database-of-the-payments\n1d: @all";
        assert_eq!(
            ladder(rungs, &rungs.replace("4h: cid\n", "3h: dan\n4h: cid\n")),
            "Escalation: … … → … 3h: dan …"
        );
        assert_eq!(
            ladder(
                rungs,
                &rungs.replace("cid\n8h: oncall:database-of-the-payments", "eve\n6h: cid")
            ),
            "Escalation: … 4h: cid\\n8h: oncall:database-of-the-payments … → … 4h: eve\\n6h: cid …"
        );
        assert_eq!(
            ladder("2h: ann\n4h: bob", "2h: bob\n4h: ann"),
            "Escalation: 2h: ann\\n4h: bob → 2h: bob\\n4h: ann"
        );
    }

    #[test]
    fn what_is_shown_is_bounded_and_shows_the_difference() {
        let long = "echo a; ".repeat(1_000);
        let fields = json!({"command": [format!("{long}one"), format!("{long}two\nlines")]});
        assert_eq!(
            changes(Lang::En, &fields),
            "Command: … a; echo a; echo a; one → … a; echo a; echo a; two\\nlines"
        );
        let other = "x".repeat(1_000);
        let words = changes(Lang::Zh, &json!({"command": ["", other]}));
        assert_eq!(words, format!("命令：（空） → {}…", "x".repeat(100)));
        let many: Map<String, Value> = (0..13)
            .map(|at| (format!("f{at:02}"), json!([at, at + 1])))
            .collect();
        let words = changed_values(Lang::En, &many);
        assert!(words.contains("f09: 9 → 10, and 3 more"), "{words}");
        assert!(!words.contains("f10"), "{words}");
        let words = changed_values(Lang::Zh, &many);
        assert!(words.ends_with("f09：9 → 10，另有 3 处"), "{words}");
    }
}

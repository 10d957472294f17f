//! A plan as lines for people.

use app::i18n::Lang;
use serde_json::Value;

use crate::cli::lang;
use crate::service::{ApplyReport, FieldChange, PlanAction, PlannedTask};

/// Characters of a value that are shown.
const VALUE_MAX: usize = 120;
/// Lines of a text that are shown around what differs.
const AROUND: usize = 1;
/// Lines of a text that are shown at most, of the old and of the new one.
const LINES_MAX: usize = 20;

/// The lines of a plan, or of what was done.
pub(super) fn lines(report: &ApplyReport) -> Vec<String> {
    let lang = lang();
    let mut lines = Vec::new();
    for task in &report.tasks {
        if let Some(line) = head(task, lang) {
            lines.push(line);
            for change in &task.changes {
                field(change, lang, &mut lines);
            }
        }
    }
    let ApplyReport {
        created,
        changed,
        same,
        deleted,
        ..
    } = report;
    lines.push(match report.dry_run {
        true => lang.pick(
            format!("计划：新建 {created}，修改 {changed}，删除 {deleted}，不变 {same}"),
            format!("Plan: {created} to create, {changed} to change, {deleted} to delete, {same} unchanged"),
        ),
        false => lang.pick(
            format!("已应用：新建 {created}，修改 {changed}，删除 {deleted}，不变 {same}"),
            format!("Applied: {created} created, {changed} changed, {deleted} deleted, {same} unchanged"),
        ),
    });
    lines
}

fn head(task: &PlannedTask, lang: Lang) -> Option<String> {
    let (sign, word) = match task.action {
        PlanAction::Create => ('+', lang.pick("新建", "create")),
        PlanAction::Change => ('~', lang.pick("修改", "change")),
        PlanAction::Delete => ('-', lang.pick("删除", "delete")),
        PlanAction::Same => return None,
    };
    let name = app::ansi::visible(&task.name);
    let id = task.id.map(|id| format!(" #{id}")).unwrap_or_default();
    Some(format!("{sign} {word}{id} {name}"))
}

fn field(change: &FieldChange, lang: Lang, lines: &mut Vec<String>) {
    let FieldChange { field, old, new } = change;
    if let (Value::String(old), Value::String(new)) = (old, new)
        && (old.contains('\n') || new.contains('\n'))
    {
        lines.push(format!("    {field}:"));
        texts(old, new, lines);
        return;
    }
    let (old, new) = (shown(old, lang), shown(new, lang));
    lines.push(format!("    {field}: {old} → {new}"));
}

/// A value on one line.
fn shown(value: &Value, lang: Lang) -> String {
    let text = match value {
        Value::Null => return lang.pick("（默认）", "(default)").to_owned(),
        value => value.to_string(),
    };
    let text = app::ansi::visible(&text);
    match text.char_indices().nth(VALUE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The lines in which two texts differ: all between those that both begin and end with.
fn texts(old: &str, new: &str, lines: &mut Vec<String>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let pairs = old.iter().rev().zip(new.iter().rev());
    let after = pairs.take(rest).take_while(|(a, b)| a == b).count();
    let mut put = |sign: char, all: &[&str]| {
        for line in all.iter().take(LINES_MAX) {
            lines.push(format!("      {sign} {}", app::ansi::visible(line)));
        }
        if all.len() > LINES_MAX {
            lines.push(format!("      {sign} …"));
        }
    };
    put(' ', &old[same.saturating_sub(AROUND)..same]);
    put('-', &old[same..old.len() - after]);
    put('+', &new[same..new.len() - after]);
    let end = old.len() - after;
    put(' ', &old[end..(end + AROUND).min(old.len())]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_line() {
        let mut lines = Vec::new();
        texts(
            "set -e\na\nb\nc\nend",
            "set -e\na\nx\ny\nc\nend",
            &mut lines,
        );
        let expected = [
            "        a",
            "      - b",
            "      + x",
            "      + y",
            "        c",
        ];
        assert_eq!(lines, expected);
        lines.clear();
        texts("a\na\n", "a\na\na\n", &mut lines);
        assert_eq!(lines, ["        a", "      + a"]);
        lines.clear();
        texts("", "a\nb", &mut lines);
        assert_eq!(lines, ["      + a", "      + b"]);
    }
}

//! The brief of a failed run in words: a few lines for messages and the terminal, and their parts
//! for the page.

use super::fields::named;
use super::phrases::{bytes, took};
use crate::i18n::{Lang, plural};
use crate::run::brief::{Brief, Change, LastSuccess, OutputChange, OutputSide, SecretChanged};
use crate::time::{Stamp, ZoneRules};

/// Fields of an edit that are named; more are counted.
const FIELDS_NAMED: usize = 4;
/// Characters of a text within a line.
const INLINE_CHARS: usize = 80;

crate::texts! {
    /// Texts of the brief of a failed run.
    BriefUi {
        title: "失败速览" | "Failure brief",
        since: "失败起点" | "Failing since",
        first_failure: "首次失败" | "First failure",
        in_a_row: "连续失败" | "Failing since",
        last_success_label: "上次成功" | "Last success",
        changed: "变化" | "What changed",
        output: "输出对比" | "Output compared",
        others: "同时失败" | "Also failing",
        this_run: "本次" | "This run",
        last_success: "上次成功" | "Last success",
        no_lines: "（没有对应的行）" | "(no matching lines)",
        no_changes: "没有发现变化" | "No change on record",
        no_comparison: "没有可以对比的成功执行" | "No successful run to compare with",
    }
}

/// The brief in three or four lines of plain text: since when, what changed, what else failed, where the output differs.
#[must_use]
pub fn lines(brief: &Brief, lang: Lang) -> Vec<String> {
    let ui = BriefUi::of(lang);
    let line = |title: &str, text: String| {
        lang.pick(format!("{title}：{text}"), format!("{title}: {text}"))
    };
    let stop = lang.pick("；", "; ");
    let (title, text) = since(brief, lang);
    let mut lines = vec![line(title, text)];
    // That there is no success to compare with is said once, of the output.
    if matches!(brief.success, LastSuccess::Run { .. }) {
        lines.push(line(ui.changed, changes(brief, lang).join(stop)));
    }
    lines.extend(others(brief, lang).map(|others| line(ui.others, others)));
    lines.push(line(ui.output, output_in_one(&brief.output, lang)));
    lines
}

/// Since when it fails, how often in a row, and when it last succeeded: a label, and what stands behind it.
#[must_use]
pub fn since(brief: &Brief, lang: Lang) -> (&'static str, String) {
    let (ui, streak) = (BriefUi::of(lang), &brief.streak);
    let at = brief.zone.full(streak.since);
    let (title, first) = match streak.times {
        ..=1 => (ui.first_failure, at),
        times => (
            ui.in_a_row,
            lang.pick(
                format!("{times} 次，始于 {at}"),
                format!("{at}, {times} failures in a row"),
            ),
        ),
    };
    let success = last_success(brief, lang);
    let text = lang.pick(format!("{first}，{success}"), format!("{first}; {success}"));
    (title, text)
}

/// When it last succeeded.
#[must_use]
pub fn last_success(brief: &Brief, lang: Lang) -> String {
    match &brief.success {
        LastSuccess::Run { run_id, started_at } => {
            let at = brief.zone.full(*started_at);
            lang.pick(
                format!("上次成功 {at}（#{run_id}）"),
                format!("last success {at} (#{run_id})"),
            )
        }
        LastSuccess::Never => lang.pick("从未成功过", "never succeeded").to_owned(),
        LastSuccess::NotAmong { runs } => lang.pick(
            format!("之前 {runs} 次执行都没有成功"),
            format!("no success in the {runs} runs before"),
        ),
    }
}

/// Since when it fails, and how often in a row.
#[must_use]
pub fn failing(times: i64, since: Stamp, zone: &ZoneRules, lang: Lang) -> String {
    let since = zone.full(since);
    if times <= 1 {
        return lang.pick(
            format!("{since}，首次失败"),
            format!("{since}, first failure"),
        );
    }
    lang.pick(
        format!("{since}，已连续失败 {times} 次"),
        format!("{since}, {times} failures in a row"),
    )
}

/// What changed since the last success, each as a phrase; one that says so where nothing did.
#[must_use]
pub fn changes(brief: &Brief, lang: Lang) -> Vec<String> {
    let ui = BriefUi::of(lang);
    if !matches!(brief.success, LastSuccess::Run { .. }) {
        return vec![ui.no_comparison.to_owned()];
    }
    if brief.changes.is_empty() {
        return vec![ui.no_changes.to_owned()];
    }
    let mut phrases: Vec<String> = brief
        .changes
        .iter()
        .map(|one| change(one, &brief.zone, lang))
        .collect();
    let more = brief.more_changes;
    if more > 0 {
        phrases.push(lang.pick(
            format!("另有 {more} 处变更"),
            format!("{more} more {}", plural(more, "change", "changes")),
        ));
    }
    phrases
}

/// One thing that changed.
#[must_use]
pub fn change(change: &Change, zone: &ZoneRules, lang: Lang) -> String {
    match change {
        Change::Edited { at, who, fields } => {
            let (at, fields) = (zone.full(*at), field_names(fields, lang));
            lang.pick(
                format!("{who} 于 {at} 修改了{fields}"),
                format!("{who} edited {fields} at {at}"),
            )
        }
        Change::Secret {
            at,
            who,
            name,
            what,
        } => {
            let at = zone.full(*at);
            let did = secret(name.as_deref(), *what, lang);
            lang.pick(
                format!("{who} 于 {at} {did}"),
                format!("{who} {did} at {at}"),
            )
        }
        Change::Version { before, now } => lang.pick(
            format!("服务器版本 {before} → {now}"),
            format!("server version {before} → {now}"),
        ),
        Change::Node { before, now } => lang.pick(
            format!("节点 {before} → {now}"),
            format!("server {before} → {now}"),
        ),
        Change::Duration { ms, usual_ms, of } => {
            let (took_now, usual) = (took(lang, *ms), took(lang, *usual_ms));
            lang.pick(
                format!("用时 {took_now}，最近 {of} 次成功的中位数是 {usual}"),
                format!("took {took_now}; the median of the last {of} successes is {usual}"),
            )
        }
        Change::OutputSize {
            bytes: now,
            usual_bytes,
            of,
        } => {
            let (now, usual) = (bytes(*now), bytes(*usual_bytes));
            lang.pick(
                format!("输出 {now}，最近 {of} 次成功的中位数是 {usual}"),
                format!("wrote {now}; the median of the last {of} successes is {usual}"),
            )
        }
    }
}

fn secret(name: Option<&str>, what: SecretChanged, lang: Lang) -> String {
    let name = match name {
        Some(name) => lang.pick(format!("密钥 {name} "), format!("the secret {name}")),
        None => lang.pick("一个密钥", "a secret").to_owned(),
    };
    match what {
        SecretChanged::Value => lang.pick(
            format!("更换了{name}的值"),
            format!("changed the value of {name}"),
        ),
        SecretChanged::Granted => lang.pick(
            format!("把{name}授予了本任务"),
            format!("granted {name} to this task"),
        ),
        SecretChanged::Revoked => lang.pick(
            format!("撤销了本任务的{}", name.trim_end()),
            format!("revoked {name} from this task"),
        ),
        SecretChanged::Deleted => lang.pick(
            format!("删除了{}", name.trim_end()),
            format!("deleted {name}"),
        ),
    }
}

/// The fields of an edit, by their names in the API.
#[must_use]
pub fn field_names(fields: &[String], lang: Lang) -> String {
    if fields.is_empty() {
        return lang.pick("任务", "the task").to_owned();
    }
    let mut names: Vec<String> = Vec::new();
    for field in fields {
        // One that this version does not know as the API names it.
        let name = named(field, lang).unwrap_or(field).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(FIELDS_NAMED);
    names.truncate(FIELDS_NAMED);
    match (lang, more, names.as_slice()) {
        (Lang::Zh, 0, _) => names.join("、"),
        (Lang::Zh, ..) => format!("{}等 {} 项", names.join("、"), names.len() + more),
        (Lang::En, 0, [one, other]) => format!("{one} and {other}"),
        (Lang::En, 0, [all @ .., last]) if !all.is_empty() => {
            format!("{}, and {last}", all.join(", "))
        }
        (Lang::En, 0, _) => names.join(", "),
        (Lang::En, ..) => format!("{} and {more} more", names.join(", ")),
    }
}

/// Other tasks that failed within five minutes; `None` where there are none.
#[must_use]
pub fn others(brief: &Brief, lang: Lang) -> Option<String> {
    let others = &brief.others;
    let names: Vec<&str> = others.tasks.iter().map(|task| task.name.as_str()).collect();
    let more = others.count > i64::try_from(names.len()).unwrap_or(i64::MAX);
    let mut named = names.join(lang.pick("、", ", "));
    if more {
        named.push_str(lang.pick(" 等", ", …"));
    }
    (others.count > 0).then(|| {
        let count = others_count(others.count, lang);
        lang.pick(format!("{count}：{named}"), format!("{count}: {named}"))
    })
}

/// How many other tasks failed within five minutes.
#[must_use]
pub fn others_count(count: i64, lang: Lang) -> String {
    lang.pick(
        format!("前后 5 分钟内还有 {count} 个任务失败"),
        format!(
            "{count} other {} failed within 5 minutes",
            plural(count, "task", "tasks")
        ),
    )
}

/// What there is to say of the output, without the lines that differ.
#[must_use]
pub fn output(output: &OutputChange, lang: Lang) -> String {
    match output {
        OutputChange::Same => lang
            .pick(
                "与上次成功的输出相同（时间、数字等除外）",
                "same output as the last success, apart from times and numbers",
            )
            .to_owned(),
        OutputChange::Silent => lang
            .pick("本次和上次成功都没有输出", "neither run wrote anything")
            .to_owned(),
        OutputChange::SameAsKept => lang
            .pick(
                "保留的部分与上次成功的输出相同",
                "same output as the last success, as far as it is kept",
            )
            .to_owned(),
        OutputChange::Differs { run, .. } => lang.pick(
            format!("从第 {} 行起与上次成功不同", run.line),
            format!("differs from the last success from line {} on", run.line),
        ),
        OutputChange::NotKept { run_id } => lang.pick(
            format!("执行 #{run_id} 的输出没有保留，无法对比"),
            format!("the output of run #{run_id} is not kept"),
        ),
        OutputChange::NoSuccess => BriefUi::of(lang).no_comparison.to_owned(),
        OutputChange::NotCompared => lang
            .pick(
                "未能及时完成对比，请在执行页面查看",
                "not compared in time; see the page of the run",
            )
            .to_owned(),
    }
}

/// The same with the first line of both sides.
fn output_in_one(change: &OutputChange, lang: Lang) -> String {
    let words = output(change, lang);
    let OutputChange::Differs { run, success } = change else {
        return words;
    };
    let first = |side: &OutputSide| match side.lines.first() {
        Some(line) => quoted(&line.text, lang),
        None => BriefUi::of(lang).no_lines.to_owned(),
    };
    let (run, success) = (first(run), first(success));
    lang.pick(
        format!("{words}：本次 {run}，上次成功 {success}"),
        format!("{words}: now {run}, then {success}"),
    )
}

fn quoted(text: &str, lang: Lang) -> String {
    let text = text.trim();
    let mut short: String = text.chars().take(INLINE_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    lang.pick(format!("“{short}”"), format!("\"{short}\""))
}

#[cfg(test)]
mod tests;

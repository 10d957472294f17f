//! The failure brief in a message: a few lines, short enough to leave room for the output.

use app::i18n::Lang;
use app::run::brief::{Brief, LastSuccess, OutputChange, OutputSide};
use app::texts::brief::{BriefUi, changes, last_success, others, output, since};

use crate::text::{head, one_line};

/// Characters of a line.
const LINE_SHOWN: usize = 160;
/// Characters of a line of an output.
const OUTPUT_SHOWN: usize = 100;

/// Since when it fails, what changed, where its output first differs, and how many others failed. What there is no
/// success to compare with is not said again in each line; nor is since when, where a line before it says so
/// (`since_is_known`): then only the last success is named.
pub(super) fn lines(brief: &Brief, lang: Lang, since_is_known: bool) -> Vec<String> {
    let ui = BriefUi::of(lang);
    let line = |title: &str, text: &str| {
        let text = short(text, LINE_SHOWN);
        lang.pick(format!("{title}：{text}"), format!("{title}: {text}"))
    };
    let (title, text) = match (since_is_known, &brief.success) {
        (false, _) => since(brief, lang),
        (true, LastSuccess::Run { run_id, started_at }) => {
            let at = brief.zone.full(*started_at);
            let text = lang.pick(format!("{at}（#{run_id}）"), format!("{at} (#{run_id})"));
            (ui.last_success_label, text)
        }
        (true, _) => (ui.last_success_label, last_success(brief, lang)),
    };
    let mut lines = vec![line(title, &text)];
    if matches!(brief.success, LastSuccess::Run { .. }) {
        let changed = changes(brief, lang).join(lang.pick("；", "; "));
        lines.push(line(ui.changed, &changed));
    }
    if let Some(others) = others(brief, lang) {
        lines.push(line(ui.others, &others));
    }
    match &brief.output {
        OutputChange::NoSuccess => {}
        OutputChange::Differs { run, success } => {
            lines.push(line(ui.output, &output(&brief.output, lang)));
            lines.extend(side("-", success));
            lines.extend(side("+", run));
        }
        _ => lines.push(line(ui.output, &output(&brief.output, lang))),
    }
    lines
}

/// The lines of a side, marked as a diff marks them.
fn side(sign: &str, side: &OutputSide) -> impl Iterator<Item = String> {
    let lines = side.lines.iter();
    lines.map(move |line| format!("{sign} {}", short(line.text.trim(), OUTPUT_SHOWN)))
}

/// One line of at most so many characters.
fn short(text: &str, max: usize) -> String {
    let text = one_line(text);
    let mut shown = head(&text, max).to_owned();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::render::example;

    #[test]
    fn the_brief_is_a_few_short_lines() {
        let mut brief = example::brief();
        assert_eq!(
            lines(&brief, Lang::En, false),
            [
                "Failing since: 2026-01-03 01:00:00 +00:00, 3 failures in a row; last success 2026-01-02 01:00:00 +00:00 (#4550)",
                "What changed: No change on record",
                "Also failing: 1 other task failed within 5 minutes: report",
                "Output compared: differs from the last success from line 2 on",
                "- dumped 12 tables",
                "+ pg_dump: error: connection refused",
            ]
        );
        brief.others.tasks[0].name = "名\n".repeat(500);
        if let OutputChange::Differs { run, .. } = &mut brief.output {
            run.lines[0].text = "长".repeat(200);
        }
        for lang in [Lang::Zh, Lang::En] {
            let lines = lines(&brief, lang, false);
            assert!(
                lines
                    .iter()
                    .all(|line| line.chars().count() < 200 && !line.contains('\n'))
            );
            assert!(lines.join("\n").len() < 1_500);
        }
        assert!(lines(&brief, Lang::En, true)[0].starts_with("Last success: 2026-01-02 01:00:00"));
        brief.success = LastSuccess::Never;
        brief.output = OutputChange::NoSuccess;
        brief.others.count = 0;
        assert_eq!(
            lines(&brief, Lang::Zh, false),
            ["连续失败：3 次，始于 2026-01-03 01:00:00 +00:00，从未成功过"]
        );
    }
}

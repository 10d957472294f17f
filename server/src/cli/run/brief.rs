//! The brief of a failed run in `jcrontab run show`.

use app::run::brief::{Brief, OutputChange, OutputSide};
use app::texts::brief::{BriefUi, lines};
use axum::http::Method;
use serde_json::Value;

use crate::cli::client::Client;
use crate::cli::{Failure, lang};

/// The brief of a run as lines, with the lines of output that differ below; none for a run that
/// did not end badly.
pub(super) async fn brief(client: &Client, id: i64) -> Result<Vec<String>, Failure> {
    let path = format!("/api/v1/runs/{id}/brief");
    let answer: Value = client.call(Method::GET, &path, None).await?;
    let brief: Brief = serde_json::from_value(answer).map_err(|_| {
        Failure::error("the server's answer is not a brief; is it of another version?")
    })?;
    Ok(shown(&brief))
}

fn shown(brief: &Brief) -> Vec<String> {
    let (lang, ui) = (lang(), BriefUi::of(lang()));
    let mut shown = vec![String::new(), ui.title.to_owned()];
    shown.extend(
        lines(brief, lang)
            .into_iter()
            .map(|line| format!("  {line}")),
    );
    if let OutputChange::Differs { run, success } = &brief.output {
        shown.extend(side('+', run));
        shown.extend(side('-', success));
    }
    if !brief.runbook.is_empty() {
        shown.push(app::texts::Ui::of(lang).runbook.to_owned());
        shown.extend(brief.runbook.lines().map(|line| format!("  {line}")));
    }
    shown
}

/// One side of a difference, as `diff` marks lines.
fn side(mark: char, side: &OutputSide) -> impl Iterator<Item = String> + '_ {
    let line = move |line: &app::run::brief::OutputLine| {
        let (run, number, text) = (side.run_id, line.number, &line.text);
        format!("  {mark} #{run}:{number}: {text}")
    };
    side.lines.iter().map(line)
}

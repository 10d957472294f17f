//! The brief of a failed run in `jcrontab run show`.

use app::id::RunId;
use app::run::brief::{Brief, OutputChange, OutputSide};
use app::texts::brief::{BriefUi, lines};
use axum::http::Method;

use crate::cli::calendar::typed;
use crate::cli::client::Client;
use crate::cli::words::title;
use crate::cli::{Failure, lang};

/// The brief of a failed run, with the differing lines of output below.
pub(super) async fn brief(client: &Client, id: RunId) -> Result<Vec<String>, Failure> {
    let path = format!("/api/v1/runs/{id}/brief");
    let brief: Brief = typed(&client.call(Method::GET, &path, None).await?)?;
    let lang = lang();
    let mut shown = vec![title(BriefUi::of(lang).title)];
    shown.extend(lines(&brief, lang).iter().map(|line| format!("  {line}")));
    if let OutputChange::Differs { run, success } = &brief.output {
        shown.extend(side('+', run));
        shown.extend(side('-', success));
    }
    Ok(shown)
}

/// One side of a difference, marked as in `diff`.
fn side(mark: char, side: &OutputSide) -> impl Iterator<Item = String> + '_ {
    let line = move |line: &app::run::brief::OutputLine| {
        let (run, number, text) = (side.run_id, line.number, &line.text);
        format!("  {mark} #{run}:{number}: {text}")
    };
    side.lines.iter().map(line)
}

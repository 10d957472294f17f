//! What `jcrontab run list` and `jcrontab run export` ask for.

use app::run::{Outcome, RunState, Trigger};
use app::transition::Word;
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::Failure;
use crate::cli::client::{Client, escaped};
use crate::cli::task::id_of;

/// Words of states and of groups of them.
fn states() -> Vec<&'static str> {
    let states = RunState::ALL.iter().map(|state| state.as_str());
    states
        .chain(Outcome::all().into_iter().map(Word::word))
        .collect()
}

fn triggers() -> Vec<&'static str> {
    Trigger::all().into_iter().map(Word::word).collect()
}

/// Which runs.
#[derive(Args, Debug, Default)]
pub(in crate::cli) struct RunFilter {
    /// Only runs of this task, by name or ID
    #[arg(long)]
    task: Option<String>,
    /// Only runs of tasks with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only runs in these states; killed is shown as Stopped (被停止) on pages, bad means failed, timed_out and lost,
    /// open means waiting, running and sending
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(states()))]
    state: Vec<String>,
    /// Only runs with this trigger
    #[arg(long, value_parser = PossibleValuesParser::new(triggers()))]
    trigger: Option<String>,
    /// Only runs of this server, by host name or ID
    #[arg(long)]
    node: Option<String>,
    /// Only runs that started then or later: 2026-11-30, "2026-11-30 09:00" (in the server's default time zone), or RFC 3339
    #[arg(long)]
    from: Option<String>,
    /// Only runs that started earlier; a date alone includes that day
    #[arg(long)]
    to: Option<String>,
    /// Only runs with this text in their result, reason, note or requester
    #[arg(long)]
    text: Option<String>,
    /// Continue after this cursor (`next` of the previous page), or after the run with this ID
    #[arg(long)]
    after: Option<String>,
}

impl RunFilter {
    /// Whether the runs are those of a single task.
    pub(super) const fn is_of_task(&self) -> bool {
        self.task.is_some()
    }

    /// As parameters of a request, each with a leading `&`.
    pub(super) async fn parameters(&self, client: &Client) -> Result<String, Failure> {
        let task = match &self.task {
            Some(task) => Some(id_of(client, task).await?.to_string()),
            None => None,
        };
        let state = (!self.state.is_empty()).then(|| self.state.join(","));
        let parts = [
            ("task", &task),
            ("tag", &self.tag),
            ("state", &state),
            ("trigger", &self.trigger),
            ("node", &self.node),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.text),
            ("after", &self.after),
        ];
        let mut parameters = String::new();
        for (name, value) in parts {
            if let Some(value) = value {
                parameters += &format!("&{name}={}", escaped(value));
            }
        }
        Ok(parameters)
    }
}

//! Which runs of all tasks are asked for.

use serde::{Deserialize, Serialize};

use super::RunState;
use crate::id::TaskId;
use crate::transition::Word;

/// Which runs are asked for. Codes and times are as typed; the service checks them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RunQuery {
    /// Only those of a task.
    pub task: Option<TaskId>,
    /// Only those of tasks with exactly this tag; empty for all.
    pub tag: String,
    /// A code of [`RunState`] or of a group ([`Outcome`]), or several with commas; empty for all.
    pub state: String,
    /// A code of [`super::Trigger`]; empty for all.
    pub trigger: String,
    /// Id or host name of a server; empty for all.
    pub node: String,
    /// Only those that started then or later: RFC 3339, or a time or a date in the server's default zone.
    pub from: String,
    /// Only those that started earlier; a date alone includes that day.
    pub to: String,
    /// A piece of the result, the reason, the note or the requester's name; case does not matter.
    pub q: String,
    /// `next` of the page before, or the id of a run; empty for the first page.
    pub after: String,
    /// Rows, 1–200; 50 when absent.
    pub limit: Option<u32>,
}

/// A group of states, by what people look for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Those that have not ended.
    Open,
    /// Those that ended and need attention.
    Bad,
}

impl Outcome {
    /// Its states.
    #[must_use]
    pub const fn states(self) -> [RunState; 3] {
        match self {
            Self::Open => RunState::OPEN,
            Self::Bad => RunState::BAD,
        }
    }
}

impl Word for Outcome {
    fn all() -> Vec<Self> {
        vec![Self::Open, Self::Bad]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Bad => "bad",
        }
    }
}

impl RunQuery {
    /// The states that are typed, each once; none for all.
    ///
    /// # Errors
    /// The first word that is neither a state nor a group.
    pub fn states(&self) -> Result<Vec<RunState>, String> {
        let mut states = Vec::new();
        let words = self.state.split([',', '，']).map(str::trim);
        for word in words.filter(|word| !word.is_empty()) {
            match (RunState::read(word), Outcome::read(word)) {
                (Some(state), _) => states.push(state),
                (None, Some(group)) => states.extend(group.states()),
                (None, None) => return Err(word.to_owned()),
            }
        }
        let typed: Vec<RunState> = states;
        let all = RunState::ALL.iter().copied();
        Ok(all.filter(|state| typed.contains(state)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_one_by_one_and_by_group() {
        let of = |state: &str| {
            let query = RunQuery {
                state: state.to_owned(),
                ..RunQuery::default()
            };
            query.states()
        };
        assert_eq!(of(" "), Ok(vec![]));
        assert_eq!(of("failed"), Ok(vec![RunState::Failed]));
        assert_eq!(
            of("bad, succeeded，failed"),
            Ok(vec![
                RunState::Succeeded,
                RunState::Failed,
                RunState::TimedOut,
                RunState::Lost
            ])
        );
        assert_eq!(
            of("open"),
            Ok(vec![
                RunState::Waiting,
                RunState::Running,
                RunState::Sending
            ])
        );
        assert_eq!(of("failed,late"), Err("late".to_owned()));
    }
}

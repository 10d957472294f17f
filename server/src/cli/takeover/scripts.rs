//! Scripts of `run-parts` change hands by their executable bit.
//!
//! The command of such a task does nothing while its script is executable, and `run-parts` skips one that is not. So at
//! every instant exactly one side runs it, and the order of the steps decides only what a command that is interrupted
//! leaves behind: a task that fails and says why, which ends when the command is run again. A script that is not executable
//! while its task is held was switched off by hand, and stays so.

use app::import::HandedOver;

use super::{Direction, Plan, hand};
use crate::cli::client::Client;
use crate::cli::crontabs::{Script, is_running};
use crate::cli::{Failure, lang};

/// What is done with a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Step {
    /// Its executable bit changes.
    pub(super) sets_bit: bool,
    /// Its task is released, or held.
    pub(super) hands: bool,
}

pub(super) const fn step(direction: Direction, script: &Script, held: bool) -> Step {
    let is_executable = script.is_executable();
    match direction {
        Direction::Over => Step {
            sets_bit: is_executable,
            hands: is_executable,
        },
        Direction::Back => Step {
            sets_bit: !held && !is_executable,
            hands: !held,
        },
    }
}

pub(super) async fn carry_out(
    client: &Client,
    direction: Direction,
    plan: &Plan,
    scripts: &[Script],
) -> Result<HandedOver, Failure> {
    let folder = &plan.crontab.place.path;
    if is_running(folder) {
        // It would skip what it has not come to yet.
        return Err(Failure::refused(lang().pick(
            format!("run-parts 正在执行 {folder} 里的脚本，没有改动；等它结束后再试"),
            format!("run-parts is running scripts of {folder}, so nothing was changed; try again when it has ended"),
        )));
    }
    let set = |executable: bool| {
        let mut chosen = scripts
            .iter()
            .filter(|script| plan.lines.contains_key(&script.line));
        chosen.try_for_each(|script| script.set_executable(executable))
    };
    match direction {
        Direction::Over => {
            let handed = hand(client, "take-over", &plan.tasks).await?;
            set(false)?;
            Ok(handed)
        }
        Direction::Back => {
            set(true)?;
            hand(client, "give-back", &plan.tasks).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bit_and_the_task_change_hands_together() {
        use Direction::{Back, Over};
        for (direction, mode, held, sets_bit, hands) in [
            (Over, 0o755, true, true, true),
            // Made executable again, by an upgrade of its package or because the command was interrupted.
            (Over, 0o755, false, true, true),
            (Over, 0o644, false, false, false),
            // Switched off by hand.
            (Over, 0o644, true, false, false),
            (Back, 0o644, false, true, true),
            (Back, 0o755, false, false, true),
            (Back, 0o755, true, false, false),
            (Back, 0o644, true, false, false),
        ] {
            let script = Script {
                line: 1,
                path: "/x".into(),
                mode,
            };
            let wanted = Step { sets_bit, hands };
            assert_eq!(
                step(direction, &script, held),
                wanted,
                "{direction:?} {mode:o} {held}"
            );
        }
    }
}

//! Asks for confirmation before something is deleted, or done to many things at once.

use std::io::{BufRead, IsTerminal, Write};

use clap::Args;

use super::{Failure, lang, sentence};

/// The option that answers the question in advance.
#[derive(Args, Clone, Debug)]
pub(super) struct Confirm {
    /// Do not ask for confirmation; required where stdin is not a terminal
    #[arg(short = 'y', long)]
    yes: bool,
}

impl Confirm {
    /// Asks at a terminal before something is deleted; elsewhere `--yes` is the answer.
    pub(super) fn ask(&self, question: &str) -> Result<(), Failure> {
        let (needed, cancelled) = lang().pick(
            (
                "删除需要确认：标准输入不是终端，请加 --yes",
                "已取消，什么都没有删除",
            ),
            (
                "deleting needs a confirmation: stdin is not a terminal, so add --yes",
                "cancelled; nothing was deleted",
            ),
        );
        self.ask_or(question, needed, cancelled)
    }

    /// The same with what is said without a terminal, and where the answer is no.
    pub(super) fn ask_or(
        &self,
        question: &str,
        needed: &str,
        cancelled: &str,
    ) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return Err(Failure::usage(needed));
        }
        let failed = |error: std::io::Error| Failure::error(sentence(&error));
        let question = question.replace(char::is_control, " ");
        let mut terminal = std::io::stderr();
        write!(terminal, "{question} [y/N]: ")
            .and_then(|()| terminal.flush())
            .map_err(failed)?;
        let mut answer = String::new();
        stdin.lock().read_line(&mut answer).map_err(failed)?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" | "是" => Ok(()),
            _ => Err(Failure::error(cancelled)),
        }
    }
}

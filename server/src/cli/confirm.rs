//! Asks for confirmation before something is deleted.

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
    /// Asks at a terminal; elsewhere `--yes` is the answer.
    pub(super) fn ask(&self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return Err(Failure::usage(lang().pick(
                "删除需要确认：标准输入不是终端，请加 --yes",
                "deleting needs a confirmation: stdin is not a terminal, so add --yes",
            )));
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
            _ => Err(Failure::error(lang().pick(
                "已取消，什么都没有删除",
                "cancelled; nothing was deleted",
            ))),
        }
    }
}

//! Sessions: why they are not ended.

use super::{Fault, Text, both};

/// What is wrong with a request to end sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.fault().1.en)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum SessionFault {
    /// The console has no sessions of its own, and names no account.
    NoAccount,
}

impl Fault for SessionFault {
    fn fault(&self) -> (&'static str, Text) {
        let text = both(
            "请写明账号：--user 用户名",
            "Specify the account: --user NAME",
        );
        ("required", text)
    }
}

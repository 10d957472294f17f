//! The rules on the execution of a task that need the database.

use app::backend::Answer;
use app::i18n::Lang;
use app::task::{Execution, TaskDraft};

use super::Service;

impl Service {
    /// The execution as it is stored; faults that `TaskDraft::check` tells are not told again.
    pub(super) async fn check_execution(&self, lang: Lang, draft: &TaskDraft) -> Answer<Execution> {
        Ok(draft.execution.read(lang, &mut Vec::new()))
    }
}

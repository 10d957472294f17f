//! Writes tasks as documents.

use app::auth::Action;
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::id::TaskId;
use app::task::{DOCUMENTS_MAX, TaskDocument, TaskState};

use super::apply::document_of;
use crate::error::OrInternal;
use crate::service::Service;
use crate::store::{FoundTasks, TaskSearch};
use crate::texts::files::FileRefusal;
use crate::texts::{Fault, Missing, Refusal};
use crate::yaml::{lean, write};

/// Which tasks are exported; all of them where nothing is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExportQuery {
    /// Words found in them, as in the list of tasks.
    pub q: String,
    /// Only those in this state.
    pub state: Option<TaskState>,
    /// Only those with exactly this tag.
    pub tag: Option<String>,
    /// Only these; empty for all.
    pub tasks: Vec<TaskId>,
}

/// Tasks as documents.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exported {
    /// Those that can be read, the oldest first.
    pub documents: Vec<TaskDocument>,
    /// Those whose rows cannot be.
    pub skipped: Vec<TaskId>,
    /// Why those cannot, a sentence for each, up to a number of them.
    pub why: Vec<String>,
}

/// The skipped tasks whose reasons are given.
const EXPLAINED_MAX: usize = 20;

impl Service {
    /// Documents as one text, which begins with the reasons why tasks are not in it.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn documents_as_yaml(&self, lang: Lang, exported: &Exported) -> Answer<String> {
        let mut text = String::new();
        for why in &exported.why {
            // A value from the database may hold line breaks.
            let why = why.replace(char::is_control, " ");
            text.extend(["# ", why.as_str(), "\n"]);
        }
        for (at, document) in exported.documents.iter().enumerate() {
            text.push_str(if at > 0 { "---\n" } else { "" });
            text.push_str(&write(&lean(document).or_internal(lang)?));
        }
        Ok(text)
    }

    /// Tasks as documents, the oldest first. Those whose rows cannot be read are skipped and named.
    ///
    /// # Errors
    /// When the caller lacks the right, there are too many, or one that is asked for by its id does not exist.
    pub async fn export_tasks(&self, caller: &Caller, query: &ExportQuery) -> Answer<Exported> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let search = TaskSearch::read(&query.q).map_err(|fault| fault.alone("q", lang))?;
        let found = self
            .store
            .tasks_matching(&search, query.state, DOCUMENTS_MAX + 1);
        let FoundTasks {
            mut tasks,
            mut damaged,
        } = found.await.or_internal(lang)?;
        if tasks.len() > DOCUMENTS_MAX {
            return Err(FileRefusal::TooManyTasks.answer(lang));
        }
        if let Some(tag) = &query.tag {
            tasks.retain(|task| task.tags.contains(tag));
        }
        if !query.tasks.is_empty() {
            tasks.retain(|task| query.tasks.contains(&task.id));
            damaged.retain(|id| query.tasks.contains(id));
            let is_missing =
                |id: &TaskId| tasks.iter().all(|task| task.id != *id) && !damaged.contains(id);
            if query.tasks.iter().any(is_missing) {
                return Err(Missing::Task.answer(lang));
            }
        }
        let batch = self.batch_of(lang, &tasks).await?;
        let document = |task: &app::task::Task| {
            document_of(&batch, &task.spec, self.draft_in(&batch, &task.spec))
        };
        let documents = tasks.iter().map(document).collect();
        let mut why = Vec::new();
        for id in damaged.iter().take(EXPLAINED_MAX) {
            why.extend(self.damage_words(lang, *id).await?);
        }
        Ok(Exported {
            documents,
            skipped: damaged,
            why,
        })
    }
}

//! Secrets (密钥): values that tasks are granted as environment variables and nobody can read back.

use serde::{Deserialize, Serialize};

use crate::id::{SecretId, TaskId};
use crate::time::Stamp;

/// A secret as everything outside sees it: without its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Its name, and that of the variable.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Tasks that get it.
    pub tasks: Vec<GrantedTask>,
    /// When it was entered.
    pub created_at: Stamp,
    /// When its value or its tasks were last changed.
    pub updated_at: Stamp,
}

/// A task that gets a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct GrantedTask {
    /// The task.
    pub id: TaskId,
    /// Its name.
    pub name: String,
}

/// Input for entering or changing a secret.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SecretDraft {
    /// A name fit for a variable: `DB_PASSWORD`.
    pub name: String,
    /// The value; when changing one, empty keeps it.
    pub value: String,
    /// What it is for.
    pub note: String,
    /// Ids or names of the tasks that get it.
    pub tasks: Vec<String>,
}

impl std::fmt::Debug for SecretDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretDraft")
            .field("name", &self.name)
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}

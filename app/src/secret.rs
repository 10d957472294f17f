//! Secrets (密钥): write-only values that tasks are granted as environment variables.

use serde::{Deserialize, Serialize};

use crate::id::{SecretId, TaskId};
use crate::time::Stamp;

/// A secret as clients see it: without its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Its name, which is also that of the variable.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Tasks that get it.
    pub tasks: Vec<GrantedTask>,
    /// When it was created.
    pub created_at: Stamp,
    /// When its value or its tasks were last changed.
    pub updated_at: Stamp,
    /// Counts its changes. An edit that refers to an older one is refused.
    pub version: i64,
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

impl GrantedTask {
    /// The form of a form line: the id identifies it, the name is for the reader.
    #[must_use]
    pub fn line(&self) -> String {
        format!("#{} {}", self.id, self.name)
    }
}

/// Input for creating or changing a secret.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SecretDraft {
    /// A valid name of a variable: `DB_PASSWORD`.
    pub name: String,
    /// The value; empty keeps it when changing one.
    pub value: String,
    /// What it is for.
    pub note: String,
    /// Ids or names of the tasks that get it.
    pub tasks: Vec<String>,
}

/// A change of a secret; what is absent stays as it is.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SecretChange {
    /// A new value.
    pub value: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// Ids or names of exactly the tasks that get it.
    pub tasks: Option<Vec<String>>,
    /// Ids or names of additional tasks that get it.
    pub grant: Vec<String>,
    /// Ids or names of tasks that lose it.
    pub revoke: Vec<String>,
}

impl std::fmt::Debug for SecretChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretChange")
            .field("tasks", &self.tasks)
            .field("grant", &self.grant)
            .field("revoke", &self.revoke)
            .finish_non_exhaustive()
    }
}

/// Length of a value in bytes: a shorter one cannot be distinguished from ordinary output, a longer one is a file.
pub const VALUE_BYTES: std::ops::RangeInclusive<usize> = 4..=32 * 1024;

/// Names with a meaning to every program, or reserved by the product.
const RESERVED: [&str; 6] = ["PATH", "HOME", "LANG", "USER", "LOGNAME", "SHELL"];

/// Why a text cannot be the name of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    /// Not 1–64 capital letters, digits and `_`, the first one a letter.
    Shape,
    /// It has a meaning to the system or to Jcrontab.
    Reserved,
}

impl NameFault {
    /// A sentence about the fault.
    #[must_use]
    pub const fn text(self, lang: crate::i18n::Lang) -> &'static str {
        match (self, lang) {
            (Self::Shape, crate::i18n::Lang::Zh) => {
                "名称就是环境变量名：大写字母开头，由大写字母、数字和 _ 组成，最多 64 个字符"
            }
            (Self::Shape, crate::i18n::Lang::En) => {
                "The name is that of the environment variable: capital letters, digits and _, starting with a letter, at most 64 characters"
            }
            (Self::Reserved, crate::i18n::Lang::Zh) => "这个变量由系统或 Jcrontab 使用，不能占用",
            (Self::Reserved, crate::i18n::Lang::En) => {
                "This variable is reserved for the system or for Jcrontab"
            }
        }
    }
}

/// Checks that a text can be the name of a secret, which is that of the variable.
///
/// # Errors
/// Why it cannot.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    let shaped = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_');
    if !shaped {
        return Err(NameFault::Shape);
    }
    // LD_PRELOAD and the like decide which code runs.
    if RESERVED.contains(&name) || name.starts_with("LD_") || name.starts_with("JCRONTAB_") {
        return Err(NameFault::Reserved);
    }
    Ok(())
}

impl std::fmt::Debug for SecretDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretDraft")
            .field("name", &self.name)
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{NameFault, SecretChange, SecretDraft, check_name};

    #[test]
    fn names_are_fit_for_variables() {
        let long = "A".repeat(65);
        for name in ["DB_PASSWORD", "A", "K8S_TOKEN_2", &long[..64]] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in [
            "", "db", "1A", "_A", "A-B", "A B", "A=B", "Ä", "A\n", "密钥", &long,
        ] {
            assert_eq!(check_name(name), Err(NameFault::Shape), "{name}");
        }
        for name in ["PATH", "HOME", "LD_PRELOAD", "LD_", "JCRONTAB_TASK_ID"] {
            assert_eq!(check_name(name), Err(NameFault::Reserved), "{name}");
        }
    }

    #[test]
    fn debug_output_contains_no_value() {
        let draft = SecretDraft {
            value: "hunter22".to_owned(),
            ..SecretDraft::default()
        };
        let change = SecretChange {
            value: Some("hunter22".to_owned()),
            ..SecretChange::default()
        };
        for text in [format!("{draft:?}"), format!("{change:?}")] {
            assert!(!text.contains("hunter22"), "{text}");
        }
    }
}

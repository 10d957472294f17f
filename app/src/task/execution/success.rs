//! Requirements on a run's output, in addition to how the run ended.

use serde::{Deserialize, Serialize};

use crate::i18n::Lang;

/// The longest text, in characters.
pub const SUCCESS_TEXT_MAX: usize = 200;

/// Texts that decide whether a run that exited with 0 has succeeded: they are searched in everything that a command
/// writes to either output, or in the body of an HTTP answer. Case-sensitive. Input and stored form are the same.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SuccessWhen {
    /// The output must contain this; empty for no such rule. At most 200 characters.
    pub must_contain: String,
    /// The output must not contain this; empty for no such rule. At most 200 characters.
    pub must_not_contain: String,
}

impl SuccessWhen {
    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.must_contain.is_empty() && self.must_not_contain.is_empty()
    }

    /// In words, a sentence for each rule.
    #[must_use]
    pub(super) fn describe(&self, lang: Lang) -> Vec<String> {
        let Self {
            must_contain,
            must_not_contain,
        } = self;
        let needed = (!must_contain.is_empty()).then(|| {
            lang.pick(
                format!("输出中包含“{must_contain}”才算成功"),
                format!("Fails unless its output contains \"{must_contain}\""),
            )
        });
        let banned = (!must_not_contain.is_empty()).then(|| {
            lang.pick(
                format!("输出中出现“{must_not_contain}”即算失败"),
                format!("Fails if its output contains \"{must_not_contain}\""),
            )
        });
        needed.into_iter().chain(banned).collect()
    }
}

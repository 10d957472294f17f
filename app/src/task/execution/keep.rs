//! How long the history of one task is kept.

use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::retention::Retention;

/// How long the history of one task is kept; `null` is as for all tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Keep {
    /// Days that its runs and planned runs are kept, counted from their end.
    pub days: Option<i64>,
    /// Its newest runs that are kept.
    pub runs: Option<i64>,
    /// MiB of output that its kept runs may have written.
    pub output_mib: Option<i64>,
}

impl Keep {
    /// The policy of all tasks with the limits of this one.
    #[must_use]
    pub fn over(self, policy: &Retention) -> Retention {
        Retention {
            run_days: self.days.or(policy.run_days),
            runs: self.runs.or(policy.runs),
            output_mib: self.output_mib.or(policy.output_mib),
            ..policy.clone()
        }
    }

    /// In words; `None` where it is as for all tasks.
    #[must_use]
    pub fn describe(self, lang: Lang) -> Option<String> {
        let parts = [
            self.days
                .map(|days| lang.pick(format!("{days} 天"), format!("{days} days"))),
            self.runs
                .map(|runs| lang.pick(format!("{runs} 次执行"), format!("{runs} runs"))),
            self.output_mib
                .map(|mib| lang.pick(format!("{mib} MiB 输出"), format!("{mib} MiB of output"))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| {
            let parts = parts.join(lang.pick("、", ", "));
            lang.pick(
                format!("历史最多保留 {parts}"),
                format!("Keeps at most {parts}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_a_task_come_before_those_of_all() {
        let policy = Retention::default();
        assert_eq!(Keep::default().over(&policy), policy);
        assert_eq!(Keep::default().describe(Lang::En), None);
        let keep = Keep {
            days: Some(7),
            ..Keep::default()
        };
        let own = keep.over(&policy);
        assert_eq!((own.run_days, own.runs), (Some(7), policy.runs));
        let words = keep.describe(Lang::En);
        assert_eq!(words.as_deref(), Some("Keeps at most 7 days"));
    }
}

//! What a person should know of a task that was saved as it stands, and is hardly meant so.

use app::i18n::Lang;
use app::page::PreviewRequest;
use app::schedule::{Schedule, ScheduleSpec};
use app::task::Task;
use app::task::execution::env_warnings;

use super::super::Service;
use super::super::preview::{Basis, preview};

/// Starts that are looked for: whether there is one at all.
const STARTS: u32 = 1;

impl Service {
    /// The warnings of a task: those of its schedules, as the form shows them, that nothing is to
    /// come, and those of its variables.
    #[must_use]
    pub fn task_warnings(&self, lang: Lang, task: &Task) -> Vec<String> {
        let time = |at: Option<app::time::Stamp>| at.map(|at| at.rfc3339()).unwrap_or_default();
        let request = PreviewRequest {
            schedules: task.schedules.iter().map(Schedule::draft).collect(),
            task_id: Some(task.id),
            tags: task.tags.clone(),
            zone: task.zone.clone(),
            starts_at: time(task.starts_at),
            ends_at: time(task.ends_at),
            count: Some(STARTS),
            ..PreviewRequest::default()
        };
        let basis = Basis {
            default_zone: &self.default_zone,
            rules: &self.almanac.snapshot(),
            patterns: &self.patterns,
            now: self.clock.now(),
            starts: STARTS,
            left_out: 0,
        };
        let mut warnings = Vec::new();
        // What was saved has no faults; a zone that the data has lost since is told elsewhere.
        if let Ok(preview) = preview(lang, &request, &basis, Some(task)) {
            warnings = preview.warnings;
            let told = task.schedules.iter().any(|schedule| {
                let spec = ScheduleSpec::parse(&schedule.spec);
                // It fires when the server starts, or its own warning says that it never does.
                matches!(spec, Ok(ScheduleSpec::Startup))
            });
            if preview.next.is_empty() && !told {
                warnings.extend(self.nothing_to_come(lang, task));
            }
        }
        warnings.extend(env_warnings(&task.execution.env, lang));
        warnings
    }

    fn nothing_to_come(&self, lang: Lang, task: &Task) -> Option<String> {
        let now = self.clock.now();
        let over = task.ends_at.is_some_and(|end| end.0 < now);
        let once = |schedule: &Schedule| {
            let spec = ScheduleSpec::parse(&schedule.spec);
            matches!(spec, Ok(ScheduleSpec::Once { .. }))
        };
        let text = if over {
            lang.pick(
                "截止时间已经过去，这个任务不会再执行",
                "The end of its window lies in the past: it will not run",
            )
        } else if task.schedules.iter().all(once) {
            lang.pick(
                "指定的时间已经过去，这个任务不会执行",
                "Its time lies in the past: it will not run",
            )
        } else {
            return None;
        };
        Some(text.to_owned())
    }
}

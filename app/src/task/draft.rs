//! The input for a task, and its validation.
//!
//! Everything is text as typed, so that a form with faults is returned exactly as it was sent. [`TaskDraft::parse`]
//! parses it once; the server checks rules that need zone tables or the database (zone known, name free) on the
//! result.

mod inputs;
mod reading;
#[cfg(test)]
mod tests;
pub(super) mod text;

use serde::{Deserialize, Serialize};

use super::execution::ExecutionDraft;
#[cfg(any(test, feature = "fixtures"))]
use super::execution::HttpDraft;
use super::lists::{entries, owners};
use super::tickets::TicketDraft;
use super::{Mode, Notes, PAUSE_AFTER_MAX, RUNBOOK_MAX_CHARS, TaskSpec};
use crate::duration::format_duration;
use crate::error::FieldError;
use crate::i18n::Lang;
use crate::schedule::{MissedDraft, Named, Schedule, ScheduleDraft};
use crate::time::Stamp;
use inputs::inputs;
use reading::Reading;
pub(super) use reading::too_long;
#[cfg(feature = "ssr")]
use text::TextOrNumber;
use text::or_number;

inputs! {
    /// Input for creating or replacing a task.
    #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(default)]
    draft TaskDraft;
    /// The definition of a task as a file says it. What is absent has its default.
    #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
    #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
    #[serde(default)]
    document TaskDocument;
    both {
        /// 工作内容; in files its identity: a document with a new name is a new task.
        name: String,
        /// 称呼.
        nickname: String,
        /// 负责人.
        owners: Vec<String>,
        /// Labels.
        tags: Vec<String>,
        /// 工作模式; absent means `command`.
        mode: Mode,
        /// IANA zone; empty means the server's default zone.
        zone: String,
        /// 工作周期, for a task with one plain schedule: short for `schedules` with only that. Empty if `schedules` is given.
        cron: String,
        /// All schedules for work.
        schedules: Vec<ScheduleDraft>,
        /// 催单工作周期; empty for none.
        urge_cron: String,
        /// The command.
        command: String,
    }
    draft {
        /// 是否开启催单.
        urging: bool,
        /// Channel id; `None` for no messages.
        channel_id: Option<i64>,
        /// Address of a chat robot, which makes a channel of the task's own, in the place of `channel_id`; empty for none.
        /// It is a secret and never shown again. Its kind is recognised by the address.
        robot: String,
        /// The secret with which a robot of DingTalk or Feishu is signed; empty for none.
        robot_secret: String,
    }
    document {
        /// Name of the channel for its messages; empty for no messages.
        channel: String,
    }
    both {
        /// RFC 3339, or `YYYY-MM-DD[ T]HH:MM[:SS]` in the task's zone; empty for none.
        starts_at: String,
        /// Like `starts_at`.
        ends_at: String,
        /// `30s`, `5m`, `2h`, `1d` or plain seconds, which may be a number; empty for none.
        #[serde(deserialize_with = "or_number")]
        #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
        timeout: String,
        /// Failures in a row after which it pauses, 1–1,000, also as a number; empty for never.
        #[serde(deserialize_with = "or_number")]
        #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
        pause_after_failures: String,
        /// Each run is announced this long ahead: `30m`, `1d` or plain seconds, which may be a number, from 1m to 7d;
        /// empty for no announcement.
        #[serde(deserialize_with = "or_number")]
        #[cfg_attr(feature = "ssr", schema(value_type = TextOrNumber))]
        notice_before: String,
        /// What to do with missed firings.
        missed: MissedDraft,
        /// How it is executed. The tasks that it waits for are named.
        execution: ExecutionDraft,
        /// Which tickets it opens, and how people are asked.
        tickets: TicketDraft,
        /// 处理预案: what to do when it fails, as text or as a link.
        runbook: String,
    }
}

/// A parsed draft.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The definition. What only the server can look up has to be filled in later: the default zone, the window, and
    /// the tasks that it waits for. A faulty part has its default.
    pub spec: TaskSpec,
    /// All faults found so far.
    pub faults: Vec<FieldError>,
    /// Times and calendars that the schedules name.
    pub named: Named,
}

impl Parsed {
    /// Whether no fault of a field was found.
    #[must_use]
    pub fn is_fine(&self, field: &str) -> bool {
        self.faults.iter().all(|fault| fault.field != field)
    }

    /// The definition, if it has no faults.
    ///
    /// # Errors
    /// All faults.
    pub fn finish(self) -> Result<TaskSpec, Vec<FieldError>> {
        if self.faults.is_empty() {
            Ok(self.spec)
        } else {
            Err(self.faults)
        }
    }
}

impl TaskDraft {
    /// Parses the input, and finds all faults that can be found without a server.
    #[must_use]
    pub fn parse(&self, lang: Lang) -> Parsed {
        let mut reading = Reading {
            draft: self,
            lang,
            faults: Vec::new(),
            named: Named::default(),
        };
        let spec = TaskSpec {
            name: reading.name(),
            nickname: reading.nickname(),
            owners: reading.list("owners", &self.owners, owners(&self.owners)),
            tags: reading.list("tags", &self.tags, entries(&self.tags)),
            mode: self.mode,
            command: reading.command(),
            zone: self.zone.trim().to_owned(),
            schedules: reading.schedules(),
            urge_cron: reading.urge_cron(),
            urging: self.urging,
            channel_id: reading.channel_id(),
            starts_at: None,
            ends_at: None,
            timeout_seconds: reading.duration("timeout", &self.timeout),
            pause_after_failures: reading.number(
                "pause_after_failures",
                &self.pause_after_failures,
                1..=PAUSE_AFTER_MAX,
            ),
            notice_before_seconds: reading.notice_before(),
            missed: self.missed.read(lang, &mut reading.faults),
            execution: self.execution.read(lang, &mut reading.faults).shared(),
            tickets: reading.tickets(),
            notes: Notes {
                runbook: reading.text("runbook", &self.runbook, RUNBOOK_MAX_CHARS),
            },
        };
        reading.check_together(&spec);
        Parsed {
            spec,
            faults: reading.faults,
            named: reading.named,
        }
    }

    /// The draft that would leave a definition unchanged. `local` writes an instant in its zone, and `execution` has
    /// the tasks that it waits for by name.
    #[must_use]
    pub fn of(spec: &TaskSpec, execution: ExecutionDraft, local: impl Fn(Stamp) -> String) -> Self {
        // Each by its name: a field that the form does not show is unused, which the compiler reports.
        let TaskSpec {
            name,
            nickname,
            owners,
            tags,
            mode,
            command,
            zone,
            schedules,
            urge_cron,
            urging,
            channel_id,
            starts_at,
            ends_at,
            timeout_seconds,
            pause_after_failures,
            notice_before_seconds,
            missed,
            execution: _,
            tickets,
            notes: Notes { runbook },
        } = spec;
        Self {
            name: name.clone(),
            nickname: nickname.clone(),
            owners: owners.clone(),
            tags: tags.clone(),
            mode: *mode,
            command: command.clone(),
            zone: zone.clone(),
            cron: String::new(),
            schedules: schedules.iter().map(Schedule::draft).collect(),
            urge_cron: urge_cron.clone().unwrap_or_default(),
            urging: *urging,
            channel_id: channel_id.map(|id| id.0),
            // It is the channel above.
            robot: String::new(),
            robot_secret: String::new(),
            starts_at: starts_at.map(&local).unwrap_or_default(),
            ends_at: ends_at.map(&local).unwrap_or_default(),
            timeout: timeout_seconds.map(format_duration).unwrap_or_default(),
            pause_after_failures: pause_after_failures
                .map(|count| count.to_string())
                .unwrap_or_default(),
            notice_before: notice_before_seconds
                .map(format_duration)
                .unwrap_or_default(),
            missed: MissedDraft::of(missed),
            execution,
            tickets: tickets.as_ref().into(),
            runbook: runbook.clone(),
        }
    }

    /// The schedules as typed, without the empty lines of a form. The first one always exists.
    #[must_use]
    pub fn work_schedules(&self) -> Vec<ScheduleDraft> {
        let mut all: Vec<ScheduleDraft> = Vec::new();
        for (at, schedule) in self.schedules.iter().enumerate() {
            if at == 0 || !schedule.is_blank() {
                all.push(schedule.clone());
            }
        }
        if all.is_empty() {
            all.push(ScheduleDraft::default());
        }
        if !self.cron.trim().is_empty() && all.len() == 1 {
            all[0].spec.clone_from(&self.cron);
        }
        all
    }
}

#[cfg(any(test, feature = "fixtures"))]
impl TaskDraft {
    /// Every field that a task with a command can have, each in the form in which it is shown again; each by its name, so
    /// that a new field is set, too. What it names does not exist: a channel, a calendar, a pool, tasks.
    #[must_use]
    pub fn full() -> Self {
        let text = str::to_owned;
        Self {
            name: text("每一项"),
            nickname: text("小王"),
            owners: vec![text("张三"), text("李四")],
            tags: vec![text("db"), text("night")],
            mode: Mode::MessageCommand,
            zone: text("Asia/Shanghai"),
            cron: String::new(),
            schedules: vec![ScheduleDraft::full(), ScheduleDraft::plain("every 1h30m")],
            urge_cron: text("*/30 9-18 * * *"),
            command: text("echo 'a & b'"),
            urging: true,
            channel_id: Some(1),
            // It would be a channel in the place of the one above.
            robot: String::new(),
            robot_secret: String::new(),
            starts_at: text("2026-12-01T09:00"),
            ends_at: text("2027-12-01T09:00"),
            timeout: text("10m"),
            pause_after_failures: text("5"),
            notice_before: text("30m"),
            missed: MissedDraft {
                policy: text("all"),
                grace: text("2m"),
                max: text("7"),
                max_age: text("12h"),
            },
            execution: ExecutionDraft {
                // It would be in the place of the command.
                http: HttpDraft::default(),
                ..ExecutionDraft::full()
            },
            tickets: TicketDraft::full(),
            runbook: text("https://example.com/runbook"),
        }
    }
}

//! Sentences of the pages with values: times, durations, counts.

use super::Ui;
use crate::auth::Role;
use crate::channel::ChannelKind;
use crate::i18n::{Lang, plural};
use crate::occurrence::{MissReason, NotRun, SkipReason};
use crate::run::{RunState, Trigger, UnrunState};
use crate::task::{Mode, TaskState};

/// How far an instant is from now: `3 分钟前`, `in 2 h`. Negative seconds lie in the past.
#[must_use]
pub fn relative(lang: Lang, seconds: i64) -> String {
    let far = seconds.unsigned_abs();
    if far < 2 {
        return if seconds <= 0 {
            lang.pick("刚刚", "just now")
        } else {
            lang.pick("马上", "now")
        }
        .to_owned();
    }
    let (count, zh, en) = in_one_unit(far);
    match (lang, seconds < 0) {
        (Lang::Zh, true) => format!("{count} {zh}前"),
        (Lang::Zh, false) => format!("{count} {zh}后"),
        (Lang::En, true) => format!("{count} {en} ago"),
        (Lang::En, false) => format!("in {count} {en}"),
    }
}

/// Seconds in the largest suitable unit: the number, and the unit in Chinese and in English.
pub(super) const fn in_one_unit(seconds: u64) -> (u64, &'static str, &'static str) {
    match seconds {
        0..60 => (seconds, "秒", "s"),
        60..3600 => (seconds / 60, "分钟", "min"),
        3600..86_400 => (seconds / 3600, "小时", "h"),
        _ => (seconds / 86_400, "天", "d"),
    }
}

/// A duration in its two largest units: `320 ms`, `4.2 秒`, `3 min 12 s`.
#[must_use]
pub fn took(lang: Lang, millis: i64) -> String {
    let millis = millis.max(0);
    let seconds = millis / 1000;
    let (second, minute, hour) = lang.pick(("秒", "分", "小时"), ("s", "min", "h"));
    match seconds {
        0 => format!("{millis} {}", lang.pick("毫秒", "ms")),
        1..60 if millis % 1000 < 100 => format!("{seconds} {second}"),
        1..60 => format!("{seconds}.{} {second}", millis % 1000 / 100),
        60..3600 => format!("{} {minute} {} {second}", seconds / 60, seconds % 60),
        _ => format!("{} {hour} {} {minute}", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A number of bytes: `812 B`, `1.4 kB`, `3.2 MB`, `20.4 GB`.
#[must_use]
pub fn bytes(count: i64) -> String {
    let count = count.max(0);
    match count {
        0..1000 => format!("{count} B"),
        1000..1_000_000 => format!("{}.{} kB", count / 1000, count % 1000 / 100),
        1_000_000..10_000_000_000 => {
            format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000)
        }
        _ => format!(
            "{}.{} GB",
            count / 1_000_000_000,
            count % 1_000_000_000 / 100_000_000
        ),
    }
}

/// The overview's summary while tasks are failing.
#[must_use]
pub fn failing(lang: Lang, count: usize, more: bool) -> String {
    match (lang, more) {
        (Lang::Zh, false) => format!("{count} 个任务执行失败"),
        (Lang::Zh, true) => format!("至少 {count} 个任务执行失败"),
        (Lang::En, false) => format!("{count} {} failing", plural(count, "task is", "tasks are")),
        (Lang::En, true) => format!("At least {count} tasks are failing"),
    }
}

/// Tasks by state, below the summary.
#[must_use]
pub fn task_counts(lang: Lang, active: i64, paused: i64, closed: i64) -> String {
    lang.pick(
        format!("{active} 个启用 · {paused} 个暂停 · {closed} 个结单"),
        format!("{active} active · {paused} paused · {closed} closed"),
    )
}

/// An unknown state in the address.
#[must_use]
pub fn no_such_state(lang: Lang, state: &str) -> String {
    let state: String = state.chars().take(40).collect();
    lang.pick(
        format!("没有“{state}”这种状态"),
        format!("There is no state \"{state}\""),
    )
}

/// How many rows the list shows.
#[must_use]
pub fn shown(lang: Lang, count: usize, more: bool) -> String {
    match (lang, more) {
        (Lang::Zh, false) => format!("共 {count} 个"),
        (Lang::Zh, true) => format!("显示 {count} 个，后面还有更多"),
        (Lang::En, false) => format!("{count} shown"),
        (Lang::En, true) => format!("{count} shown, more follow"),
    }
}

/// The number of firings that one line covers.
#[must_use]
pub fn times(lang: Lang, count: i64) -> String {
    lang.pick(format!("× {count} 次"), format!("× {count}"))
}

/// The part of the output that was not stored.
#[must_use]
pub fn dropped(lang: Lang, dropped: i64, total: i64) -> String {
    let (dropped, total) = (bytes(dropped), bytes(total));
    lang.pick(
        format!("输出共 {total}，只保留了头尾，中间 {dropped} 没有保留。"),
        format!(
            "{total} of output; the beginning and the end were kept, {dropped} in between were not."
        ),
    )
}

/// The label of the duration bars.
#[must_use]
pub fn bars(lang: Lang, runs: usize, bad: usize, longest_ms: i64) -> String {
    let longest = took(lang, longest_ms);
    lang.pick(
        format!("最近 {runs} 次执行，{bad} 次不成功，最长 {longest}"),
        format!(
            "Last {runs} {}, {bad} not successful, longest {longest}",
            plural(runs, "run", "runs")
        ),
    )
}

/// The heading of a run's page.
#[must_use]
pub fn run_title(lang: Lang, id: i64) -> String {
    lang.pick(format!("执行 #{id}"), format!("Run #{id}"))
}

/// The label of a control in a table row: `立即执行：备份数据库`.
#[must_use]
pub fn for_task(lang: Lang, what: &str, name: &str) -> String {
    lang.pick(format!("{what}：{name}"), format!("{what}: {name}"))
}

/// The delay of a start.
#[must_use]
pub fn late(lang: Lang, millis: i64) -> String {
    let by = took(lang, millis);
    lang.pick(format!("晚 {by}"), format!("{by} late"))
}

/// Tasks that use a channel.
#[must_use]
pub fn tasks_using(lang: Lang, count: i64) -> String {
    lang.pick(
        format!("{count} 个任务"),
        format!("{count} {}", plural(count, "task", "tasks")),
    )
}

/// Messages that wait for a channel.
#[must_use]
pub fn messages_waiting(lang: Lang, count: i64) -> String {
    lang.pick(
        format!("{count} 条消息待发"),
        format!("{count} {} waiting", plural(count, "message", "messages")),
    )
}

/// For which channels a message stands in, and which message it replaces.
#[must_use]
pub fn instead_of(lang: Lang, channels: &[String], message: i64) -> String {
    lang.pick(
        format!("代渠道 {} 发送（消息 {message}）", channels.join("、")),
        format!(
            "In place of channel {} (message {message})",
            channels.join(", ")
        ),
    )
}

/// Which message is sent in the place of one that was given up.
#[must_use]
pub fn passed_to(lang: Lang, channel: &str, message: i64) -> String {
    lang.pick(
        format!("改由渠道 {channel} 发送（消息 {message}）"),
        format!("Sent by channel {channel} instead (message {message})"),
    )
}

/// Attempts a message took.
#[must_use]
pub fn attempts(lang: Lang, count: i32) -> String {
    lang.pick(
        format!("尝试 {count} 次"),
        format!("{count} {}", plural(count, "attempt", "attempts")),
    )
}

/// How many messages were given up.
#[must_use]
pub fn failed_messages(lang: Lang, count: i64) -> String {
    lang.pick(format!("{count} 条失败"), format!("{count} failed"))
}

impl Ui {
    /// The word for a task's state.
    #[must_use]
    pub const fn task_state(&self, state: TaskState) -> &'static str {
        match state {
            TaskState::Active => self.task_active,
            TaskState::Paused => self.task_paused,
            TaskState::Closed => self.task_closed,
        }
    }

    /// The word for a run's state.
    #[must_use]
    pub const fn run_state(&self, state: RunState) -> &'static str {
        match state {
            RunState::Waiting => self.run_waiting,
            RunState::Running => self.run_running,
            RunState::Sending => self.run_sending,
            RunState::Succeeded => self.run_succeeded,
            RunState::Failed => self.run_failed,
            RunState::TimedOut => self.run_timed_out,
            RunState::Killed => self.run_killed,
            RunState::Lost => self.run_lost,
        }
    }

    /// The word for a firing without a run.
    #[must_use]
    pub const fn unrun_state(&self, state: UnrunState) -> &'static str {
        match state {
            UnrunState::Skipped => self.unrun_skipped,
            UnrunState::Missed => self.unrun_missed,
        }
    }

    /// Why a firing did not run, as the beginning of a sentence without a full stop; an unknown code is shown
    /// unchanged. History, time line, explanations and messages all have their words from here.
    #[must_use]
    pub fn why(&self, code: &str) -> String {
        use NotRun::{Missed, Skipped};
        match NotRun::read(code) {
            Some(Skipped(SkipReason::Overlap)) => self.why_overlap,
            Some(Skipped(SkipReason::QueueFull)) => self.why_queue_full,
            Some(Skipped(SkipReason::Window)) => self.why_window,
            Some(Skipped(SkipReason::Dependency)) => self.why_dependency,
            Some(Skipped(SkipReason::Late)) => self.why_late,
            Some(Skipped(SkipReason::Paused)) => self.why_paused,
            Some(Skipped(SkipReason::Closed)) => self.why_closed,
            Some(Skipped(SkipReason::Changed)) => self.why_changed,
            Some(Skipped(SkipReason::Unreadable)) => self.why_unreadable,
            Some(Skipped(SkipReason::Calendar)) => self.why_calendar,
            Some(Skipped(SkipReason::Blackout)) => self.why_blackout,
            Some(Missed(MissReason::Down)) => self.why_down,
            Some(Missed(MissReason::TooLate)) => self.why_too_late,
            Some(Missed(MissReason::Clock)) => self.why_clock,
            None => code,
        }
        .to_owned()
    }

    /// Why a firing did not run, in the middle of a sentence.
    #[must_use]
    pub fn because(&self, code: &str) -> String {
        let why = self.why(code);
        let mut rest = why.chars();
        rest.next().map_or_else(String::new, |first| {
            first.to_lowercase().chain(rest).collect()
        })
    }

    /// The word for a trigger.
    #[must_use]
    pub const fn trigger_text(&self, trigger: Trigger) -> &'static str {
        match trigger {
            Trigger::Schedule => self.trigger_schedule,
            Trigger::Manual => self.trigger_manual,
            Trigger::CatchUp => self.trigger_catch_up,
        }
    }

    /// Name and explanation of a mode.
    #[must_use]
    pub const fn mode_text(&self, mode: Mode) -> (&'static str, &'static str) {
        match mode {
            Mode::Message => (self.mode_message, self.mode_message_help),
            Mode::MessageCommand => (self.mode_message_command, self.mode_message_command_help),
            Mode::Command => (self.mode_command, self.mode_command_help),
        }
    }

    /// Name and explanation of a role.
    #[must_use]
    pub const fn role_text(&self, role: Role) -> (&'static str, &'static str) {
        match role {
            Role::Viewer => (self.role_viewer, self.role_viewer_help),
            Role::Operator => (self.role_operator, self.role_operator_help),
            Role::Editor => (self.role_editor, self.role_editor_help),
            Role::Admin => (self.role_admin, self.role_admin_help),
        }
    }

    /// The word for a kind of channel.
    #[must_use]
    pub const fn channel_kind(&self, kind: ChannelKind) -> &'static str {
        match kind {
            ChannelKind::Wecom => self.kind_wecom,
            ChannelKind::Dingtalk => self.kind_dingtalk,
            ChannelKind::Feishu => self.kind_feishu,
            ChannelKind::Slack => self.kind_slack,
            ChannelKind::WecomBot => self.kind_wecom_bot,
            ChannelKind::DingtalkBot => self.kind_dingtalk_bot,
            ChannelKind::FeishuBot => self.kind_feishu_bot,
            ChannelKind::Telegram => self.kind_telegram,
            ChannelKind::Teams => self.kind_teams,
            ChannelKind::Email => self.kind_email,
            ChannelKind::Webhook => self.kind_webhook,
        }
    }
}

/// The proxy of a channel's messages if it is not the server's.
#[must_use]
pub fn by_proxy(lang: Lang, proxy: &str) -> String {
    if proxy == crate::channel::DIRECT {
        return lang.pick("不走代理", "without a proxy").to_owned();
    }
    lang.pick(format!("经代理 {proxy}"), format!("through {proxy}"))
}

#[cfg(test)]
mod tests {
    use super::{attempts, bars, bytes, failing, messages_waiting, relative, tasks_using, took};
    use crate::i18n::Lang;

    #[test]
    fn times_use_the_largest_suitable_unit() {
        let table = [
            (0, "刚刚", "just now"),
            (1, "马上", "now"),
            (-59, "59 秒前", "59 s ago"),
            (60, "1 分钟后", "in 1 min"),
            (-7200, "2 小时前", "2 h ago"),
            (3 * 86_400, "3 天后", "in 3 d"),
        ];
        for (seconds, zh, en) in table {
            assert_eq!(relative(Lang::Zh, seconds), zh);
            assert_eq!(relative(Lang::En, seconds), en);
        }
    }

    #[test]
    fn one_is_not_many() {
        let en = Lang::En;
        for (one, many) in [
            (tasks_using(en, 1), tasks_using(en, 2)),
            (attempts(en, 1), attempts(en, 2)),
            (failing(en, 1, false), failing(en, 2, false)),
            (messages_waiting(en, 1), messages_waiting(en, 2)),
            (bars(en, 1, 0, 5), bars(en, 2, 0, 5)),
        ] {
            let changed = one.replace('1', "2");
            assert!(changed != many, "{one} and {many}");
        }
        assert_eq!(tasks_using(en, 1), "1 task");
        assert_eq!(tasks_using(en, 0), "0 tasks");
        assert_eq!(tasks_using(Lang::Zh, 1), "1 个任务");
    }

    #[test]
    fn durations_and_sizes() {
        assert_eq!(took(Lang::En, 320), "320 ms");
        assert_eq!(took(Lang::En, 4_250), "4.2 s");
        assert_eq!(took(Lang::Zh, 40_000), "40 秒");
        assert_eq!(took(Lang::Zh, 192_000), "3 分 12 秒");
        assert_eq!(took(Lang::En, 7_500_000), "2 h 5 min");
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(1_450), "1.4 kB");
        assert_eq!(bytes(3_200_000), "3.2 MB");
        assert_eq!(bytes(20_400_000_000), "20.4 GB");
    }
}

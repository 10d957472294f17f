//! Texts about rules and about which messages a task would send.

use crate::i18n::{Lang, plural};
use crate::rule::{RuleAction, ScopeKind, Verdict};
use crate::task::TaskState;

crate::texts! {
    /// Texts about rules.
    RulesUi {
        rules: "通知规则" | "Notification rules",
        rules_text: "哪些事件发到哪个渠道：按标签、负责人或全部任务，可设免打扰和限频" | "Which events go to which channel: by tag, owner or all tasks, with quiet hours and rate limits",
        rules_empty: "没有通知规则。任务的消息发到它自己的通知渠道；要按标签或负责人多发一份，就添加一条规则。" | "No rules. Messages of a task go to its own channel; add a rule to send events of a tag or an owner elsewhere, too.",
        rules_of_task: "这个任务的通知规则" | "Rules of this task",
        rules_of_task_empty: "这个任务没有自己的规则。添加一条，把事件发到更多渠道，或关掉从标签、负责人规则继承来的通知。" | "This task has no rules of its own. Add one to send events to more channels, or to mute what it inherits.",
        all_rules: "全部规则" | "All rules",
        add_rule: "添加通知规则" | "Add a rule",
        change_rule: "修改通知规则" | "Change the rule",
        change: "修改" | "Change",
        delete_confirm: "删除后立即生效。" | "It takes effect at once.",
        scope: "适用范围" | "Applies to",
        scope_task: "单个任务" | "One task",
        scope_owner: "负责人的任务" | "Tasks of an owner",
        scope_tag: "带标签的任务" | "Tasks with a tag",
        scope_all: "全部任务" | "All tasks",
        scope_system: "系统事件" | "System events",
        value: "标签、负责人或任务编号" | "Tag, owner or task ID",
        value_hint: "适用范围为全部任务或系统事件时留空" | "Leave empty for all tasks and for system events",
        events: "事件" | "Events",
        channel: "发到" | "Channel",
        choose_channel: "请选择" | "Choose one",
        own_channel: "任务自己的渠道" | "Each task's own channel",
        action: "动作" | "Action",
        action_send: "发送" | "Send",
        action_mute: "不发送（覆盖范围更大的规则）" | "Mute (overrides rules with a wider scope)",
        template: "模板" | "Template",
        template_hint: "渠道的命名模板，例如 night；留空用该事件的模板" | "Name of a template of the channel, for example night; empty for the template of the event",
        name: "备注名" | "Name",
        limits: "限频与免打扰" | "Rate limit and quiet hours",
        throttle: "限频" | "At most one per",
        throttle_hint: "同一任务同一事件在这段时间内最多一条，例如 30m；被限的会计数，在下一条里说明" | "For the same task and event, for example 30m; what is held back is counted and stated in the next message",
        failures: "连续失败" | "Consecutive failures",
        failures_hint: "留空为每次；3 为只在连续第 3 次失败时；*/3 为每连续 3 次一条" | "Empty for each; 3 for the third one only; */3 for every third one",
        quiet_from: "免打扰开始" | "Quiet from",
        quiet_until: "免打扰结束" | "Quiet until",
        quiet_hint: "期间的消息到结束时再发，例如 22:00 到 08:00" | "Messages wait until the end, for example 22:00 to 08:00",
        quiet_zone: "免打扰时区" | "Zone of the quiet hours",
        quiet_zone_hint: "留空为服务器的时区" | "Leave empty for the server's time zone",
        quiet_calendar: "只在休息日免打扰" | "Only on days off in this calendar",
        quiet_calendar_hint: "填日历名，例如 cn；留空为每天" | "Name of a calendar, for example cn; empty for every day",
        urgent: "失败和丢失不受免打扰限制" | "Send failures and lost runs during quiet hours, too",
        enabled: "启用" | "Enabled",
        off: "已停用" | "Off",
        muted: "不发送" | "Muted",
        inherited: "继承" | "Inherited",
        default_of_channel: "任务的通知渠道，默认发送" | "The task's own channel, by default",
        read_again: "放弃我的修改，重新读取" | "Discard my changes and read it again",
        further: "更多渠道" | "Further channels",
        further_hint: "每个渠道收到勾选的事件；一个都不勾则收到默认事件。给主渠道也加一行，它就只收到这一行勾选的事件。" | "Each gets the events that are ticked; with none ticked, those that are sent by default. A row for the main channel replaces what that gets by default.",
        further_add: "添加渠道" | "Add a channel",
        further_none: "不使用" | "Not used",
        further_more: "再添加渠道" | "More channels",
        more_events: "更多事件" | "More events",
        notifications: "通知" | "Notifications",
        notifications_hint: "现在发生这些事件时，消息会发到哪里" | "Where a message would go if the event happened now",
        explain_paused: "任务已暂停：不按计划执行，下面的消息只会由手动执行引起。" | "The task is paused: nothing runs on schedule, so only manual runs cause these messages.",
        explain_closed: "任务已结单：不再执行，重新打开后才会有下面的消息。" | "The task is closed: nothing runs, so none of these messages is sent until it is reopened.",
        nowhere: "不发送：没有规则包含它" | "Not sent: no rule includes it",
        edit_rules: "设置这个任务的通知" | "Change notifications of this task",
        robot_unfold: "直接填群机器人地址" | "Use the address of a chat robot",
        robot ["robot" => "群机器人" | "the chat robot"]: "群机器人 Webhook 地址" | "Webhook address of a chat robot",
        robot_hint: "企业微信、钉钉、飞书、Slack 或 Teams。保存后代替上面的通知渠道，只给这个任务用，地址不再显示，任务删除时一并删除" | "WeCom, DingTalk, Feishu, Slack or Teams. Once saved it replaces the channel above, for this task only; it is not shown again and is deleted with the task",
        robot_again: "没有保存；出于安全，地址不在页面中保留，请重新粘贴" | "Not saved. For security the address is not kept in the page: paste it again",
        test_robot: "测试这个任务的机器人" | "Test the robot of this task",
        robot_secret ["robot_secret" => "群机器人" | "the chat robot"]: "机器人密钥" | "Secret of the robot",
        robot_secret_hint: "钉钉的加签密钥或飞书的签名密钥；没有则留空" | "Signing secret of DingTalk or Feishu; leave empty if there is none",
        of_task: "任务专用" | "Made for a task",
        in_use: "使用中，不能删除" | "In use, so it cannot be deleted",
        sent: "发送" | "Sent",
        held: "免打扰，推迟到" | "Quiet hours: waits until",
        throttled: "限频，直到" | "Held back until",
        other_failure: "等到设定的连续失败次数" | "Waits for the set number of consecutive failures",
    }
}

impl RulesUi {
    /// What kind of thing a rule is for.
    #[must_use]
    pub const fn scope_kind(&self, kind: ScopeKind) -> &'static str {
        match kind {
            ScopeKind::Task => self.scope_task,
            ScopeKind::Owner => self.scope_owner,
            ScopeKind::Tag => self.scope_tag,
            ScopeKind::All => self.scope_all,
            ScopeKind::System => self.scope_system,
        }
    }

    /// What a rule does.
    #[must_use]
    pub const fn rule_action(&self, action: RuleAction) -> &'static str {
        match action {
            RuleAction::Send => self.action_send,
            RuleAction::Mute => self.action_mute,
        }
    }

    /// What would become of a message.
    #[must_use]
    pub const fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Sent => self.sent,
            Verdict::Held => self.held,
            Verdict::Throttled => self.throttled,
            Verdict::OtherFailure => self.other_failure,
            Verdict::Muted => self.muted,
        }
    }
}

impl RulesUi {
    /// Why a task that is not active causes few messages or none; `None` for an active one.
    #[must_use]
    pub const fn explain_state(&self, state: TaskState) -> Option<&'static str> {
        match state {
            TaskState::Active => None,
            TaskState::Paused => Some(self.explain_paused),
            TaskState::Closed => Some(self.explain_closed),
        }
    }
}

/// The number of a further channel in the form of a task.
#[must_use]
pub fn further_no(lang: Lang, number: usize) -> String {
    lang.pick(format!("渠道 {number}"), format!("Channel {number}"))
}

/// How many rules use a channel.
#[must_use]
pub fn rules_using(lang: Lang, count: i64) -> String {
    match lang {
        Lang::Zh => format!("{count} 条规则"),
        Lang::En => format!("{count} {}", plural(count, "rule", "rules")),
    }
}

/// A rule by its name, or by its number.
#[must_use]
pub fn rule_name(lang: Lang, id: i64, name: &str) -> String {
    match name {
        "" => lang.pick(format!("规则 {id}"), format!("rule {id}")),
        name => name.to_owned(),
    }
}

/// How often a rule sends: part of a sentence.
#[must_use]
pub fn at_most_one_per(lang: Lang, length: &str) -> String {
    lang.pick(
        format!("每 {length} 最多一条"),
        format!("at most one per {length}"),
    )
}

/// Which of consecutive failures a rule sends, `3` or `*/3`: part of a sentence.
#[must_use]
pub fn only_failures(lang: Lang, failures: &str) -> String {
    match failures.strip_prefix("*/") {
        Some(step) => lang.pick(
            format!("连续失败每 {step} 次发一条"),
            format!("at every {step} consecutive failures"),
        ),
        None => lang.pick(
            format!("只在连续第 {failures} 次失败时"),
            format!("only at consecutive failure {failures}"),
        ),
    }
}

/// When messages wait: part of a sentence.
#[must_use]
pub fn quiet(lang: Lang, from: &str, until: &str, zone: &str, calendar: &str) -> String {
    let days = match calendar {
        "" => String::new(),
        name => lang.pick(
            format!("，仅 {name} 的休息日"),
            format!(" on days off of {name}"),
        ),
    };
    lang.pick(
        format!("{from}–{until}（{zone}）免打扰{days}"),
        format!("quiet {from}–{until} ({zone}){days}"),
    )
}

/// What is sent in quiet hours all the same: part of a sentence.
#[must_use]
pub fn urgent_in_quiet(lang: Lang) -> &'static str {
    lang.pick(
        "失败和丢失仍然发送",
        "failures and lost runs are sent then, too",
    )
}

/// The template that a rule chooses.
#[must_use]
pub fn template_named(lang: Lang, name: &str) -> String {
    lang.pick(format!("模板 {name}"), format!("template {name}"))
}

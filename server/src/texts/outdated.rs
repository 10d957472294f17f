//! Why a change is refused that was made from an older version: one sentence for everything that is edited.

use app::i18n::Lang;
use app::texts::Ui;
use app::texts::channels::ChannelsUi;
use app::texts::retention::RetentionUi;
use app::texts::rules::RulesUi;
use app::texts::tickets::TicketUi;

use super::{Refusal, Refused, Text, both, conflict};

/// What was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum ObjectKind {
    /// A channel.
    Channel,
    /// A rule about messages.
    Rule,
    /// A template of a channel.
    Template,
    /// A picture that follows messages.
    Picture,
    /// A summary.
    Summary,
    /// A concurrency pool.
    Pool,
    /// A calendar.
    Calendar,
    /// A blackout.
    Blackout,
    /// A default policy of urging.
    UrgeDefault,
    /// A secret.
    Secret,
    /// How long history is kept.
    Retention,
    /// An account.
    User,
    /// An on-call rota.
    Rota,
    /// A person with a zone or hours of their own.
    Person,
}

/// What was not done.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Attempt {
    /// What was entered was not saved.
    #[default]
    Save,
    /// Nothing was deleted.
    Delete,
}

impl Attempt {
    /// That it was not done, as the end of a sentence in Chinese and as one of its own in English.
    pub(super) fn not_done(self) -> Text {
        match self {
            Self::Save => both("所以没有保存", "Nothing was saved"),
            Self::Delete => both("所以没有删除", "It was not deleted"),
        }
    }

    /// What to do now.
    pub(super) const fn hint(self) -> (&'static str, &'static str) {
        match self {
            Self::Save => (
                "请核对；再次保存会以你填写的内容为准",
                "Review the changes; saving again overwrites them with yours",
            ),
            Self::Delete => (
                "请核对；仍要删除的话，刷新后再删一次",
                "Review the changes; to delete it all the same, reload and delete it again",
            ),
        }
    }
}

impl ObjectKind {
    /// The stable code of the refusal.
    const fn code(self) -> &'static str {
        match self {
            Self::Channel => "channel.outdated",
            Self::Rule => "rule.outdated",
            Self::Template => "template.outdated",
            Self::Picture => "picture.outdated",
            Self::Summary => "summary.outdated",
            Self::Pool => "pool.outdated",
            Self::Calendar => "calendar.outdated",
            Self::Blackout => "blackout.outdated",
            Self::UrgeDefault => "ticket_default.outdated",
            Self::Secret => "secret.outdated",
            Self::Retention => "retention.outdated",
            Self::User => "user.outdated",
            Self::Rota => "oncall.outdated",
            Self::Person => "person.outdated",
        }
    }

    /// What it is called.
    fn name(self) -> Text {
        match self {
            Self::Channel => both("这个渠道", "this channel"),
            Self::Rule => both("这条通知规则", "this rule"),
            Self::Template => both("这个模板", "this template"),
            Self::Picture => both("这张图片", "this picture"),
            Self::Summary => both("这个汇总", "this summary"),
            Self::Pool => both("这个并发池", "this pool"),
            Self::Calendar => both("这个日历", "this calendar"),
            Self::Blackout => both("这个停跑时段", "this blackout"),
            Self::UrgeDefault => both("这条默认催单策略", "this default policy"),
            Self::Secret => both("这个密钥", "this secret"),
            Self::Retention => both("历史保留的设置", "the retention policy"),
            Self::User => both("这个账号", "this account"),
            Self::Rota => both("这个值班表", "this rota"),
            Self::Person => both("这个人的时区与时段", "the hours of this person"),
        }
    }
}

/// Someone else has changed it since it was read, so nothing was saved or deleted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
pub struct Outdated {
    /// What.
    pub thing: ObjectKind,
    /// Its version now; 0 when it is not stored any more.
    pub version: i64,
    /// The fields in which it is not as entered, by their names in the API. Never their values: some are secret.
    pub differs: Vec<&'static str>,
    /// What was not done.
    pub attempt: Attempt,
}

impl Refusal for Outdated {
    fn refusal(&self) -> Refused {
        let (name, version, not_done) = (self.thing.name(), self.version, self.attempt.not_done());
        let (mut zh, mut en) = match version {
            0 => (
                format!("你打开之后，别人删除过{}，{}", name.zh, not_done.zh),
                format!(
                    "Someone else has deleted {} since you opened it. {}",
                    name.en, not_done.en
                ),
            ),
            _ => (
                format!(
                    "你打开之后，别人修改过{}，现在是第 {version} 版，{}",
                    name.zh, not_done.zh
                ),
                format!(
                    "Someone else has changed {} since you opened it; its version is now {version}. {}",
                    name.en, not_done.en
                ),
            ),
        };
        if !self.differs.is_empty() {
            let labels = |lang| {
                let labels = self.differs.iter();
                let labels = labels.map(|field| label_of(self.thing, field, lang));
                labels.collect::<Vec<_>>()
            };
            zh = format!("{zh}。与你填写的不同：{}", labels(Lang::Zh).join("、"));
            en = format!(
                "{en}. It differs from your input in: {}",
                labels(Lang::En).join(", ")
            );
        }
        let (hint_zh, hint_en) = self.attempt.hint();
        conflict(self.thing.code(), zh, en).hint(hint_zh, hint_en)
    }
}

/// The label of a field in the forms.
fn label_of(thing: ObjectKind, field: &'static str, lang: Lang) -> &'static str {
    let (ui, words, rules) = (Ui::of(lang), ChannelsUi::of(lang), RulesUi::of(lang));
    let (tickets, retention) = (TicketUi::of(lang), RetentionUi::of(lang));
    match field {
        "name" => ui.name,
        "kind" => ui.channel_kind,
        "url" => ui.channel_url,
        "proxy" => ui.channel_proxy,
        "lang" => words.lang,
        "chat" => words.chat,
        "method" => words.method,
        "expect" => words.expect,
        "user" => words.user,
        "from" => words.from,
        "to" => words.to,
        "tls" => words.tls,
        "format" => words.format,
        "brief" => words.brief,
        "fallback" => words.fallback,
        "scope" => rules.scope,
        "events" => rules.events,
        "action" => rules.action,
        "template" => rules.template,
        "throttle" => rules.throttle,
        "failures" => rules.failures,
        "quiet_from" => rules.quiet_from,
        "quiet_until" => rules.quiet_until,
        "quiet_zone" => rules.quiet_zone,
        "quiet_calendar" => rules.quiet_calendar,
        "urgent" => rules.urgent,
        "role" => ui.role,
        "zone" => ui.zone,
        "tags" => ui.tags,
        "slots" => lang.pick("名额", "Slots"),
        "source_url" => lang.pick("来源网址", "Source URL"),
        "starts_at" => lang.pick("开始时间", "Start"),
        "ends_at" => lang.pick("结束时间", "End"),
        "cron" => lang.pick("周期", "Schedule"),
        "duration" => lang.pick("时长", "Duration"),
        "policy" => lang.pick("处理方式", "Policy"),
        "disabled" => lang.pick("是否停用", "Disabled"),
        "note" => lang.pick("说明", "Note"),
        "value" => lang.pick("值", "Value"),
        "tasks" => lang.pick("任务", "Tasks"),
        "body" => words.template,
        "selection" => lang.pick("汇总范围", "Tasks covered"),
        "channel_id" => lang.pick("通知渠道", "Channel"),
        "people" => lang.pick("值班顺序", "People"),
        "since" => lang.pick("起算日", "Since"),
        "time" if thing == ObjectKind::Rota => lang.pick("交班时间", "Hand-over time"),
        "time" => lang.pick("发送时间", "Time"),
        "weekday" => lang.pick("星期", "Weekday"),
        "send_when_empty" => lang.pick("无内容时也发送", "Send when empty"),
        "enabled" => lang.pick("启用", "Enabled"),
        "first_after" => tickets.first_after,
        "every" => tickets.every,
        "factor" => tickets.factor,
        "min" => tickets.min,
        "max" => tickets.max,
        "hours_from" => tickets.hours_from,
        "hours_until" => tickets.hours_until,
        "calendar" => tickets.calendar,
        "max_urges" => tickets.max_urges,
        "expires_after" => tickets.expires_after,
        "ladder" => tickets.ladder,
        "stop" => tickets.stop,
        "quiet_done" => tickets.quiet_done,
        "run_days" => retention.run_days,
        "runs" => retention.runs,
        "output_mib" => retention.output_mib,
        "message_days" => retention.message_days,
        "audit_days" => retention.audit_days,
        "ticket_days" => retention.ticket_days,
        "count_days" => retention.count_days,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn each_thing_has_a_sentence_that_names_the_fields() {
        for thing in ObjectKind::iter() {
            for (version, attempt) in [0, 7].into_iter().zip(Attempt::iter()) {
                let outdated = Outdated {
                    thing,
                    version,
                    differs: vec!["name", "zone"],
                    attempt,
                };
                let answer = outdated.answer(Lang::En);
                assert_eq!(answer.code, thing.code());
                assert!(
                    answer.message.ends_with("in: Name, Time zone"),
                    "{answer:?}"
                );
                let named = answer.message.contains("version is now 7");
                assert_eq!(named, version == 7, "{answer:?}");
                let zh = outdated.answer(Lang::Zh);
                assert!(zh.message.contains(&thing.name().zh), "{zh:?}");
            }
        }
    }
}

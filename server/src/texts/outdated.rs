//! Why a change is refused that was made from an older version: one sentence for everything that is edited.

use app::i18n::Lang;
use app::texts::Ui;
use app::texts::channels::ChannelsUi;
use app::texts::rules::RulesUi;

use super::{Refusal, Refused, Text, both, conflict};

/// What was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Thing {
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
    /// A secret.
    Secret,
    /// An account.
    User,
}

impl Thing {
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
            Self::Secret => "secret.outdated",
            Self::User => "user.outdated",
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
            Self::Secret => both("这个密钥", "this secret"),
            Self::User => both("这个账号", "this account"),
        }
    }
}

/// Someone else has changed it since it was read, so nothing was saved.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.refusal().message.en)]
pub struct Outdated {
    /// What.
    pub thing: Thing,
    /// Its version now; 0 when it is not stored any more.
    pub version: i64,
    /// The fields in which it is not as entered, by their names in the API. Never their values: some are secret.
    pub differs: Vec<&'static str>,
}

impl Refusal for Outdated {
    fn refusal(&self) -> Refused {
        let (name, version) = (self.thing.name(), self.version);
        let (mut zh, mut en) = match version {
            0 => (
                format!("你打开之后，别人删除过{}，所以没有保存", name.zh),
                format!(
                    "Someone else has deleted {} since you opened it. Nothing was saved",
                    name.en
                ),
            ),
            _ => (
                format!(
                    "你打开之后，别人修改过{}，现在是第 {version} 版，所以没有保存",
                    name.zh
                ),
                format!(
                    "Someone else has changed {} since you opened it; its version is now {version}. \
                     Nothing was saved",
                    name.en
                ),
            ),
        };
        if !self.differs.is_empty() {
            let labels = |lang| {
                let labels = self.differs.iter().map(|field| label_of(field, lang));
                labels.collect::<Vec<_>>()
            };
            zh = format!("{zh}。与你填写的不同：{}", labels(Lang::Zh).join("、"));
            en = format!(
                "{en}. It differs from your input in: {}",
                labels(Lang::En).join(", ")
            );
        }
        conflict(self.thing.code(), zh, en).hint(
            "请核对；再次保存会以你填写的内容为准",
            "Review the changes; saving again overwrites them with yours",
        )
    }
}

/// The label of a field in the forms.
fn label_of(field: &'static str, lang: Lang) -> &'static str {
    let (ui, words, rules) = (Ui::of(lang), ChannelsUi::of(lang), RulesUi::of(lang));
    match field {
        "name" => ui.name,
        "kind" => ui.channel_kind,
        "url" => ui.channel_url,
        "proxy" => ui.channel_proxy,
        "lang" => words.lang,
        "chat" => words.chat,
        "method" => words.method,
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
        "time" => lang.pick("发送时间", "Time"),
        "weekday" => lang.pick("星期", "Weekday"),
        "send_when_empty" => lang.pick("无内容时也发送", "Send when empty"),
        "enabled" => lang.pick("启用", "Enabled"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn each_thing_has_a_sentence_that_names_the_fields() {
        for thing in Thing::iter() {
            for version in [0, 7] {
                let outdated = Outdated {
                    thing,
                    version,
                    differs: vec!["name", "zone"],
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

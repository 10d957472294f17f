//! Rules as they are listed.

use app::i18n::Lang;
use app::message::Event;
use app::rule::{OWN_CHANNEL, OWN_CHANNEL_NAME, RuleAction, RuleView, ScopeKind};
use app::texts::rules::{
    RulesUi, at_most_one_per, only_failures, quiet as quiet_hours, urgent_in_quiet,
};
use axum::http::Method;

use super::super::calendar::typed;
use super::super::client::Client;
use super::super::print::{labelled, print_json, print_lines, print_table};
use super::super::when::here;
use super::super::{Failure, lang};

/// The rule in one line.
pub(super) fn summary(rule: &RuleView) -> String {
    let (id, scope, channel) = (rule.id, scope(rule), channel_of(rule));
    let events = events(rule);
    match rule.action {
        RuleAction::Send => lang().pick(
            format!("通知规则 {id}：{scope}，{events} 发到 {channel}"),
            format!("Rule {id}: {scope}, {events} to {channel}"),
        ),
        RuleAction::Mute => lang().pick(
            format!("通知规则 {id}：{scope}，{events} 不发到 {channel}"),
            format!("Rule {id}: {scope}, {events} not to {channel}"),
        ),
    }
}

/// What a rule is for: in words in Chinese, as a filter in English.
fn scope(rule: &RuleView) -> String {
    if lang() == Lang::Zh {
        let kind = RulesUi::of(Lang::Zh).scope_kind(rule.scope);
        let of = match rule.scope {
            ScopeKind::Task => rule.task_id.map(|id| format!("#{id}")).unwrap_or_default(),
            ScopeKind::Owner => rule.owner.clone(),
            ScopeKind::Tag => rule.tag.clone(),
            ScopeKind::All | ScopeKind::System => String::new(),
        };
        return format!("{kind} {of}").trim_end().to_owned();
    }
    match rule.scope {
        ScopeKind::Task => match rule.task_id {
            Some(id) => format!("task:{id}"),
            None => "task".to_owned(),
        },
        ScopeKind::Owner => format!("owner:{}", rule.owner),
        ScopeKind::Tag => format!("tag:{}", rule.tag),
        kind @ (ScopeKind::All | ScopeKind::System) => kind.as_str().to_owned(),
    }
}

/// Its events: names in Chinese, codes in English.
fn events(rule: &RuleView) -> String {
    if lang() == Lang::En {
        return rule.events.join(",");
    }
    let names: Vec<String> = rule
        .events
        .iter()
        .map(|code| Event::text(code, Lang::Zh))
        .collect();
    names.join("、")
}

fn channel_of(rule: &RuleView) -> String {
    match &rule.channel {
        // In the terminal as it is typed.
        _ if rule.channel_id == OWN_CHANNEL.0 => OWN_CHANNEL_NAME.to_owned(),
        Some(name) => name.clone(),
        None => format!("#{}", rule.channel_id),
    }
}

pub(super) async fn show(client: &Client, id: i64, json: bool) -> Result<(), Failure> {
    let path = format!("/api/v1/rules/{id}");
    let rule = client.call(Method::GET, &path, None).await?;
    if json {
        print_json(&rule);
    } else {
        print_lines(&lines(&typed(&rule)?));
    }
    Ok(())
}

fn lines(rule: &RuleView) -> Vec<String> {
    let lang = lang();
    let on = match rule.enabled {
        true => lang.pick("启用", "on"),
        false => lang.pick("停用", "off"),
    };
    let quiet = (!rule.quiet_from.is_empty()).then(|| {
        let (from, until, zone) = (&rule.quiet_from, &rule.quiet_until, &rule.quiet_zone);
        quiet_hours(lang, from, until, zone, &rule.quiet_calendar)
    });
    let urgent = rule.urgent.then(|| urgent_in_quiet(lang).to_owned());
    let throttle = (!rule.throttle.is_empty()).then(|| at_most_one_per(lang, &rule.throttle));
    let failures = (!rule.failures.is_empty()).then(|| only_failures(lang, &rule.failures));
    labelled([
        ("编号", "ID", Some(rule.id.to_string())),
        ("备注名", "Name", Some(rule.name.clone())),
        ("启用", "State", Some(on.to_owned())),
        ("范围", "Scope", Some(scope(rule))),
        ("任务", "Task", rule.task.clone()),
        (
            "动作",
            "Action",
            Some(RulesUi::of(lang).rule_action(rule.action).to_owned()),
        ),
        ("事件", "Events", Some(events(rule))),
        ("渠道", "Channel", Some(channel_of(rule))),
        ("限频", "Throttle", throttle),
        ("连续失败", "Failures", failures),
        ("免打扰", "Quiet hours", quiet),
        ("失败照发", "Urgent", urgent),
        ("模板", "Template", Some(rule.template.clone())),
        ("创建时间", "Created", Some(here(rule.created_at))),
        ("修改时间", "Changed", Some(here(rule.updated_at))),
    ])
}

pub(super) async fn list(client: &Client, path: &str, json: bool) -> Result<(), Failure> {
    let page = client.call(Method::GET, path, None).await?;
    if json {
        print_json(&page);
        return Ok(());
    }
    let rules: Vec<RuleView> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            let quiet = match rule.quiet_from.as_str() {
                "" => String::new(),
                from => format!(
                    "{from}-{} {} {}",
                    rule.quiet_until, rule.quiet_zone, rule.quiet_calendar
                ),
            };
            let urgent = lang().pick(
                if rule.urgent { "是" } else { "" },
                if rule.urgent { "yes" } else { "" },
            );
            vec![
                rule.id.to_string(),
                lang()
                    .pick(
                        if rule.enabled { "启用" } else { "停用" },
                        if rule.enabled { "on" } else { "off" },
                    )
                    .to_owned(),
                scope(rule),
                lang()
                    .pick(
                        RulesUi::of(Lang::Zh).rule_action(rule.action),
                        rule.action.as_str(),
                    )
                    .to_owned(),
                events(rule),
                channel_of(rule),
                rule.throttle.clone(),
                rule.failures.clone(),
                quiet.trim_end().to_owned(),
                rule.template.clone(),
                urgent.to_owned(),
                rule.name.clone(),
            ]
        })
        .collect();
    let heading = lang().pick(
        [
            "编号",
            "启用",
            "范围",
            "动作",
            "事件",
            "渠道",
            "限频",
            "连续失败",
            "免打扰",
            "模板",
            "失败照发",
            "备注名",
        ],
        [
            "ID", "ON", "SCOPE", "ACTION", "EVENTS", "CHANNEL", "THROTTLE", "FAILURES", "QUIET",
            "TEMPLATE", "URGENT", "NAME",
        ],
    );
    print_table(
        &heading,
        &rows,
        (
            "没有通知规则。添加：jcrontab rule add --channel 渠道 --event 事件",
            "No rules. Add one: jcrontab rule add --channel CHANNEL --event EVENT",
        ),
    );
    Ok(())
}

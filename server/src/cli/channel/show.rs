//! A channel with its settings, of which secrets are not shown.

use app::channel::ChannelField::{Brief, Format, Tls};
use app::channel::{Channel, OnOff};
use app::texts::Ui;

use super::super::calendar::typed;
use super::super::client::Client;
use super::super::print::{labelled, print_json, print_lines};
use super::super::when::here;
use super::super::{Failure, lang};
use super::find;

pub(super) async fn show(client: &Client, wanted: &str, json: bool) -> Result<(), Failure> {
    let channel = find(client, wanted).await?;
    if json {
        print_json(&channel);
    } else {
        print_lines(&lines(&typed(&channel)?));
    }
    Ok(())
}

fn lines(channel: &Channel) -> Vec<String> {
    let (lang, settings) = (lang(), &channel.settings);
    let some = |text: &str| Some(text.to_owned());
    let yes = |is: bool, words: (&'static str, &'static str)| {
        is.then(|| lang.pick(words.0, words.1).to_owned())
    };
    let kind = channel.kind;
    let has = |field| kind.has(field);
    labelled([
        ("编号", "ID", Some(channel.id.to_string())),
        ("名称", "Name", some(&channel.name)),
        ("类型", "Kind", some(Ui::of(lang).channel_kind(kind))),
        ("地址", "Address", some(&channel.url_masked)),
        (
            "密钥",
            "Secret",
            yes(settings.has_secret, ("已保存", "stored")),
        ),
        ("机器人 ID", "Bot", some(&settings.bot)),
        ("聊天 ID", "Chat", some(&settings.chat)),
        ("请求方法", "Method", some(&settings.method)),
        ("请求头", "Headers", Some(settings.headers.join(", "))),
        ("期望的响应", "Expected answer", some(&settings.expect)),
        ("用户名", "User", some(&settings.user)),
        ("发件人", "From", some(&settings.from)),
        ("收件人", "To", Some(settings.to.join(", "))),
        (
            "加密方式",
            "Encryption",
            has(Tls).then(|| settings.tls.as_str().to_owned()),
        ),
        (
            "信任的 CA 证书",
            "Trusted CA",
            yes(!settings.ca.is_empty(), ("已保存", "stored")),
        ),
        (
            "消息格式",
            "Format",
            has(Format).then(|| settings.format.as_str().to_owned()),
        ),
        (
            "失败速览",
            "Failure brief",
            has(Brief).then(|| match settings.brief {
                OnOff::On => lang.pick("附上", "on").to_owned(),
                OnOff::Off => lang.pick("不附", "off").to_owned(),
            }),
        ),
        (
            "消息语言",
            "Language",
            channel.lang.map(|lang| lang.tag().to_owned()),
        ),
        ("代理", "Proxy", channel.proxy.clone()),
        ("备用渠道", "Fallback", channel.fallback.clone()),
        (
            "所属任务",
            "Of task",
            channel.task_id.map(|id| format!("#{id}")),
        ),
        ("使用它的任务", "Tasks", Some(channel.tasks.to_string())),
        ("使用它的通知规则", "Rules", Some(channel.rules.to_string())),
        ("待发送", "Waiting", Some(channel.pending.to_string())),
        ("未送达", "Dead", Some(channel.dead.to_string())),
        (
            "故障起始",
            "Failing since",
            channel.failing_since.map(|since| {
                let since = here(since);
                match channel.refuses {
                    true => lang.pick(format!("{since}（对方拒收）"), format!("{since} (refused)")),
                    false => since,
                }
            }),
        ),
        (
            "最近的响应",
            "Last answer",
            channel
                .last_answer
                .as_deref()
                .map(|answer| answer.replace('\n', " ")),
        ),
        ("创建时间", "Created", Some(here(channel.created_at))),
    ])
}

//! What a text is sent as besides plain text: Markdown, an article, or a card (developer document 91770: markdown
//! 类型, 图文类型, 文本通知模版卡片). Only text and Markdown mention people, and Markdown by ID only.

use app::channel::TextFormat;
use app::i18n::Lang;
use serde_json::{Value, json};

use super::super::At;
use super::super::fit::fit_written;
use super::super::mention::{at as named, is_everybody, is_member, members_and_mobiles, plain};
use crate::store::OutboxItem;
use crate::template::markdown;
use crate::text::{floor, head, one_line};

/// Bytes of Markdown.
const MARKDOWN_MAX: usize = 4096;
/// Bytes of an article's title, and of its description.
const NEWS_MAX: (usize, usize) = (128, 512);
/// Characters of a card's title, of the line below it, and of its text, which clients show.
const CARD_MAX: (usize, usize, usize) = (26, 30, 112);

/// The body of a message in a format; `None` where it goes as plain text. An article and a card need a link.
pub(super) fn body(format: TextFormat, item: &OutboxItem, at: At<'_>) -> Option<Value> {
    let url = at.made.url.as_str();
    match format {
        TextFormat::Text => None,
        TextFormat::Markdown => Some(json!({
            "msgtype": "markdown",
            "markdown": { "content": content(item, at) },
        })),
        TextFormat::News | TextFormat::TemplateCard if url.is_empty() => None,
        TextFormat::News => {
            let (title, rest) = parts(&item.body);
            Some(json!({
                "msgtype": "news",
                "news": { "articles": [{
                    "title": clip(&title, NEWS_MAX.0),
                    "description": clip(rest, NEWS_MAX.1),
                    "url": url,
                }] },
            }))
        }
        TextFormat::TemplateCard => Some(card(item, url, at.lang)),
    }
}

/// The text with a link and the people to mention below it: only the text is cut.
pub(in super::super) fn content(item: &OutboxItem, at: At<'_>) -> String {
    let mut below = String::new();
    if !at.made.templated && !at.made.url.is_empty() {
        let label = at.lang.pick("查看详情", "Details");
        below = format!("\n[{label}]({})", at.made.url);
    }
    let (members, mobiles) = members_and_mobiles(&item.mentions);
    let members = members.into_iter().map(|name| match plain(name) {
        id if is_id(id) => format!("<@{id}>"),
        _ => markdown(&named(name)),
    });
    let mobiles = mobiles.iter().map(|number| named(number));
    let people: Vec<String> = members.chain(mobiles).collect();
    if !people.is_empty() {
        below = format!("{below}\n{}", people.join(" "));
    }
    let room = MARKDOWN_MAX.saturating_sub(below.len());
    // Escaped after the cut, which counts the bytes of the text itself.
    let formatted = |text: &str| match at.made.templated {
        true => text.to_owned(),
        false => {
            let (title, rest) = parts(text);
            format!("**{}**\n{}", markdown(&title), markdown(rest))
        }
    };
    let text = fit_written(item.body.trim_end(), room, at.lang, formatted);
    format!("{}{}", text.trim_end(), clip(&below, MARKDOWN_MAX))
}

/// Whether a name can be the ID of a member.
pub(super) fn is_id(name: &str) -> bool {
    !is_everybody(name) && is_member(name)
}

fn card(item: &OutboxItem, url: &str, lang: Lang) -> Value {
    let (line, rest) = parts(&item.body);
    let (title, verdict) = name_and_verdict(&line);
    let title = shortened(title, CARD_MAX.0);
    let mut rest = rest.trim().to_owned();
    if title.ends_with('…') {
        // The whole name, where a longer text has room.
        rest = format!("{line}\n{rest}").trim_end().to_owned();
    }
    let mut card = json!({
        "card_type": "text_notice",
        "main_title": { "title": title, "desc": shortened(verdict, CARD_MAX.1) },
        "jump_list": [{ "type": 1, "url": url, "title": lang.pick("查看详情", "Details") }],
        "card_action": { "type": 1, "url": url },
    });
    let rest = head(&rest, CARD_MAX.2);
    if !rest.is_empty() {
        card["sub_title_text"] = json!(rest);
    }
    json!({ "msgtype": "template_card", "template_card": card })
}

/// The first line of a message apart: event and task, and what it says at a glance, such as the exit code. A line that a
/// card's title has room for stays whole.
fn name_and_verdict(line: &str) -> (&str, &str) {
    if line.chars().count() <= CARD_MAX.0 {
        return (line, "");
    }
    let at = ["：", ": "]
        .iter()
        .filter_map(|colon| Some((line.find(colon)?, colon.len())))
        .min();
    at.map_or((line, ""), |(at, colon)| (&line[..at], &line[at + colon..]))
}

/// The start of a text of at most so many characters; `…` says that there was more.
fn shortened(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    format!("{}…", head(text, max - 1))
}

/// The first line of a text, and the others.
fn parts(text: &str) -> (String, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    (one_line(first).trim().to_owned(), rest)
}

/// The start of a text within so many bytes, between characters.
pub(super) fn clip(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = floor(text, max.saturating_sub('…'.len_utf8()));
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use app::id::{ChannelId, MessageId, TaskId};
    use app::message::{Event, MessageKind};
    use chrono::DateTime;

    use super::*;
    use crate::messages::MessageMeta;

    fn item(body: &str) -> OutboxItem {
        OutboxItem {
            id: MessageId(7),
            channel_id: ChannelId(3),
            kind: MessageKind::Text,
            event: Event::Failed,
            body: body.to_owned(),
            facts: None,
            mentions: ["@ann", "13800138000", "@all", "张三"]
                .map(str::to_owned)
                .to_vec(),
            task_id: TaskId(1),
            run_id: None,
            attempts: 1,
            limited: 0,
            created_at: DateTime::UNIX_EPOCH,
            stand_in: None,
            template: None,
        }
    }

    fn sent(format: TextFormat, body_text: &str, templated: bool, url: &str) -> Option<Value> {
        let made = MessageMeta {
            templated,
            url: url.to_owned(),
            ..MessageMeta::default()
        };
        let at = At {
            now: DateTime::UNIX_EPOCH,
            lang: Lang::Zh,
            made: &made,
        };
        body(format, &item(body_text), at)
    }

    const URL: &str = "https://cron.example.com/runs/1";

    #[test]
    fn markdown_mentions_members_by_id_and_fits() {
        let body =
            sent(TextFormat::Markdown, "【失败】a\n<@all> [x](y)", false, URL).expect("a body");
        assert_eq!(
            body["markdown"]["content"],
            "**【失败】a**\n＜@all＞ ［x］(y)\n[查看详情](https://cron.example.com/runs/1)\n<@ann> @all @张三 @13800138000"
        );
        let own = sent(TextFormat::Markdown, "# a <@bo>", true, URL).expect("a body");
        let own = own["markdown"]["content"]
            .as_str()
            .expect("a text")
            .to_owned();
        assert!(own.starts_with("# a <@bo>\n<@ann>"), "{own}");
        for letter in ["a", "短", "🙂", "<", "*", "\n"] {
            for templated in [true, false] {
                let long = letter.repeat(9_000);
                let body = sent(TextFormat::Markdown, &format!("x{long}x"), templated, URL)
                    .expect("a body");
                let content = body["markdown"]["content"].as_str().expect("a text");
                assert!(content.len() <= 4096, "{letter:?}: {}", content.len());
                assert!(content.ends_with("@13800138000"), "{letter:?}");
            }
        }
    }

    #[test]
    fn a_card_keeps_the_verdict_of_a_long_name() {
        let name = "名".repeat(40);
        let text = format!("【执行失败】{name}：退出码 3，用时 83.4 秒\n时间：…");
        let card = sent(TextFormat::TemplateCard, &text, false, URL).expect("a card");
        let card = &card["template_card"];
        assert_eq!(card["main_title"]["desc"], "退出码 3，用时 83.4 秒");
        assert_eq!(
            card["main_title"]["title"],
            format!("【执行失败】{}…", "名".repeat(19))
        );
        let below = card["sub_title_text"].as_str().expect("a text");
        assert!(
            below.starts_with(&format!("【执行失败】{name}：")),
            "{below}"
        );
        let short = sent(
            TextFormat::TemplateCard,
            "【执行失败】备份：退出码 3",
            false,
            URL,
        );
        let short = &short.expect("a card")["template_card"]["main_title"];
        assert_eq!(
            (&short["title"], &short["desc"]),
            (&json!("【执行失败】备份：退出码 3"), &json!(""))
        );
    }

    #[test]
    fn an_article_and_a_card_have_a_link_and_fit() {
        for format in [TextFormat::News, TextFormat::TemplateCard] {
            assert_eq!(sent(format, "no link", false, ""), None, "as plain text");
        }
        let long = format!("【执行失败】{}\n{}", "名".repeat(100), "行\n".repeat(900));
        for text in [long.as_str(), "short"] {
            let news = sent(TextFormat::News, text, false, URL).expect("an article");
            let article = &news["news"]["articles"][0];
            assert!(
                article["title"]
                    .as_str()
                    .is_some_and(|title| (1..=128).contains(&title.len()))
            );
            assert!(
                article["description"]
                    .as_str()
                    .is_some_and(|text| text.len() <= 512)
            );
            assert_eq!(article["url"], URL);
            let card = sent(TextFormat::TemplateCard, text, false, URL).expect("a card");
            let card = &card["template_card"];
            assert_eq!(card["card_type"], "text_notice");
            assert_eq!(
                (&card["card_action"]["type"], &card["card_action"]["url"]),
                (&json!(1), &json!(URL))
            );
            let title = card["main_title"]["title"].as_str().expect("a title");
            assert!((1..=26).contains(&title.chars().count()), "{title}");
            assert_eq!(card["sub_title_text"].is_string(), text != "short");
        }
    }
}

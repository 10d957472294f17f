//! What all vendors have in common, over all of them: what fits, and what an answer means.

use app::channel::{ChannelSettings, Encryption};
use app::id::{ChannelId, MessageId, TaskId};
use app::message::{Event, MessageKind};
use serde_json::Value;

use super::*;
use crate::outbound::Egress;

mod dingtalk;
mod email;
mod feishu;
mod omitted;
mod slack;
mod teams;
mod telegram;
mod webhook;
mod wecom;

fn item(body: &str, mentions: &[&str]) -> OutboxItem {
    OutboxItem {
        id: MessageId(7),
        channel_id: ChannelId(3),
        kind: MessageKind::Text,
        event: Event::Failed,
        body: body.to_owned(),
        facts: None,
        mentions: mentions.iter().map(|name| (*name).to_owned()).collect(),
        task_id: TaskId(1),
        run_id: None,
        attempts: 1,
        limited: 0,
        created_at: at().now,
        stand_in: None,
        template: None,
    }
}

/// Words of ours, without a link.
static PLAIN: MessageMeta = MessageMeta {
    templated: false,
    url: String::new(),
    brief: None,
    picture: None,
    ticket: None,
    ids: std::collections::BTreeMap::new(),
};

fn at() -> At<'static> {
    At {
        made: &PLAIN,
        now: DateTime::from_timestamp(1_599_360_473, 0).expect("time"),
        lang: Lang::Zh,
    }
}

fn to(kind: ChannelKind) -> Target {
    let mut settings = ChannelSettings::default();
    let mut url = "https://vendor.test/hook?key=SECRET".to_owned();
    match kind {
        ChannelKind::Telegram => {
            settings.secret = "123:ABCDEFGHIJKLMNOPQRSTUVWX".to_owned();
            settings.chat = "-1".to_owned();
            url = super::telegram::SERVER.to_owned();
        }
        ChannelKind::Email => {
            settings.from = "运维 <ops@example.com>".to_owned();
            settings.to = vec!["ana@example.com".to_owned(), "bo@example.com".to_owned()];
            settings.tls = Encryption::None;
            url = "smtp://mail.example.com".to_owned();
        }
        _ => {}
    }
    Target {
        kind,
        url,
        settings,
        way: Egress::Server,
        lang: None,
    }
}

fn render(to: &Target, item: &OutboxItem) -> HttpRequest {
    match of(to.kind).render(to, item, at()).expect("a request") {
        Outgoing::Http(request) => request,
        other => panic!("{other:?}"),
    }
}

fn json(to: &Target, item: &OutboxItem) -> Value {
    serde_json::from_str(&render(to, item).body).expect("JSON")
}

/// What a vendor measures of a request.
type Measure = fn(&HttpRequest) -> usize;

fn whole(request: &HttpRequest) -> usize {
    request.body.len()
}

fn text_at(request: &HttpRequest, place: &str) -> String {
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let text = body.pointer(place).and_then(Value::as_str);
    text.expect("a text").to_owned()
}

fn wecom_bytes(request: &HttpRequest) -> usize {
    text_at(request, "/text/content").len()
}

fn slack_characters(request: &HttpRequest) -> usize {
    text_at(request, "/text").chars().count()
}

fn telegram_units(request: &HttpRequest) -> usize {
    text_at(request, "/text").encode_utf16().count()
}

/// Every vendor that takes HTTP and has a limit, with how it measures.
const MEASURED: [(ChannelKind, usize, Measure); 6] = [
    (ChannelKind::Wecom, 2048, wecom_bytes),
    (ChannelKind::Dingtalk, 20_000, whole),
    (ChannelKind::Feishu, 20_000, whole),
    (ChannelKind::Slack, 40_000, slack_characters),
    (ChannelKind::Telegram, 4096, telegram_units),
    (ChannelKind::Teams, 28_000, whole),
];

#[test]
fn every_vendor_gets_what_fits_and_most_of_it() {
    for (kind, max, measure) in MEASURED {
        for letter in ["a", "短", "🙂", "\"", "<", "\n\n", "\u{1b}", "👨‍👩‍👧‍👦"]
        {
            let long = letter.repeat(60_000 / letter.len());
            let request = render(&to(kind), &item(&long, &["13800138000", "ana@example.com"]));
            let size = measure(&request);
            assert!(size <= max, "{kind:?} {letter:?}: {size} of {max}");
            // Slack counts characters and we bytes, of which one may have four.
            assert!(size * 5 >= max, "{kind:?} {letter:?}: {size} of {max}");
            assert!(!request.body.contains('\u{fffd}'));
        }
    }
}

#[test]
fn limits_are_those_of_the_documents() {
    let table = [
        (ChannelKind::Wecom, Some(20)),
        (ChannelKind::Dingtalk, Some(20)),
        (ChannelKind::Feishu, Some(100)),
        (ChannelKind::Slack, Some(60)),
        (ChannelKind::Telegram, Some(20)),
        (ChannelKind::Teams, Some(60)),
        (ChannelKind::Email, Some(30)),
        (ChannelKind::Webhook, None),
        (ChannelKind::WecomBot, Some(30)),
        (ChannelKind::DingtalkBot, Some(20)),
        (ChannelKind::FeishuBot, Some(100)),
    ];
    assert_eq!(table.len(), ChannelKind::ALL.len());
    for (kind, wanted) in table {
        let found = rate(kind);
        assert_eq!(found.map(|rate| rate.minute), wanted, "{kind:?}");
        let second = match kind {
            ChannelKind::Feishu | ChannelKind::FeishuBot => Some(5),
            ChannelKind::Teams => Some(4),
            _ => None,
        };
        assert_eq!(found.and_then(|rate| rate.second), second, "{kind:?}");
    }
}

fn verdict(result: Result<String, SendError>) -> &'static str {
    match result {
        Ok(_) => "accepted",
        Err(SendError::TooMany(..)) => "pace",
        Err(SendError::Answer(..) | SendError::Unreachable(_)) => "again",
        Err(error) => {
            assert!(error.is_final());
            "never"
        }
    }
}

fn answer(status: u16, words: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        words: words.to_owned(),
        expected: String::new(),
    }
}

#[track_caller]
fn gives(kind: ChannelKind, status: u16, words: &str, wanted: &str) {
    let found = of(kind).verdict(answer(status, words));
    assert_eq!(verdict(found), wanted, "{kind:?} {status} {words}");
}

#[test]
fn a_reply_of_a_proxy_is_not_an_acceptance() {
    let services = ChannelKind::ALL.iter().copied();
    let services =
        services.filter(|kind| !matches!(kind, ChannelKind::Email | ChannelKind::Webhook));
    for kind in services {
        for words in ["<html>", "{}", r#"{"errcode":"0"}"#, "[0]", "null"] {
            gives(kind, 200, words, "again");
        }
    }
}

#[test]
fn a_status_is_final_unless_it_passes() {
    let table = [
        (301, "never"),
        (302, "again"),
        (307, "again"),
        (308, "never"),
        (400, "never"),
        (401, "never"),
        (403, "never"),
        (404, "never"),
        (408, "again"),
        (410, "never"),
        (413, "never"),
        (422, "never"),
        (425, "again"),
        (429, "pace"),
        (500, "again"),
        (502, "again"),
        (503, "again"),
    ];
    for kind in ChannelKind::ALL.iter().copied() {
        for (status, wanted) in table {
            // Replies of SMTP have codes of their own.
            if kind != ChannelKind::Email {
                gives(kind, status, "words", wanted);
            }
        }
    }
    for (status, wanted) in [(200, "accepted"), (204, "accepted")] {
        gives(ChannelKind::Webhook, status, "words", wanted);
    }
    for (code, wanted) in [
        (250, "accepted"),
        (421, "again"),
        (451, "again"),
        (550, "never"),
    ] {
        gives(ChannelKind::Email, code, "words", wanted);
    }
}

#[test]
fn a_wait_that_is_known_is_kept() {
    let asked = |kind: ChannelKind, words: &str| match of(kind).verdict(answer(200, words)) {
        Err(SendError::TooMany(_, asked)) => asked,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        asked(ChannelKind::Dingtalk, r#"{"errcode":130101}"#),
        Some(RetryAfter::Seconds(600))
    );
    assert_eq!(
        asked(
            ChannelKind::Telegram,
            r#"{"ok":false,"error_code":429,"parameters":{"retry_after":5}}"#
        ),
        Some(RetryAfter::Seconds(5))
    );
    assert_eq!(asked(ChannelKind::Wecom, r#"{"errcode":45009}"#), None);
}

#[test]
fn pictures_go_where_they_are_taken() {
    let picture = OutboxItem {
        kind: MessageKind::Image,
        ..item("urge", &[])
    };
    for kind in ChannelKind::ALL.iter().copied() {
        let rendered = of(kind)
            .render(&to(kind), &picture, at())
            .expect("an answer");
        let sends = !matches!(rendered, Outgoing::Nothing(_));
        assert_eq!(sends, kind.takes_pictures(), "{kind:?}");
    }
}

/// Who is not written as the people of a service are is listed beside the message.
#[test]
fn people_are_known_by_how_they_are_written() {
    let names = [
        "ana",
        "张三",
        "+86 138 0013 8000",
        "@all",
        "ou_1f",
        "U012ABCDEF",
        "ana@example.com",
        "no body",
    ];
    let all = names.map(str::to_owned);
    let table: [(ChannelKind, &[&str]); 8] = [
        (ChannelKind::Wecom, &["张三", "no body"]),
        (ChannelKind::Dingtalk, &["张三", "no body"]),
        (
            ChannelKind::Feishu,
            &["张三", "+86 138 0013 8000", "ana@example.com", "no body"],
        ),
        (
            ChannelKind::Slack,
            &[
                "ana",
                "张三",
                "+86 138 0013 8000",
                "ou_1f",
                "ana@example.com",
                "no body",
            ],
        ),
        (
            ChannelKind::Telegram,
            &[
                "ana",
                "张三",
                "+86 138 0013 8000",
                "@all",
                "ana@example.com",
                "no body",
            ],
        ),
        (
            ChannelKind::Teams,
            &[
                "ana",
                "张三",
                "+86 138 0013 8000",
                "@all",
                "ou_1f",
                "U012ABCDEF",
                "no body",
            ],
        ),
        (ChannelKind::Email, &[]),
        (ChannelKind::Webhook, &[]),
    ];
    for (kind, unknown) in table {
        let found = not_mentioned(kind, TextFormat::Text, &all);
        assert_eq!(found, unknown, "{kind:?}");
    }
    let markdown = not_mentioned(ChannelKind::Wecom, TextFormat::Markdown, &all);
    let unknown = ["张三", "+86 138 0013 8000", "@all", "no body"];
    assert_eq!(markdown, unknown, "Markdown mentions by ID only");
    for format in [TextFormat::News, TextFormat::TemplateCard] {
        let unknown = not_mentioned(ChannelKind::Wecom, format, &all);
        assert_eq!(unknown, all, "{format:?}");
    }
}

/// What a digest says is not cut, whatever an encoding adds to it.
#[test]
fn a_digest_that_fills_its_room_arrives_whole() {
    for (kind, max, measure) in MEASURED {
        // As lines of a digest are, with names that are longer in JSON.
        let line =
            "· \"\"\"\"\"\"\"\"\"\"任务 ×1，2026-11-30 00:00:00 (UTC) http://cron.test/tasks/1\n";
        let named = line.repeat(named_max(kind) / line.len());
        let text = format!("{}\n{named}完", "总".repeat(340));
        let request = render(&to(kind), &item(&text, &[]));
        assert!(measure(&request) <= max, "{kind:?}");
        let lines = request.body.matches("/tasks/1").count();
        assert_eq!(lines, named.lines().count(), "{kind:?}");
    }
}

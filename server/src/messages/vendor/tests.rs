//! What all vendors have in common, over all of them: what fits, and what an answer means.

use app::channel::{ChannelSettings, Encryption};
use app::id::{ChannelId, MessageId, TaskId};
use app::message::{Event, MessageKind};
use serde_json::Value;

use super::*;
use crate::outbound::Way;

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
        created_at: at().now,
    }
}

fn at() -> At {
    At {
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
            url = telegram::SERVER.to_owned();
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
        way: Way::Server,
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
        (ChannelKind::Email, None),
        (ChannelKind::Webhook, None),
    ];
    assert_eq!(table.len(), ChannelKind::ALL.len());
    for (kind, wanted) in table {
        assert_eq!(limits(kind).map(|limit| limit.0), wanted, "{kind:?}");
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
    }
}

#[test]
fn codes_are_final_unless_they_pass() {
    use ChannelKind::{Dingtalk, Feishu, Slack, Teams, Telegram, Wecom};
    let wecom = [
        (0, "accepted"),
        (-1, "again"),
        (6000, "again"),
        (45009, "pace"),
        (45033, "pace"),
        (93000, "never"),
        (93004, "never"),
        (93008, "never"),
        (40001, "never"),
        (40008, "never"),
        (40035, "never"),
        (40058, "never"),
        (41001, "never"),
        (44004, "never"),
        (45002, "never"),
        (48002, "never"),
        (60020, "never"),
        (301_019, "never"),
        (7, "again"),
    ];
    let dingtalk = [
        (0, "accepted"),
        (-1, "again"),
        (130_101, "pace"),
        (410_100, "pace"),
        (90_018, "pace"),
        (90_030, "pace"),
        (310_000, "never"),
        (300_001, "never"),
        (400_101, "never"),
        (40_035, "never"),
        (43_004, "never"),
        (460_101, "never"),
        (7, "again"),
    ];
    let feishu = [
        (0, "accepted"),
        (11_232, "pace"),
        (230_020, "pace"),
        (9499, "never"),
        (19_001, "never"),
        (19_021, "never"),
        (19_022, "never"),
        (19_024, "never"),
        (7, "again"),
    ];
    let mut table: Vec<(ChannelKind, u16, String, &str)> = Vec::new();
    for (code, wanted) in wecom {
        table.push((
            Wecom,
            200,
            format!(r#"{{"errcode":{code},"errmsg":"x"}}"#),
            wanted,
        ));
    }
    for (code, wanted) in dingtalk {
        table.push((
            Dingtalk,
            200,
            format!(r#"{{"errcode":{code},"errmsg":"x"}}"#),
            wanted,
        ));
    }
    for (code, wanted) in feishu {
        table.push((
            Feishu,
            200,
            format!(r#"{{"code":{code},"msg":"x","data":{{}}}}"#),
            wanted,
        ));
    }
    for (kind, status, words, wanted) in [
        (
            Feishu,
            200,
            r#"{"StatusCode":0,"StatusMessage":"success"}"#,
            "accepted",
        ),
        (
            Feishu,
            200,
            r#"{"code":9499,"msg":"too many request"}"#,
            "pace",
        ),
        (
            Feishu,
            400,
            r#"{"code":19021,"msg":"sign match fail"}"#,
            "never",
        ),
        (Feishu, 429, r#"{"code":99991400,"msg":"x"}"#, "pace"),
        (Feishu, 500, r#"{"code":0}"#, "again"),
        (Slack, 200, "ok", "accepted"),
        (Slack, 200, "<html>", "again"),
        (Slack, 400, "invalid_payload", "never"),
        (Slack, 403, "action_prohibited", "never"),
        (Slack, 404, "no_service", "never"),
        (Slack, 410, "channel_is_archived", "never"),
        (Slack, 429, "rate_limited", "pace"),
        (Slack, 500, "rollup_error", "again"),
        (Telegram, 200, r#"{"ok":true,"result":{}}"#, "accepted"),
        (
            Telegram,
            400,
            r#"{"ok":false,"error_code":400,"description":"chat not found"}"#,
            "never",
        ),
        (
            Telegram,
            200,
            r#"{"ok":false,"error_code":403,"description":"kicked"}"#,
            "never",
        ),
        (
            Telegram,
            429,
            r#"{"ok":false,"error_code":429,"parameters":{"retry_after":5}}"#,
            "pace",
        ),
        (Telegram, 200, "<html>", "again"),
        (Telegram, 502, "<html>", "again"),
        (Teams, 202, "", "accepted"),
        (Teams, 200, "1", "accepted"),
        (
            Teams,
            200,
            "delivery failed: Teams endpoint returned HTTP error 429 with ContextId",
            "pace",
        ),
        (
            Teams,
            200,
            "delivery failed: Teams endpoint returned HTTP error 413 with ContextId",
            "never",
        ),
        (Teams, 200, "<html>", "again"),
        (Teams, 400, "bad card", "never"),
    ] {
        table.push((kind, status, words.to_owned(), wanted));
    }
    for (kind, status, words, wanted) in table {
        let found = of(kind).verdict(answer(status, &words));
        assert_eq!(verdict(found), wanted, "{kind:?} {status} {words}");
    }
    // Nothing that a proxy in between may say is taken for an acceptance.
    for kind in [Wecom, Dingtalk, Feishu, Slack, Telegram, Teams] {
        for words in ["<html>", "{}", r#"{"errcode":"0"}"#, "[0]", "null"] {
            assert_eq!(
                verdict(of(kind).verdict(answer(200, words))),
                "again",
                "{kind:?} {words}"
            );
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
                let found = of(kind).verdict(answer(status, "words"));
                assert_eq!(verdict(found), wanted, "{kind:?} {status}");
            }
        }
    }
    for (status, wanted) in [(200, "accepted"), (204, "accepted")] {
        let found = of(ChannelKind::Webhook).verdict(answer(status, "words"));
        assert_eq!(verdict(found), wanted, "{status}");
    }
    for (code, wanted) in [
        (250, "accepted"),
        (421, "again"),
        (451, "again"),
        (550, "never"),
    ] {
        let found = of(ChannelKind::Email).verdict(answer(code, "words"));
        assert_eq!(verdict(found), wanted, "{code}");
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
fn wecom_and_plain_webhooks_get_what_they_always_got() {
    let wecom = render(
        &to(ChannelKind::Wecom),
        &item("短", &["ana", "+86 138 0013 8000"]),
    );
    assert_eq!(
        wecom.body,
        r#"{"msgtype":"text","text":{"content":"短","mentioned_list":["ana"],"mentioned_mobile_list":["13800138000"]}}"#
    );
    let hook = render(&to(ChannelKind::Webhook), &item("x", &["ana"]));
    assert_eq!(
        hook.body,
        r#"{"created_at":"2020-09-06T02:47:53Z","event":"failed","kind":"text","mentions":["ana"],"run_id":null,"task_id":1,"text":"x"}"#
    );
    assert_eq!((hook.method, hook.headers.len()), (Method::POST, 0));
    assert_eq!(hook.url, "https://vendor.test/hook?key=SECRET");
}

#[test]
fn people_are_mentioned_as_each_vendor_has_it() {
    let people = ["ana", "13800138000", "@all"];
    let body = json(&to(ChannelKind::Dingtalk), &item("x", &people));
    assert_eq!(
        body["at"],
        serde_json::json!({"atMobiles": ["13800138000"], "atUserIds": ["ana"], "isAtAll": true})
    );
    assert_eq!(body["text"]["content"], "x\n@13800138000 @ana");

    let body = json(
        &to(ChannelKind::Feishu),
        &item("a\nb", &["ou_1", "13800138000", "所有人"]),
    );
    assert_eq!(
        body["content"]["post"]["zh_cn"]["content"],
        serde_json::json!([
            [{"tag": "text", "text": "a"}],
            [{"tag": "text", "text": "b"}],
            [
                {"tag": "at", "user_id": "ou_1"},
                {"tag": "text", "text": "@13800138000 "},
                {"tag": "at", "user_id": "all"},
            ],
        ])
    );
    let body = json(&to(ChannelKind::Feishu), &item("a", &[]));
    assert_eq!(body["content"]["text"], "a");
    // Output that would mention everybody is text.
    let body = json(&to(ChannelKind::Feishu), &item("<AT user_id=\"all\">", &[]));
    assert_eq!(body["msg_type"], "post");

    let body = json(&to(ChannelKind::Telegram), &item("x", &["@ana", "bo"]));
    assert_eq!(body["text"], "x\n@ana @bo");

    let body = json(
        &to(ChannelKind::Teams),
        &item("x", &["ana@example.com", "bo"]),
    );
    let card = &body["attachments"][0]["content"];
    assert_eq!(
        card["msteams"]["entities"][0]["mentioned"]["id"],
        "ana@example.com"
    );
    assert_eq!(card["body"][1]["inlines"][0]["text"], "@bo");
    assert_eq!(card["body"][2]["text"], "<at>ana@example.com</at>");
}

#[test]
fn requests_are_signed_where_there_is_a_secret_and_nothing_secret_is_shown() {
    let mut ding = to(ChannelKind::Dingtalk);
    ding.settings.secret = "SEC0123456789abcdef".to_owned();
    let request = render(&ding, &item("x", &[]));
    // By Python 3: urllib.parse.quote_plus(base64.b64encode(hmac.new(SECRET, b"1599360473000\n" + SECRET,
    // hashlib.sha256).digest())).
    assert!(
        request.url.ends_with(
            "&timestamp=1599360473000&sign=aKqBjoyC%2BNYhkgqBYxW0ACXynJFx9Q2eLA%2BQ9FLxhBY%3D"
        ),
        "{}",
        request.url
    );
    assert_eq!(request.shown, "https://vendor.test/…CRET");

    let mut feishu = to(ChannelKind::Feishu);
    feishu.settings.secret = "Ma0BP4kqW7tDwZ".to_owned();
    let request = render(&feishu, &item("x", &[]));
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!(body["timestamp"], "1599360473");
    assert_eq!(body["sign"], "CyJSJMc/25Izp37jUOT5RzSPwgq6gRWo/8g5zicgKzk=");
    assert_eq!(
        request.hidden,
        ["CyJSJMc/25Izp37jUOT5RzSPwgq6gRWo/8g5zicgKzk="]
    );

    let mut hook = to(ChannelKind::Webhook);
    hook.settings.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
    hook.settings.method = "PUT".to_owned();
    let request = render(&hook, &item("x", &[]));
    let header = |wanted: &str| {
        let is = |(name, _): &&(String, String)| name == wanted;
        request
            .headers
            .iter()
            .find(is)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(request.method, Method::PUT);
    assert_eq!(header("webhook-id"), Some("msg_3_7"));
    assert_eq!(header("webhook-timestamp"), Some("1599360473"));
    assert_eq!(
        header("webhook-signature"),
        Some("v1,8VPWFix8R7pB8fIRwDT2oeuTc4d2nIdcHJ8au8a5ISU=")
    );

    let telegram = render(&to(ChannelKind::Telegram), &item("x", &[]));
    assert!(
        telegram
            .url
            .ends_with("/bot123:ABCDEFGHIJKLMNOPQRSTUVWX/sendMessage")
    );
    assert_eq!(telegram.shown, "https://api.telegram.org/bot…/sendMessage");
}

#[test]
fn a_mail_has_a_subject_both_forms_and_no_way_out_of_its_header() {
    let text = "【执行失败】backup\r\nBcc: all@evil.test\n<b>&\"";
    let target = to(ChannelKind::Email);
    let Ok(Outgoing::Mail(server, mail)) =
        of(ChannelKind::Email).render(&target, &item(text, &["ana"]), at())
    else {
        panic!("no mail");
    };
    assert_eq!(
        (server.host.as_str(), server.port),
        ("mail.example.com", 25)
    );
    let to: Vec<String> = mail.to.iter().map(ToString::to_string).collect();
    assert_eq!(to, ["ana@example.com", "bo@example.com"]);
    let text = String::from_utf8(mail.bytes).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a header");
    assert!(!head.to_ascii_lowercase().contains("\nbcc"), "{head}");
    assert!(
        head.contains("Message-ID: <jcrontab.3.7.1599360473000000@example.com>"),
        "{head}"
    );
    assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
    assert!(
        head.contains("Date: Sun, 06 Sep 2020 02:47:53 +0000"),
        "{head}"
    );
    assert!(head.contains("multipart/alternative"), "{head}");
    assert!(
        body.contains("text/plain") && body.contains("text/html"),
        "{body}"
    );
    assert!(text.is_ascii());
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
        assert_eq!(sends, of(kind).limits().pictures, "{kind:?}");
    }
}

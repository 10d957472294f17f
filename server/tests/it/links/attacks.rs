//! Links in the wrong hands: changed, guessed, replayed, pressed by other sites and by programs.

use app::ticket::TicketState;
use axum::body::Body;
use axum::http::{Request, header};

use super::{asked, asking, link, phone, said, state_of, ticket_of};
use crate::access::things::everything;
use crate::helpers::TestApp;

/// What fetches links in chats before a person does.
const READERS: [&str; 9] = [
    "WeComBot/1.0 (link preview)",
    "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/78.0 Mobile Safari/537.36 wxwork/4.0 MicroMessenger/7.0.1",
    "DingTalkBot/1.0",
    "Mozilla/5.0 (compatible; Bytespider; spider-feedback@bytedance.com)",
    "LarkUrl2Png/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "facebookexternalhit/1.1",
];

#[tokio::test]
async fn previews_and_prefetches_change_nothing() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let path = link(&app, ticket.id, "小王");
    let before = everything(&app).await;
    for agent in READERS {
        for (name, value) in [
            ("accept", "text/html"),
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-moz", "prefetch"),
        ] {
            for method in ["GET", "HEAD", "OPTIONS"] {
                for query in ["", "?act=done", "?act=done&value=x"] {
                    let request = Request::builder()
                        .method(method)
                        .uri(format!("{path}{query}"))
                        .header(header::USER_AGENT, agent)
                        .header(name, value)
                        .body(Body::empty());
                    let browser = phone(&app);
                    let reply = browser.send(request.expect("a request")).await;
                    let wanted = if method == "OPTIONS" { 405 } else { 200 };
                    assert_eq!(reply.status, wanted, "{method} {agent}");
                }
            }
        }
    }
    for method in ["PUT", "PATCH", "DELETE", "TRACE"] {
        assert_eq!(phone(&app).call(method, &path, None).await.status, 405);
    }
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
    assert_eq!(everything(&app).await, before);
    let uses = app.place.database.rows("SELECT id FROM link_use").await;
    assert!(uses.is_empty(), "{uses:?}");
}

#[tokio::test]
async fn other_sites_and_large_forms_are_refused() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let path = link(&app, ticket.id, "小王");
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let elsewhere = phone(&app).with(name, value);
        let reply = elsewhere.submit(&path, &[("act", "done")]).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
    }
    let large = "x".repeat(1 << 20);
    let fields = [("act", "done"), ("value", large.as_str())];
    let reply = phone(&app).submit(&path, &fields).await;
    assert_eq!(reply.status, 413);
    for fields in [
        &[][..],
        &[("act", "")],
        &[("act", "log")],
        &[("act", "drop table")],
        &[("act", "snooze"), ("value", "never")],
        &[("act", "snooze"), ("value", "-1h")],
        &[("act", "cycle"), ("value", "not a schedule")],
    ] {
        let reply = phone(&app).submit(&path, fields).await;
        assert!(
            (400..500).contains(&reply.status),
            "{fields:?}: {}",
            reply.status
        );
        assert!(
            !said(&reply.text()).is_empty(),
            "{fields:?}: {}",
            reply.text()
        );
    }
    let json = phone(&app)
        .call("POST", &path, Some(serde_json::json!({"act": "done"})))
        .await;
    assert!((400..500).contains(&json.status), "{}", json.status);
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
}

#[tokio::test]
async fn a_token_that_was_changed_reveals_nothing() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "secret plan").await;
    let path = link(&app, ticket.id, "小王");
    let token = path.strip_prefix("/t/").expect("a token").to_owned();
    // From many addresses: one of them would have to wait.
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("text");
        let browser = phone(&app).at(&format!("192.0.2.{at}"));
        let path = format!("/t/{changed}");
        for reply in [
            browser.open(&path).await,
            browser.submit(&path, &[("act", "done")]).await,
        ] {
            assert_eq!(reply.status, 404, "character {at}");
            assert!(!reply.text().contains("secret"), "character {at}");
            let said = said(&reply.text());
            assert!(said[0].starts_with("链接无效"), "{said:?}");
        }
    }
    for odd in [
        "",
        "%2e%2e",
        "..%2f..",
        "%00",
        "a%0d%0aset-cookie:x=1",
        "小王",
    ] {
        let path = format!(
            "/t/{}",
            url::form_urlencoded::byte_serialize(odd.as_bytes()).collect::<String>()
        );
        let reply = phone(&app).at("198.51.100.1").open(&path).await;
        assert!(
            matches!(reply.status, 303 | 404 | 429),
            "{odd}: {}",
            reply.status
        );
        assert_eq!(reply.header("set-cookie"), "", "{odd}");
    }
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
}

#[tokio::test]
async fn guessing_from_one_address_has_to_wait_and_right_links_have_not() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let office = phone(&app).at("203.0.113.9");
    let mut statuses = Vec::new();
    for guess in 0..30 {
        let reply = office.open(&format!("/t/guess{guess}")).await;
        if reply.status == 429 {
            assert!(!reply.header("retry-after").is_empty());
        }
        statuses.push(reply.status);
    }
    assert_eq!(statuses[0], 404);
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    // Nor does garbage spend what right links may do.
    for guess in 0..600 {
        office.open(&format!("/t/more{guess}")).await;
    }
    let path = link(&app, ticket.id, "小王");
    assert_eq!(office.open(&path).await.status, 200);
    let mut last = 200;
    for _ in 0..700 {
        last = office.open(&path).await.status;
    }
    assert_eq!(last, 429, "no limit for one link");
    let other = link(&app, ticket.id, "小王");
    assert_eq!(office.open(&other).await.status, 200);
}

#[tokio::test]
async fn a_link_opens_its_own_ticket_and_nothing_else() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let path = link(&app, ticket.id, "小王");
    let phone = phone(&app);
    assert_eq!(phone.open(&path).await.status, 200);
    // No session came of it, and the token is none.
    let token = path.strip_prefix("/t/").expect("a token");
    let id = ticket.id;
    assert_eq!(
        phone.get(&format!("/api/v1/tickets/{id}")).await.status,
        401
    );
    let bearer = app
        .browser()
        .with("authorization", &format!("Bearer {token}"));
    assert_eq!(bearer.get("/api/v1/tickets").await.status, 401);
    let path = format!("/api/v1/tickets/{id}/done");
    let done = bearer.post(&path, serde_json::json!({})).await;
    assert_eq!(done.status, 401);
}

#[tokio::test]
async fn hostile_texts_are_texts() {
    let app = TestApp::new().await;
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}";
    let mut task = asking(hostile);
    task.command = "printf '</pre><script>alert(3)</script>\\033[31m\\n'; exit 1".to_owned();
    task.tickets.opens = "failure".to_owned();
    task.runbook = "</pre><script>alert(4)</script>".to_owned();
    task.owners = vec!["<b onclick=x>".to_owned()];
    let (run, _) = app.execute(task).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let path = link(&app, ticket.id, "<b onclick=x>");
    let phone = phone(&app);
    let rest = [("act", "snooze"), ("value", "30m")];
    assert_eq!(phone.submit(&path, &rest).await.status, 303);
    let done = [("act", "done"), ("value", "<i>\r\nset-cookie: x=1")];
    let page = phone.open(&path).await;
    assert_eq!(page.header("set-cookie"), "");
    let pressed = phone.submit(&path, &done).await;
    assert_eq!(pressed.status, 303, "{}", pressed.text());
    assert_eq!(pressed.header("set-cookie"), "");
    for text in [page.text(), phone.open(&path).await.text()] {
        let html = scraper::Html::parse_document(&text);
        for tag in ["script", "img", "b", "i"] {
            let wanted = scraper::Selector::parse(tag).expect("a selector");
            assert_eq!(html.select(&wanted).count(), 0, "{tag}: {text}");
        }
        assert!(text.contains("{{ 7*7 }}") && !text.contains("onerror=alert(2)>{{ 49"));
        assert!(!text.contains('\u{1b}'));
    }
}

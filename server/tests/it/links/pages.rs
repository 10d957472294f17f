//! The phone page itself: small, without script, closed to everything else.

use app::backend::Tickets;

use super::{asked, asking, failing, link, phone, ticket_of};
use crate::helpers::TestApp;
use crate::tickets::{later, look};

#[tokio::test]
async fn the_phone_page_is_small_and_closed() {
    let app = TestApp::new().await;
    let mut task = asking("备份");
    // A log and a runbook at their longest.
    task.command = "yes 一行日志输出 | head -c 400000; exit 1".to_owned();
    task.tickets.opens = "failure".to_owned();
    task.runbook = "步骤\n".repeat(1_000);
    let (run, _) = app.execute(task).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let path = link(&app, ticket.id, "小王");
    let page = phone(&app).open(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.len() <= 30_000, "{} bytes", page.body.len());
    let text = page.text();
    assert!(text.contains("一行日志输出") && text.contains("步骤"));
    for foreign in [
        "<script",
        "wasm",
        "http://",
        "https://",
        "src=",
        "javascript:",
    ] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.contains("form-action 'self'") && !policy.contains("script"),
        "{policy}"
    );
    // The preview in a chat shows the title.
    assert!(text.contains("<title>待办 · Jcrontab</title>"));
}

#[tokio::test]
async fn the_log_is_shown_where_the_link_allows_it() {
    let app = TestApp::with(&["--link-acts=done"]).await;
    let (run, _) = app.execute(failing("备份")).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let page = phone(&app)
        .open(&link(&app, ticket.id, "小王"))
        .await
        .text();
    assert!(!page.contains("the last line"), "{page}");
    let app = TestApp::new().await;
    let (run, _) = app.execute(failing("备份")).await;
    let ticket = ticket_of(&app, run.task_id).await;
    let page = phone(&app)
        .open(&link(&app, ticket.id, "小王"))
        .await
        .text();
    assert!(page.contains("the last line"), "{page}");
}

#[tokio::test]
async fn checks_and_escalations_are_said_in_words() {
    let app = TestApp::new().await;
    let mut asking = asking("备份");
    asking.tickets.first_after = "1m".to_owned();
    asking.tickets.ladder = "1m: 李四".to_owned();
    asking.tickets.check_command = "exit 1".to_owned();
    let task = app.add(asking).await;
    let ticket = ticket_of(&app, task.id).await;
    later(&app, 60).await;
    app.until("an urge behind the check", async || {
        look(&app).await;
        let detail = app.service.ticket_get(&app.console(), ticket.id).await;
        (detail.expect("the ticket").ticket.level == 1).then_some(())
    })
    .await;
    let page = phone(&app).open(&link(&app, ticket.id, "小王")).await;
    let page = page.text();
    assert!(page.contains("检查未通过"), "{page}");
    assert!(page.contains("升级，催 小王、李四"), "{page}");
    assert!(!page.contains("check_failed"), "{page}");
}

#[tokio::test]
async fn both_languages_have_the_whole_page() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "backup").await;
    let path = link(&app, ticket.id, "ann,bob");
    let english = app.browser().with("accept-language", "en");
    let page = english.open(&path).await.text();
    let chinese = page.chars().find(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    // The owner's name is the one Chinese word.
    assert_eq!(
        page.replace("小王", "")
            .chars()
            .find(|c| ('\u{4e00}'..='\u{9fff}').contains(c)),
        None,
        "{chinese:?} {page}"
    );
    let page = phone(&app).open(&path).await.text();
    assert!(page.contains("html lang=\"zh-CN\""));
}

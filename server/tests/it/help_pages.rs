//! The manual that the program contains.

use app::auth::Role;

use super::helpers::TestApp;

#[tokio::test]
async fn the_manual_is_for_everybody_with_an_account_and_needs_no_script() {
    let app = TestApp::new().await;
    app.token("owner", Role::Admin).await;
    let stranger = app.browser().open("/help/start").await;
    assert_eq!(stranger.status, 303);
    let to = stranger.header("location");
    assert!(
        to.starts_with("/login?next=") && to.contains("help"),
        "{to}"
    );

    let viewer = app.signed_in("vera", Role::Viewer).await;
    for path in [
        "/help",
        "/help?q=%E5%A4%87%E4%BB%BD",
        "/help/start",
        "/help/cli",
    ] {
        let page = viewer.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        let text = page.text();
        assert!(!text.contains("<script"), "{path}");
        assert!(text.contains("<html lang=\"zh-CN\""), "{path}");
    }
    assert_eq!(viewer.open("/help/nothing").await.status, 404);
    assert_eq!(viewer.open("/help/..%2FREADME").await.status, 404);
}

#[tokio::test]
async fn documents_come_in_the_language_of_the_reader_if_they_have_it() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let chinese = viewer.open("/help/start").await.text();
    assert!(chinese.contains("<article lang=\"zh-CN\">"), "{chinese}");
    assert!(chinese.contains("十分钟发出第一条消息"), "{chinese}");
    let untranslated = viewer.open("/help/monitoring").await.text();
    assert!(
        untranslated.contains("<article lang=\"en\">"),
        "{untranslated}"
    );
    assert!(untranslated.contains("还没有中文版"), "{untranslated}");
    viewer.put_cookie("jcrontab_lang", "en");
    let english = viewer.open("/help/start").await.text();
    assert!(
        english.contains("Ten minutes to the first message"),
        "{english}"
    );
    assert!(!english.contains("not been translated"), "{english}");
}

#[tokio::test]
async fn a_search_finds_sections_and_shows_what_was_typed_as_text() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let found = viewer.open("/help?q=misfires").await.text();
    assert!(
        found.contains("href=\"help&#x2f;operations#missed-firings-misfires\""),
        "{found}"
    );
    let hostile = viewer.open("/help?q=%22%3E%3Cb%3Exyzzy").await.text();
    assert!(!hostile.contains("<b>xyzzy"), "{hostile}");
    assert!(hostile.contains("没有包含这些词的章节"), "{hostile}");
    let long = format!("/help?q={}", "a".repeat(5_000));
    assert_eq!(viewer.open(&long).await.status, 200);
}

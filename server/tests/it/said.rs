//! The page after a control or a form reports what it did, once, also without JavaScript.

use app::auth::Role;

use super::helpers::{Browser, Reply, TestApp, draft};

/// Sends a form as a browser without a script does, from a page, and opens where it leads.
async fn act(browser: &Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
    let sent = browser.submit(path, fields).await;
    assert!((300..400).contains(&sent.status), "{path}: {}", sent.text());
    let to = match sent.header("location") {
        "" | "/" => from,
        to => to,
    };
    browser.open(to).await
}

#[tokio::test]
async fn a_control_is_answered_without_a_script() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    app.add(draft("t", "0 0 1 1 *", "true")).await;
    let page = "/tasks/1";
    for (verb, words) in [
        ("pause", "已暂停"),
        ("restore", "已恢复"),
        ("close", "已结单"),
        ("restore", "已恢复"),
    ] {
        let fields = [("id", "1"), ("verb", verb)];
        let said = act(&editor, page, "/fn/task_control", &fields).await.text();
        let toast = said.split("class=\"toasts\"").nth(1).expect("a place");
        let toast = toast.split("</div>").next().unwrap_or_default();
        assert!(toast.contains(words), "{verb}: {toast}");
        let again = editor.open(page).await.text();
        assert!(!again.contains("is-ok toast"), "{verb} was said twice");
    }
    let started = act(&editor, page, "/fn/task_run", &[("id", "1")])
        .await
        .text();
    assert!(started.contains("已开始执行"), "{started}");
    assert!(started.contains("href=\"/runs/1\""), "{started}");
    app.ended(app::id::RunId(1)).await;
}

#[tokio::test]
async fn a_saved_task_says_so() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let fields = [
        ("name", "t"),
        ("command", "true"),
        ("cron", "0 9 * * *"),
        ("zone", "UTC"),
        ("mode", "command"),
    ];
    let made = act(&editor, "/", "/tasks/new", &fields).await.text();
    assert!(made.contains("任务已创建"), "{made}");
    let saved = act(&editor, "/", "/tasks/1/edit", &fields).await.text();
    assert!(saved.contains("已保存"), "{saved}");
}

/// The cookie cannot be used to put words on a page.
#[tokio::test]
async fn only_our_own_words_are_said() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    for text in ["<b>hello</b>", "started.<i>", "nonsense"] {
        viewer.put_cookie("jcrontab_done", text);
        let page = viewer.open("/tasks").await.text();
        assert!(
            !page.contains("is-ok toast") && !page.contains(text),
            "{page}"
        );
        assert!(viewer.cookie("jcrontab_done").is_none());
    }
}

#[tokio::test]
async fn a_used_set_up_link_leads_to_sign_in_and_a_refused_page_says_that_it_is_refused() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let used = app.browser().open("/setup?token=abc").await;
    assert_eq!(used.status, 404);
    let used = used.text();
    assert!(
        used.contains("已完成首次设置") && used.contains("href=\"/login\""),
        "{used}"
    );
    assert!(!used.contains("name=\"password\""), "{used}");
    let refused = viewer.open("/admin/users").await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text().contains("<h1>没有权限"),
        "{}",
        refused.text()
    );
}

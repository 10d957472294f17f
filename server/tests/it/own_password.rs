//! People change their own password: on the page, by REST, on the command line.

use app::auth::Role;
use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{Server, admin_token, jcrontab_with};
use super::helpers::{Browser, TestApp};
use super::sessions::{PASSWORD, account, sign_in};

const NEW: &str = "a lorry by moonlight";

async fn entered(app: &TestApp, name: &str, password: &str) -> Browser {
    let browser = app.browser();
    assert_eq!(sign_in(&browser, name, password).await, 303);
    browser
}

#[tokio::test]
async fn a_password_is_changed_on_a_page_and_other_sessions_end() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    let (here, elsewhere) = (
        entered(&app, "vi", PASSWORD).await,
        entered(&app, "vi", PASSWORD).await,
    );
    let page = here.open("/account").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"current\""), "{}", page.text());
    let submit = async |current: &str, new: &str, repeat: &str| {
        let fields = [("current", current), ("new", new), ("repeat", repeat)];
        here.submit("/account", &fields).await
    };
    for (current, new, repeat) in [
        (PASSWORD, NEW, "something else"),
        ("wrong password", NEW, NEW),
        (PASSWORD, "password", "password"),
        (PASSWORD, "short", "short"),
    ] {
        let refused = submit(current, new, repeat).await;
        assert_eq!(refused.status, 422, "{new}");
        assert!(
            !refused.text().contains(NEW),
            "what was typed is not sent back"
        );
    }
    assert_eq!(elsewhere.get("/api/v1/tasks").await.status, 200);
    let done = submit(PASSWORD, NEW, NEW).await;
    assert_eq!(done.status, 200);
    assert!(done.text().contains("密码已修改"));
    assert_eq!(here.get("/api/v1/tasks").await.status, 200);
    assert_eq!(elsewhere.get("/api/v1/tasks").await.status, 401);
    assert_eq!(sign_in(&app.browser(), "vi", PASSWORD).await, 401);
    assert_eq!(sign_in(&app.browser(), "vi", NEW).await, 303);
    let stranger = app.browser().open("/account").await;
    assert_eq!(stranger.header("location"), "/login?next=%2Faccount");
}

#[tokio::test]
async fn a_password_is_changed_by_rest_and_guessed_no_faster_than_elsewhere() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    let vi = entered(&app, "vi", PASSWORD).await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        vi.post("/api/v1/account/password", body).await
    };
    assert_eq!(
        change(PASSWORD, "vi").await.faults(),
        [("new".to_owned(), "too_short".to_owned())]
    );
    assert_eq!(
        change(PASSWORD, PASSWORD).await.faults(),
        [("new".to_owned(), "unchanged".to_owned())]
    );
    change(PASSWORD, NEW).await.expect(204);
    let fault = [("current".to_owned(), "wrong".to_owned())];
    for _ in 0..5 {
        assert_eq!(change("wrong password", PASSWORD).await.faults(), fault);
    }
    let waits = change("wrong password", PASSWORD).await;
    assert_eq!(waits.status, 429);
    assert!(!waits.header("retry-after").is_empty());
    let rows = "SELECT action FROM audit WHERE action = 'account.password' AND outcome IS NULL";
    assert_eq!(app.place.database.rows(rows).await.len(), 1);
}

#[tokio::test]
async fn a_password_is_changed_on_the_command_line() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let server = Server::start(&place, &[]).await;
    let passwd = ["user", "passwd", "--password-stdin"];
    let elsewhere = [
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", token.as_str()),
    ];
    let change = async |stdin: &str| jcrontab_with(&place, &passwd, &elsewhere, stdin).await;
    change("correct horse\n").await.refused(2);
    assert!(
        change("wrong horse\nanother horse\n")
            .await
            .refused(2)
            .contains("wrong")
    );
    let done = change(&format!("correct horse\n{NEW}\n")).await;
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
    // The token still works.
    let again = change(&format!("{NEW}\ncorrect horse\n")).await;
    assert_eq!(again.code, 0, "{again:?}");
    let console = jcrontab_with(&place, &passwd, &[], &format!("correct horse\n{NEW}\n")).await;
    assert!(console.refused(4).contains("passwd"), "{console:?}");
    assert_eq!(server.stop().await, 0);
}

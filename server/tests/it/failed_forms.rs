//! A failed form passes its error in the address of its page: only our own words are shown.

use app::auth::Role;
use app::error::{AppError, ErrorKind};
use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;

use super::helpers::{Browser, TestApp, draft};

const WORDS: &str = "Call the hotline and read them your password";

/// A link that makes the product say something.
fn forged() -> String {
    let error = AppError::new(ErrorKind::Internal, "internal", WORDS);
    let written = app::wire::write(&error).expect("an error");
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("__path", "/fn/task_control")
        .append_pair("__err", &BASE64_URL_SAFE.encode(written))
        .finish();
    format!("/tasks/1?{query}")
}

async fn failed(browser: &Browser) -> String {
    let request = Request::post("/fn/task_control")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::ORIGIN, "http://cron.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::REFERER, "http://cron.test/tasks/1?page=2")
        .body(Body::from("id=1&verb=close"))
        .expect("a request");
    let reply = browser.send(request).await;
    assert!((300..400).contains(&reply.status), "{}", reply.status);
    let location = reply.header("location").to_owned();
    let path = location.strip_prefix("http://cron.test");
    path.unwrap_or(&location).to_owned()
}

#[tokio::test]
async fn a_link_cannot_put_words_into_our_mouth() {
    let app = TestApp::new().await;
    app.add(draft("t", "0 0 1 1 *", "true")).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let sent = viewer.open(&forged()).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/tasks/1"));
    let stranger = app
        .browser()
        .open(&forged().replace("/tasks/1", "/login"))
        .await;
    assert!(!stranger.text().contains(WORDS), "{}", stranger.status);
    assert_eq!(stranger.header("location"), "/login");

    // The real failure is shown to the user it concerns.
    let address = failed(&viewer).await;
    assert!(address.starts_with("/tasks/1?page=2&__path="), "{address}");
    let page = viewer.open(&address).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("你没有这个权限"), "{}", page.text());
    let other = app.signed_in("jo", Role::Viewer).await;
    let sent = other.open(&address).await;
    assert_eq!(sent.header("location"), "/tasks/1?page=2");
    // Another failure takes its place, it is not added.
    let again = failed(&viewer).await;
    assert_eq!(again.matches("__err").count(), 1, "{again}");
}

#[tokio::test]
async fn the_mark_of_what_crosses_is_not_on_the_page_of_strangers() {
    let app = TestApp::new().await;
    let page = app.browser().open("/login").await.text();
    assert!(page.contains("data-mark=") && !page.contains(app::wire::MARK));
}

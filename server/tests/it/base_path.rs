//! A server whose public address has a path, as one behind the proxy of another site.

use app::auth::Role;
use axum::http::header;

use super::access::filled;
use super::access::things::furnish;
use super::helpers::browser::page_routes;
use super::helpers::{TestApp, draft};

const PUBLIC: &str = "--public-url=http://cron.test/cron/";

/// The addresses in a document: links, forms, files.
fn addresses(html: &str) -> impl Iterator<Item = &str> {
    let attributes = [
        " href=\"",
        " action=\"",
        " src=\"",
        "import(\"",
        "module_or_path: \"",
    ];
    attributes.into_iter().flat_map(|before| {
        html.split(before)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    })
}

#[tokio::test]
async fn every_address_on_every_page_is_under_the_path() {
    let app = TestApp::with(&[PUBLIC, "--outbound-allow=127.0.0.0/8"]).await;
    let app = furnish(app).await;
    let (admin, stranger) = (app.signed_in("root", Role::Admin).await, app.browser());
    let (mut wrong, mut seen) = (Vec::new(), 0);
    let pages = page_routes().await;
    let pages = pages.iter().map(|path| filled(path));
    for path in pages.chain(["/no-such-page".to_owned(), "/runs?state=x".to_owned()]) {
        let reader = if path == "/login" { &stranger } else { &admin };
        let text = reader.open(&format!("/cron{path}")).await.text();
        assert!(text.contains("data-base=\"/cron\""), "{path}");
        for address in addresses(&text) {
            seen += 1;
            if address.starts_with('/') && !address.starts_with("/cron/") {
                wrong.push(format!("{path}: {address}"));
            }
        }
    }
    assert!(seen > 500, "{seen}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn pages_begin_with_parts_that_no_public_address_may_have() {
    for path in page_routes().await {
        let first = path.split('/').nth(1).unwrap_or_default();
        assert!(
            first.is_empty() || !app::routes::can_be_base(&format!("/{first}")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn requests_are_accepted_with_and_without_the_path_and_redirects_keep_it() {
    let app = TestApp::with(&[PUBLIC]).await;
    let admin = app.signed_in("root", Role::Admin).await;
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await.id;
    for base in ["/cron", ""] {
        let shown = admin.open(&format!("{base}/tasks/{task}")).await;
        assert_eq!(shown.status, 200);
        assert!(shown.text().contains("action=\"/cron/fn/"));
        let listed = admin.get(&format!("{base}/api/v1/tasks")).await.expect(200);
        assert_eq!(listed["items"][0]["id"], task.0);
    }
    assert_eq!(admin.open("/cron").await.status, 200);
    for unknown in ["/cronies", "/cron/cron/tasks"] {
        assert_eq!(admin.open(unknown).await.status, 404, "{unknown}");
    }
    // A stranger is sent to sign in, and back to the page afterwards.
    let stranger = app.browser();
    let away = stranger.open(&format!("/cron/tasks/{task}?a=b")).await;
    let wanted = format!("/cron/login?next=%2Ftasks%2F{task}%3Fa%3Db");
    assert_eq!(
        (away.status, away.header("location")),
        (303, wanted.as_str())
    );
    // A form without JavaScript.
    let fields = [("lang", "en"), ("next", "/tasks")];
    let set = admin.submit("/cron/preferences", &fields).await;
    assert_eq!((set.status, set.header("location")), (303, "/cron/tasks"));
    let cookies = set.headers.get_all(header::SET_COOKIE);
    let cookies: Vec<&str> = cookies.iter().filter_map(|one| one.to_str().ok()).collect();
    assert!(
        !cookies.is_empty() && cookies.iter().all(|one| one.contains("; Path=/cron;")),
        "{cookies:?}"
    );
    let moved = admin.open(&format!("/cron/taskid{task}")).await;
    assert_eq!(moved.header("location"), format!("/cron/tasks/{task}"));
}

//! Each account, token and address may send so many requests a minute; answers of the API say how many are left.

use app::auth::Role;
use chrono::TimeDelta;

use super::helpers::{Browser, TestApp};

const LIST: &str = "/api/v1/tasks";

/// Limit, remaining requests, seconds until all are back.
fn left(reply: &super::helpers::Reply) -> [u32; 3] {
    ["limit", "remaining", "reset"].map(|part| {
        let value = reply.header(&format!("ratelimit-{part}"));
        value
            .parse()
            .unwrap_or_else(|error| panic!("{part}: {error}"))
    })
}

async fn status(browser: &Browser, path: &str) -> u16 {
    browser.get(path).await.status
}

#[tokio::test]
async fn who_sends_too_much_waits_and_delays_nobody_else() {
    let app = TestApp::with(&["--requests-per-minute=3"]).await;
    let busy = app.signed_in("busy", Role::Viewer).await;
    let busy = busy.with("accept-language", "en");
    let other = app.signed_in("other", Role::Viewer).await;
    for remaining in [2, 1, 0] {
        let reply = busy.get(LIST).await;
        assert_eq!(reply.status, 200);
        assert_eq!(left(&reply)[..2], [3, remaining]);
    }
    let refused = busy.get(LIST).await;
    assert_eq!(left(&refused), [3, 0, 60]);
    assert_eq!(refused.header("retry-after"), "20");
    let problem = refused.expect(429);
    assert_eq!(problem["code"], "too_many_requests");
    // A page says so in words; a second browser of the account does not help.
    let page = busy.open("/tasks").await;
    assert_eq!(page.status, 429);
    assert!(page.text().contains("Too many requests"), "{}", page.text());
    // What costs nothing is not counted, others have their own requests, and the console always gets in.
    assert_eq!(status(&busy, "/healthz").await, 200);
    assert_eq!(status(&other, LIST).await, 200);
    // A request of a stranger counts for the address.
    let stranger = app.browser().at("192.0.2.9");
    for expected in [401, 401, 401, 429] {
        assert_eq!(status(&stranger, LIST).await, expected);
    }
    assert_eq!(status(&app.browser().at("192.0.2.10"), LIST).await, 401);
    // One comes back every twenty seconds.
    app.clock.advance(TimeDelta::seconds(20));
    assert_eq!(status(&busy, LIST).await, 200);
    assert_eq!(status(&busy, LIST).await, 429);
}

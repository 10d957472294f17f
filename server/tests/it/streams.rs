//! Streaming answers: they end with the right to them, and no account has too many.

use std::time::Duration;

use app::auth::Role;
use app::backend::Runs;
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::StreamExt;
use serde_json::json;

use super::helpers::{Browser, TestApp, draft, in_time};
use super::sessions::{PASSWORD, account, sign_in};

/// An open stream.
struct Open(axum::body::BodyDataStream);

impl Open {
    async fn at(browser: &Browser, path: &str) -> Self {
        let request = Request::get(path).header(header::ACCEPT, "text/event-stream");
        let request = request.body(Body::empty()).expect("a request");
        let response = browser.send_unread(request).await;
        assert_eq!(response.status(), 200, "{path}");
        Self(response.into_body().into_data_stream())
    }

    /// Waits for its end.
    async fn ended(mut self) {
        in_time("the end of a stream", async {
            while let Some(piece) = self.0.next().await {
                piece.expect("a piece");
            }
        })
        .await;
    }

    /// Whether it is open as far as can be seen now.
    async fn is_open(&mut self) -> bool {
        let piece = tokio::time::timeout(Duration::from_millis(50), self.0.next()).await;
        piece.map_or(true, |piece| piece.is_some())
    }
}

/// What ends the right to a stream.
#[derive(Clone, Copy, Debug)]
enum End {
    SignOut,
    Disabled,
    Password,
    OwnPassword,
    Revoked,
}

#[tokio::test]
async fn streams_end_with_the_right_to_them() {
    for end in [
        End::SignOut,
        End::Disabled,
        End::Password,
        End::OwnPassword,
        End::Revoked,
    ] {
        let app = TestApp::new().await;
        let admin = app.signed_in("ada", Role::Admin).await;
        account(&app, "vi", Role::Viewer).await;
        account(&app, "jo", Role::Viewer).await;
        let (vi, vi_too, jo) = (app.browser(), app.browser(), app.browser());
        for (browser, name) in [(&vi, "vi"), (&vi_too, "vi"), (&jo, "jo")] {
            assert_eq!(sign_in(browser, name, PASSWORD).await, 303);
        }
        let made = vi
            .post("/api/v1/tokens", json!({"name": "ci"}))
            .await
            .expect(201);
        let token = made["token"].as_str().expect("a token");
        let program = app
            .browser()
            .with("authorization", &format!("Bearer {token}"));
        let task = app.add(draft("quiet", "0 0 1 1 *", "exec sleep 600")).await;
        let run = app.start_run(task.id).await;
        let log = format!("/api/v1/runs/{run}/log/stream");
        let open = async |browser: &Browser| {
            [
                Open::at(browser, "/events").await,
                Open::at(browser, &log).await,
            ]
        };
        let ours = open(&vi).await;
        let too = open(&vi_too).await;
        let programs = open(&program).await;
        let others = open(&jo).await;
        let set = |change| admin.call("PATCH", "/api/v1/users/2", Some(change));
        match end {
            End::SignOut => assert_eq!(vi.submit("/logout", &[]).await.status, 303),
            End::Disabled => drop(set(json!({"disabled": true})).await.expect(204)),
            End::Password => drop(
                set(json!({"password": "another password"}))
                    .await
                    .expect(204),
            ),
            End::OwnPassword => {
                let change = json!({"current": PASSWORD, "new": "another password"});
                vi_too
                    .post("/api/v1/account/password", change)
                    .await
                    .expect(204);
            }
            End::Revoked => {
                let path = format!("/api/v1/tokens/{}", made["id"]);
                vi.call("DELETE", &path, None).await.expect(204);
            }
        }
        let over = match end {
            End::SignOut => [true, false, false],
            End::Disabled | End::Password => [true, true, true],
            End::OwnPassword => [true, false, true],
            End::Revoked => [false, false, true],
        };
        for (streams, over) in [ours, too, programs].into_iter().zip(over) {
            for mut stream in streams {
                if over {
                    stream.ended().await;
                } else {
                    assert!(stream.is_open().await, "{end:?}");
                }
            }
        }
        for mut stream in others {
            assert!(stream.is_open().await, "{end:?}: of another account");
        }
        app.service
            .run_stop(&app.console(), run)
            .await
            .expect("a stop");
    }
}

#[tokio::test]
async fn streams_end_with_what_another_server_has_ended() {
    let app = TestApp::new().await;
    account(&app, "vi", Role::Viewer).await;
    let (gone, stays) = (app.browser(), app.browser());
    for browser in [&gone, &stays] {
        assert_eq!(sign_in(browser, "vi", PASSWORD).await, 303);
    }
    let (ended, mut open) = (
        Open::at(&gone, "/events").await,
        Open::at(&stays, "/events").await,
    );
    // As another server does it: only the database knows.
    let secret = gone.cookie("jcrontab_session").expect("a session");
    let key = server::auth::token::hash(&secret);
    app.components
        .store
        .delete_session(&key)
        .await
        .expect("the database");
    app.service.end_dead_streams().await.expect("the database");
    ended.ended().await;
    assert!(open.is_open().await);
    app.clock.advance(chrono::TimeDelta::days(31));
    app.service.end_dead_streams().await.expect("the database");
    open.ended().await;
}

#[tokio::test]
async fn no_account_has_all_event_streams() {
    let app = TestApp::with(&["--max-connections=200"]).await;
    let vi = app.signed_in("vi", Role::Viewer).await;
    let jo = app.signed_in("jo", Role::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..50 {
        open.push(Open::at(&vi, "/events").await);
    }
    let refused = vi.get("/events").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
    assert_eq!(refused.json()["code"], "events.streams");
    open.push(Open::at(&jo, "/events").await);
    drop(open);
    drop(Open::at(&vi, "/events").await);
}

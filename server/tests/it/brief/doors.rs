//! Who may read a brief, and where it is shown.

use ::app::auth::Role;
use serde_json::json;

use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;
use super::super::helpers::{TestApp, draft};
use super::{FAILS, SELDOM, WORKS, change, run};

#[tokio::test]
async fn readers_of_a_run_can_read_its_brief_and_strangers_cannot() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let task = app.add(draft("t", SELDOM, "true")).await.id;
    let fine = run(&app, task).await;
    let path = |run: i64| format!("/api/v1/runs/{run}/brief");
    // Of a run that did not fail there is none.
    let refused = viewer.get(&path(fine.0)).await;
    assert_eq!(refused.expect(409)["code"], "run.not_failed");
    viewer.get(&path(999)).await.expect(404);
    app.browser().get(&path(fine.0)).await.expect(401);
    let editor = app.signed_in("ed", Role::Editor).await;
    change(&app, &editor, task, json!({"command": "exit 1"})).await;
    let failed = run(&app, task).await;
    viewer.get(&path(failed.0)).await.expect(200);
    app.browser().get(&path(failed.0)).await.expect(401);
}

#[tokio::test]
async fn the_page_shows_it_above_the_output_in_the_readers_language() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("backup", SELDOM, WORKS)).await.id;
    let success = run(&app, task).await;
    let page = viewer.open(&format!("/runs/{success}")).await.text();
    assert!(!page.contains("class=\"card brief\""), "{page}");
    let command = "echo started at 09:00:02; echo '<b>disk</b> full'; exit 3";
    change(&app, &editor, task, json!({"command": command})).await;
    let failed = run(&app, task).await;
    let other = app.add(draft("对账", SELDOM, "exit 1")).await.id;
    let other_run = app.start_run(other).await;
    app.ended(other_run).await;

    let page = viewer.open(&format!("/runs/{failed}")).await.text();
    let begin = page.find("class=\"card brief\"").expect("the brief");
    let end = page.find("log-card").expect("the output");
    assert!(begin < end, "{page}");
    let card = &page[begin..end];
    for piece in [
        "失败速览",
        "，首次失败",
        &format!("href=\"/runs/{success}\""),
        "ed 于",
        "修改了命令",
        "href=\"#L2\"",
        &format!("href=\"/runs/{success}#L2\""),
        "&lt;b&gt;disk&lt;/b&gt; full",
        "copied 17 files in 350 ms",
        "还有 1 个任务失败",
        &format!("href=\"/runs/{other_run}\""),
    ] {
        assert!(card.contains(piece), "{piece}: {card}");
    }
    let english = viewer.with("accept-language", "en");
    let page = english.open(&format!("/runs/{failed}")).await.text();
    assert!(
        page.contains("Failure brief") && page.contains("edited the command"),
        "{page}"
    );
}

#[tokio::test]
async fn the_terminal_shows_it_with_the_run() {
    let place = Place::new().await;
    let clock = std::sync::Arc::new(super::super::helpers::ManualClock::new(
        super::super::helpers::at("2026-11-22T08:00:00Z"),
    ));
    let app = TestApp::start(place, clock, None, &[]).await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let task = app.add(draft("backup", SELDOM, WORKS)).await.id;
    let success = run(&app, task).await;
    change(
        &app,
        &editor,
        task,
        json!({"command": FAILS, "runbook": "free some space"}),
    )
    .await;
    let failed = run(&app, task).await;
    let token = app.token("robot", Role::Viewer).await;
    let url = app.served().await;
    let show = async |run: i64| {
        let run = run.to_string();
        let arguments = ["run", "show", &run, "--url", &url, "--token", &token];
        let shown = jcrontab(&app.place, &arguments).await;
        assert_eq!(shown.code, 0, "{shown:?}");
        shown.out
    };
    let shown = show(failed.0).await;
    for piece in [
        "Failure brief:\n  First failure: 2026-11-22 08:03:00 +00:00; last success 2026-11-22 08:01:00 +00:00",
        "  What changed: ed edited the command and the runbook at 2026-11-22 08:02:00 +00:00\n",
        &format!(
            "  + #{failed}:2: disk full on /data\n  - #{success}:2: copied 17 files in 350 ms\n"
        ),
        "Runbook:\n  free some space\n",
    ] {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
    assert!(!show(success.0).await.contains("Failure brief"));
}

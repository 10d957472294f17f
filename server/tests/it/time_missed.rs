//! Missed firings, those skipped by a clock that is set, and their explanations.

use app::backend::{Calendars, Tasks};
use app::calendar::BlackoutDraft;
use app::id::TaskId;
use app::run::Trigger;
use app::schedule::{MissedDraft, ScheduleDraft};
use app::task::{Control, TaskDraft};
use chrono::TimeDelta;

use super::helpers::{ManualClock, TestApp, at, draft, place::Place};

async fn again((place, clock): (std::sync::Arc<Place>, std::sync::Arc<ManualClock>)) -> TestApp {
    TestApp::start(place, clock, None, &[]).await
}

fn missed(policy: &str, max: &str, max_age: &str) -> MissedDraft {
    MissedDraft {
        policy: policy.to_owned(),
        max: max.to_owned(),
        max_age: max_age.to_owned(),
        ..MissedDraft::default()
    }
}

/// Rows of a task's ledger, oldest first: `state|reason|firings`.
async fn rows(app: &TestApp, task: TaskId) -> Vec<String> {
    let sql = format!(
        "SELECT CONCAT(state, '|', COALESCE(reason, ''), '|', firings) FROM occurrence WHERE task_id = {} ORDER BY scheduled_for",
        task.0
    );
    app.place.database.rows(&sql).await
}

#[tokio::test]
async fn the_rule_of_a_task_says_what_is_caught_up() {
    let app = TestApp::new().await;
    let rule = |name: &str, missed| TaskDraft {
        missed,
        ..draft(name, "*/10 * * * *", "true")
    };
    let none = app.add(rule("none", missed("none", "", ""))).await.id;
    let latest = app.add(rule("latest", missed("latest", "", ""))).await.id;
    let old = app.add(rule("old", missed("latest", "", "1m30s"))).await.id;
    let all = app.add(rule("all", missed("all", "3", ""))).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:30Z")).await;
    let (place, clock) = app.die();
    clock.set(at("2026-11-22T09:02:00Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-22T09:03:00Z")).await;

    assert_eq!(app.history(none).await, vec!["missed(down)"; 6]);
    assert_eq!(app.history(old).await, vec!["missed(down)"; 6]);
    assert_eq!(app.history(latest).await[0], "succeeded");
    assert_eq!(app.history(latest).await[1..], vec!["missed(down)"; 5]);
    let caught: Vec<_> = app.runs(all).await;
    assert_eq!(
        caught
            .iter()
            .map(|run| (run.scheduled_for.expect("planned").0, run.trigger))
            .collect::<Vec<_>>(),
        ["08:40", "08:50", "09:00"]
            .map(|time| (at(&format!("2026-11-22T{time}:00Z")), Trigger::CatchUp)),
        "the latest three, in their order"
    );
    for pair in caught.windows(2) {
        assert!(
            pair[0].finished_at <= Some(pair[1].started_at),
            "one after another"
        );
    }
    app.node().await.go_to(at("2026-11-22T09:10:00Z")).await;
    for task in [none, latest, old, all] {
        assert_eq!(
            app.history(task).await[0],
            "succeeded",
            "the next one fires"
        );
    }
}

#[tokio::test]
async fn three_weeks_of_seconds_are_a_few_rows() {
    let app = TestApp::new().await;
    let task = app.add(draft("t", "* * * * * *", "true")).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:02Z")).await;
    let before = rows(&app, task).await.len();
    let (place, clock) = app.die();
    clock.set(at("2026-12-13T08:00:00Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-12-13T08:00:01Z")).await;
    let shown = rows(&app, task).await;
    assert!(shown.len() < before + 30, "{} rows", shown.len());
    let total: i64 = app
        .place
        .database
        .integers(&format!(
            "SELECT firings FROM occurrence WHERE task_id = {} AND state <> 'planned'",
            task.0
        ))
        .await
        .iter()
        .sum();
    // From 08:00:01 on the first day to 08:00:01 three weeks later, each second once.
    assert_eq!(total, 21 * 86_400 + 1);
    assert_eq!(app.history(task).await[0], "succeeded");
}

#[tokio::test]
async fn a_week_of_minutes_distinguishes_working_days_from_rest_days() {
    let app = TestApp::new().await;
    let schedule = ScheduleDraft {
        day_rule: "work_days".to_owned(),
        ..ScheduleDraft::plain("* * * * *")
    };
    let draft = TaskDraft {
        schedules: vec![schedule],
        ..draft("t", "", "true")
    };
    let task = app.add(draft).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:30Z")).await;
    let (place, clock) = app.die();
    clock.set(at("2026-11-30T08:00:00Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-30T08:00:30Z")).await;
    // The rest of Sunday the 22nd, and the weekend of the 28th; between them five days, and the
    // eight hours of Monday the 30th.
    assert_eq!(
        rows(&app, task).await,
        [
            "skipped|calendar|959",
            "skipped|calendar|2880",
            "missed|down|7680",
            "succeeded||1"
        ]
    );
}

#[tokio::test]
async fn what_rules_left_out_meanwhile_is_not_missed() {
    let app = TestApp::new().await;
    let schedule = ScheduleDraft {
        day_rule: "work_days".to_owned(),
        ..ScheduleDraft::plain("0 */6 * * *")
    };
    let draft = TaskDraft {
        schedules: vec![schedule],
        ..draft("t", "", "true")
    };
    let task = app.add(draft).await.id;
    app.node().await.go_to(at("2026-11-22T08:00:30Z")).await;
    let (place, clock) = app.die();
    // Sunday 12:00 and 18:00 do not count; Monday 00:00 and 06:00 were missed.
    clock.set(at("2026-11-23T07:00:00Z"));
    let app = again((place, clock)).await;
    app.node().await.go_to(at("2026-11-23T07:01:00Z")).await;
    assert_eq!(
        rows(&app, task).await,
        [
            "skipped|calendar|1",
            "skipped|calendar|1",
            "missed|down|1",
            "succeeded||1"
        ]
    );
}

#[tokio::test]
async fn a_clock_set_forward_a_little_fires_fixed_times_once() {
    let app = TestApp::new().await;
    let fixed = app.add(draft("fixed", "15,45 8 * * *", "true")).await.id;
    let stars = app.add(draft("stars", "*/10 * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:05:30Z")).await;
    app.clock.step(TimeDelta::minutes(90));
    node.go_to(at("2026-11-22T09:41:00Z")).await;
    assert_eq!(
        rows(&app, fixed).await,
        ["missed|clock|1", "succeeded||1"],
        "the last one, once"
    );
    let shown = rows(&app, stars).await;
    assert_eq!(shown.len(), 10, "{shown:?}");
    assert!(
        shown[..9].iter().all(|row| row == "missed|clock|1"),
        "{shown:?}"
    );
    assert_eq!(shown[9], "succeeded||1", "on time again");
    assert_eq!(
        app.place
            .database
            .rows("SELECT detail FROM audit WHERE action = 'clock.step'")
            .await,
        ["+5400"]
    );
}

#[tokio::test]
async fn a_clock_set_forward_far_is_a_new_time() {
    let app = TestApp::new().await;
    let fixed = app.add(draft("fixed", "15 9 * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:05:30Z")).await;
    app.clock.step(TimeDelta::hours(5));
    node.go_to(at("2026-11-22T13:06:00Z")).await;
    assert_eq!(rows(&app, fixed).await, ["missed|clock|1"]);
    let shown = app
        .service
        .task_explain(&app.console(), fixed, "2026-11-22 09:15")
        .await
        .expect("an explanation")
        .sentence;
    assert!(shown.contains("the clock was set forward"), "{shown}");
}

#[tokio::test]
async fn a_clock_set_back_fires_nothing_again() {
    for hours in [1, 5] {
        let app = TestApp::new().await;
        let task = app.add(draft("t", "*/10 * * * *", "true")).await.id;
        app.clock.advance(TimeDelta::hours(6));
        let mut node = app.node().await;
        node.go_to(at("2026-11-22T14:30:30Z")).await;
        let ran = app.runs(task).await.len();
        assert_eq!(ran, 3);
        app.clock.step(TimeDelta::hours(-hours));
        let back = at("2026-11-22T14:30:30Z") - TimeDelta::hours(hours);
        node.go_to(back + TimeDelta::minutes(5)).await;
        if hours == 1 {
            node.go_to(at("2026-11-22T14:30:30Z")).await;
            assert_eq!(
                app.runs(task).await.len(),
                ran + 3,
                "13:40, 13:50, 14:00 are new"
            );
        }
        let twice = "SELECT COUNT(*) FROM (SELECT occurrence_id FROM run GROUP BY occurrence_id HAVING COUNT(*) > 1) AS t";
        assert_eq!(app.place.database.count(twice).await, 0);
        node.go_to(at("2026-11-22T14:40:00Z")).await;
        assert_eq!(app.history(task).await[0], "succeeded", "and it goes on");
    }
}

#[tokio::test]
async fn every_instant_has_its_sentence() {
    let app = TestApp::new().await;
    let console = app.console();
    let explain = async |task: TaskId, at: &str| {
        let shown = app
            .service
            .task_explain(&console, task, at)
            .await
            .expect("an explanation");
        (shown.verdict.as_str(), shown.sentence)
    };
    let task = app.add(draft("t", "0,30 * * * *", "true")).await.id;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:40:00Z")).await;
    let blackout = BlackoutDraft {
        name: "发布".to_owned(),
        starts_at: "2026-11-22 08:50".to_owned(),
        ends_at: "2026-11-22 09:10".to_owned(),
        ..BlackoutDraft::default()
    };
    app.service
        .blackout_create(&console, &blackout)
        .await
        .expect("a blackout");
    let table = [
        (
            "2026-11-22T07:30:00Z",
            "not_created",
            "created at 2026-11-22 08:00:00",
        ),
        ("2026-11-22 08:30", "ran", "started at 2026-11-22 08:30:00"),
        ("08:30", "ran", "started at 2026-11-22 08:30:00"),
        (
            "2026-11-22 08:31",
            "not_named",
            "before it 2026-11-22 08:30:00 +00:00, after it 2026-11-22 09:30:00 +00:00",
        ),
        (
            "2026-11-22 09:00",
            "skipped",
            "blackout \"发布\" until 2026-11-22 09:10:00 +00:00",
        ),
        (
            "2026-11-22 09:30",
            "planned",
            "will run at 2026-11-22 09:30:00",
        ),
    ];
    for (at, verdict, words) in table {
        let shown = explain(task, at).await;
        assert_eq!(shown.0, verdict, "{at}: {}", shown.1);
        assert!(shown.1.contains(words), "{at}: {}", shown.1);
    }
    node.go_to(at("2026-11-22T09:20:00Z")).await;
    let shown = explain(task, "2026-11-22 09:00").await;
    assert!(
        shown.1.contains("was skipped: it fell into a blackout"),
        "{}",
        shown.1
    );

    app.service
        .task_control(&console, task, &Control::Close)
        .await
        .expect("closed");
    node.go_to(at("2026-11-22T09:40:00Z")).await;
    let shown = explain(task, "2026-11-22 09:30").await;
    assert_eq!(shown.0, "closed", "{}", shown.1);

    let refused = app.service.task_explain(&console, task, "soon").await;
    assert_eq!(refused.expect_err("no time").fields[0].field, "at");
}

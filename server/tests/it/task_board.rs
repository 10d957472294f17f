//! The list of tasks as its page shows it: the worst first, counts by health, the last runs, and filters in the search.

use app::auth::Role;
use app::backend::{Caller, Runs, System, Tasks};
use app::channel::ChannelKind;
use app::page::{TaskBoard, TaskCounts};
use app::run::RunState;
use app::task::execution::{ExecutionDraft, RetryDraft};
use app::task::{Control, TaskDraft, TaskOrder, TaskQuery};

use super::helpers::{TestApp, at, draft};

const YEARLY: &str = "0 0 1 1 *";

fn worst() -> TaskQuery {
    TaskQuery {
        order: TaskOrder::Worst,
        ..TaskQuery::default()
    }
}

async fn board(app: &TestApp, query: &TaskQuery) -> TaskBoard {
    let board = app.service.task_board(&app.console(), query).await;
    board.expect("a board")
}

fn names(board: &TaskBoard) -> Vec<&str> {
    board.items.iter().map(|row| row.name.as_str()).collect()
}

async fn control(app: &TestApp, who: &Caller, name: &str, control: Control) {
    let query = TaskQuery {
        q: name.to_owned(),
        ..TaskQuery::default()
    };
    let found = board(app, &query).await;
    let task = found.items.iter().find(|row| row.name == name);
    let id = task.expect("a task").id;
    let done = app.service.task_control(who, id, &control);
    done.await.expect("done");
}

/// A task in each health, by the name of that.
async fn furnish(app: &TestApp) {
    let chased = |name: &str, command: &str| TaskDraft {
        urge_cron: "0 0 2 1 *".to_owned(),
        urging: true,
        ..draft(name, YEARLY, command)
    };
    let console = app.console();
    for name in ["fails-1", "fails-2"] {
        let task = app.add(draft(name, YEARLY, "exit 1")).await.id;
        app.ended(app.start_run(task).await).await;
    }
    app.add(chased("chased", "true")).await;
    let both = app.add(chased("fails-chased", "exit 1")).await.id;
    app.ended(app.start_run(both).await).await;
    app.add(draft("waits", YEARLY, "true")).await;
    app.add(draft("paused", YEARLY, "true")).await;
    app.add(draft("closed", YEARLY, "true")).await;
    control(app, &console, "paused", Control::Pause(None)).await;
    control(app, &console, "closed", Control::Close).await;
}

#[tokio::test]
async fn the_worst_come_first_on_all_pages_together() {
    let app = TestApp::new().await;
    furnish(&app).await;
    let expected = [
        "fails-chased",
        "fails-2",
        "fails-1",
        "chased",
        "closed",
        "paused",
        "waits",
    ];
    let all = board(&app, &worst()).await;
    assert_eq!(names(&all), expected);
    assert_eq!(all.next, None);
    for limit in [1, 2, 3, 4] {
        let (mut query, mut found) = (worst(), Vec::new());
        query.limit = Some(limit);
        loop {
            let page = board(&app, &query).await;
            found.extend(names(&page).into_iter().map(str::to_owned));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{limit} a page");
    }
    let by_name = TaskQuery {
        order: TaskOrder::Name,
        limit: Some(3),
        ..TaskQuery::default()
    };
    let first = board(&app, &by_name).await;
    assert_eq!(names(&first), ["chased", "closed", "fails-1"]);
    let after = TaskQuery {
        after: first.next,
        ..by_name
    };
    let second = board(&app, &after).await;
    assert_eq!(names(&second), ["fails-2", "fails-chased", "paused"]);

    let page = app.signed_in("eve", Role::Viewer).await;
    let page = page.open("/tasks").await.text();
    let place = |name: &str| page.find(&format!(">{name}<")).expect("a row");
    assert!(expected.is_sorted_by_key(|name| place(name)), "{page}");
    assert!(
        page.contains("<title>(3) 任务 · Jcrontab</title>"),
        "{page}"
    );
}

#[tokio::test]
async fn tasks_are_counted_by_health_as_they_change() {
    let app = TestApp::new().await;
    let empty = board(&app, &worst()).await;
    assert_eq!(empty.counts, TaskCounts::default());
    furnish(&app).await;
    let expected = TaskCounts {
        all: 7,
        failing: 3,
        chasing: 1,
        running: 0,
        paused: 1,
        closed: 1,
    };
    assert_eq!(board(&app, &worst()).await.counts, expected);
    let console = app.console();
    let runs = app.add(draft("runs", YEARLY, "sleep 600")).await.id;
    let run = app.start_run(runs).await;
    control(&app, &console, "fails-1", Control::Pause(None)).await;
    control(&app, &console, "chased", Control::Unurge).await;
    let mut changed = TaskCounts {
        all: 8,
        failing: 2,
        chasing: 0,
        running: 1,
        paused: 2,
        closed: 1,
    };
    assert_eq!(board(&app, &worst()).await.counts, changed);
    // What is asked for does not matter.
    let query = TaskQuery {
        q: "nowhere".to_owned(),
        ..worst()
    };
    let none = board(&app, &query).await;
    assert_eq!((none.items.len(), none.counts), (0, changed));
    app.service.run_stop(&console, run).await.expect("stopped");
    app.ended(run).await;
    changed.running = 0;
    assert_eq!(board(&app, &worst()).await.counts, changed);
    let page = app.signed_in("eve", Role::Viewer).await;
    let page = page.open("/tasks").await.text();
    let mut links = page.split("<a ").skip(1);
    let chip = links.find(|link| link.contains("href=\"/tasks?state=failing\""));
    assert!(chip.expect("a chip").contains(">2<"), "{page}");
}

#[tokio::test]
async fn a_row_shows_how_the_last_runs_ended() {
    use RunState::{Failed, Succeeded};
    let app = TestApp::new().await;
    let retry = RetryDraft {
        attempts: "2".to_owned(),
        delay: "10s".to_owned(),
        ..RetryDraft::default()
    };
    let retried = TaskDraft {
        execution: ExecutionDraft {
            retry,
            ..ExecutionDraft::default()
        },
        ..draft("retried", "0 9 * * *", "exit 1")
    };
    app.add(retried).await;
    let often = app.add(draft("often", YEARLY, "true")).await.id;
    app.add(draft("never", YEARLY, "true")).await;
    for _ in 0..22 {
        app.ended(app.start_run(often).await).await;
    }
    let mut node = app.node().await;
    for day in [22, 23] {
        for due in ["09:00:00", "09:00:10", "09:00:30"] {
            node.go_to(at(&format!("2026-11-{day}T{due}Z"))).await;
        }
    }
    let shown = board(&app, &worst()).await;
    assert_eq!(names(&shown), ["retried", "never", "often"]);
    let recent: Vec<&Vec<RunState>> = shown.items.iter().map(|row| &row.recent).collect();
    assert_eq!(
        recent,
        [&vec![Failed; 2], &Vec::new(), &vec![Succeeded; 20]]
    );
    let page = app.signed_in("eve", Role::Viewer).await;
    page.put_cookie("jcrontab_lang", "en");
    let page = page.open("/tasks").await.text();
    for label in [
        "Last 2 runs, 2 not successful",
        "Last 20 runs, 0 not successful",
    ] {
        assert!(page.contains(&format!("aria-label=\"{label}\"")), "{page}");
    }
    assert_eq!(page.matches("class=\"strip\"").count(), 2, "{page}");
}

#[tokio::test]
async fn the_search_has_filters_for_status_zone_and_channel() {
    let app = TestApp::new().await;
    furnish(&app).await;
    let channel = app
        .channel("运维群 ÄB", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let elsewhere = TaskDraft {
        zone: "Asia/Shanghai".to_owned(),
        channel_id: Some(channel.id.0),
        ..draft("elsewhere", YEARLY, "echo team:web")
    };
    app.add(elsewhere).await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    for (words, expected) in [
        (
            "status:failing",
            &["fails-chased", "fails-2", "fails-1"][..],
        ),
        ("status:failing fails-2", &["fails-2"]),
        ("状态：催单中", &["chased"]),
        ("status:closed status:paused", &["closed", "paused"]),
        ("status:done", &["closed"]),
        ("zone:shanghai", &["elsewhere"]),
        ("zone:Asia/SHANGHAI status:active", &["elsewhere"]),
        ("zone:paris", &[]),
        ("渠道:运维", &["elsewhere"]),
        ("channel:äb", &["elsewhere"]),
        ("channel:none", &[]),
        ("team:web", &["elsewhere"]),
        ("status:sick", &[]),
    ] {
        let query = TaskQuery {
            q: words.to_owned(),
            ..worst()
        };
        assert_eq!(names(&board(&app, &query).await), expected, "{words}");
        let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let page = viewer.open(&format!("/tasks?q={query}")).await.text();
        let unknown = ["team:web", "status:sick"].contains(&words);
        let named = format!("没有“{words}”这样的筛选条件");
        assert_eq!(page.contains(&named), unknown, "{words}: {page}");
    }
    let export = viewer.open("/api/v1/tasks/export?q=zone:shanghai").await;
    let export = export.text();
    assert!(
        export.contains("elsewhere") && !export.contains("fails-1"),
        "{export}"
    );
}

#[tokio::test]
async fn the_density_of_lists_is_kept_in_a_cookie() {
    let app = TestApp::new().await;
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let page = viewer.open("/tasks").await.text();
    assert!(page.contains("data-density=\"comfortable\""), "{page}");
    for (density, kept) in [
        ("compact", "compact"),
        ("none", "compact"),
        ("comfortable", "comfortable"),
    ] {
        let fields = [("density", density), ("next", "/tasks")];
        let answer = viewer.submit("/preferences", &fields).await;
        assert_eq!(answer.header("location"), "/tasks");
        let page = viewer.open("/tasks").await.text();
        assert!(
            page.contains(&format!("data-density=\"{kept}\"")),
            "{density}: {page}"
        );
    }
}

/// The words of the main control of a page.
fn main_control(page: &str) -> &str {
    let (_, after) = page.split_once("button primary").expect("a main control");
    let end = after
        .find("</a>")
        .into_iter()
        .chain(after.find("</button>"))
        .min();
    &after[..end.expect("its end")]
}

#[tokio::test]
async fn the_page_of_a_task_begins_with_what_its_state_asks_for() {
    let app = TestApp::new().await;
    let editor = app.signed_in("ed", Role::Editor).await;
    let channel = app
        .channel("ops-group", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let task = TaskDraft {
        owners: vec!["bob".to_owned()],
        channel_id: Some(channel.id.0),
        zone: "Asia/Shanghai".to_owned(),
        ..draft("asks", YEARLY, "exit 1")
    };
    let id = app.add(task).await.id;
    let path = format!("/tasks/{id}");
    let patch = serde_json::json!({"command": "exit 2"});
    editor
        .call("PATCH", &format!("/api/v1{path}"), Some(patch))
        .await
        .expect(200);
    let page = editor.open(&path).await.text();
    assert!(main_control(&page).contains("立即执行"), "{page}");
    let head = page.split_once("class=\"lead\"").expect("a head").1;
    let head = head.split_once("</p>").expect("its end").0;
    for said in ["owner:bob", "Asia/Shanghai", "ops-group", "等待执行"] {
        let said = said.replace(':', "%3A");
        assert!(head.contains(&said), "{said}: {head}");
    }
    let stats = page.split_once("最近修改").expect("the last change").1;
    assert!(
        stats
            .split_once("</div>")
            .expect("its end")
            .0
            .contains("ed"),
        "{page}"
    );

    let run = app.start_run(id).await;
    app.ended(run).await;
    let page = editor.open(&path).await.text();
    assert!(main_control(&page).contains("查看日志"), "{page}");
    assert!(
        page.contains("<title>失败 ×1 · asks · Jcrontab</title>"),
        "{page}"
    );
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let seen = viewer.open(&path).await.text();
    assert!(main_control(&seen).contains("查看日志"), "{seen}");
    assert!(!seen.contains("/fn/task_run"), "{seen}");

    let console = app.console();
    for (done, words) in [
        (Control::Pause(None), "恢复执行"),
        (Control::Close, "重新打开"),
        (Control::Restore, "查看日志"),
    ] {
        control(&app, &console, "asks", done).await;
        let page = editor.open(&path).await.text();
        assert!(main_control(&page).contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn the_overview_shows_why_tasks_fail_and_lets_people_act() {
    let app = TestApp::new().await;
    let task = TaskDraft {
        owners: vec!["bob".to_owned()],
        ..draft("recon", YEARLY, "echo begun; echo disk full; exit 2")
    };
    let id = app.add(task).await.id;
    let run = app.start_run(id).await;
    app.ended(run).await;
    let overview = app.service.overview(&app.console()).await.expect("it");
    let hours: Vec<(i64, i64)> = overview
        .hours
        .iter()
        .map(|hour| (hour.runs, hour.bad))
        .collect();
    let mut expected = vec![(0, 0); 24];
    expected[23] = (1, 1);
    assert_eq!(hours, expected);

    let operator = app.signed_in("op", Role::Operator).await;
    let page = operator.open("/").await.text();
    let row = page.split_once("<li class=\"failing\">").expect("a row").1;
    let row = row.split_once("</li>").expect("its end").0;
    for shown in [
        "disk full",
        "失败 ×1",
        "owner%3Abob",
        &format!("/runs/{run}"),
        "/fn/task_run",
    ] {
        assert!(row.contains(shown), "{shown}: {row}");
    }
    assert!(!row.contains("begun"), "{row}");
    assert!(
        page.contains("<title>(1) 概览 · Jcrontab</title>"),
        "{page}"
    );
    assert!(
        page.contains("最近 24 小时：执行 1 次，1 次不成功"),
        "{page}"
    );
    let viewer = app.signed_in("eve", Role::Viewer).await;
    let page = viewer.open("/").await.text();
    assert!(
        page.contains("disk full") && !page.contains("/fn/task_run"),
        "{page}"
    );
}

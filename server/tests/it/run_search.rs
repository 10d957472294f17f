//! Runs of all tasks: filters, pages and exports, for whoever may read.

use app::auth::Role;
use app::id::TaskId;
use app::run::Run;
use serde_json::Value;
use server::clock::Clock;

use super::helpers::{Browser, TestApp, draft};

/// Some tasks with runs that ended well and badly.
async fn furnished() -> (TestApp, Vec<TaskId>, Vec<Run>) {
    let app = TestApp::new().await;
    let (mut tasks, mut runs) = (Vec::new(), Vec::new());
    for (name, command, tags) in [
        ("good", "echo 完成 Backup", vec!["web", "db"]),
        ("bad", "echo =1+1; exit 3", vec!["web"]),
        ("odd", "echo '100%_!'", vec!["webber"]),
    ] {
        let mut task = draft(name, "0 0 1 1 *", command);
        task.tags = tags.into_iter().map(str::to_owned).collect();
        tasks.push(app.add(task).await.id);
    }
    for round in 0..3 {
        for task in &tasks {
            let run = app.start_run(*task).await;
            runs.push(app.ended(run).await);
            let next = app.clock.now() + chrono::TimeDelta::minutes(1 + round);
            app.clock.set(next);
        }
    }
    (app, tasks, runs)
}

async fn ids(browser: &Browser, query: &str) -> Vec<i64> {
    let page = browser
        .get(&format!("/api/v1/runs?{query}"))
        .await
        .expect(200);
    let items = page["items"].as_array().expect("items").iter();
    items
        .map(|run| run["id"].as_i64().expect("an id"))
        .collect()
}

fn of(runs: &[Run], fits: impl Fn(&Run) -> bool) -> Vec<i64> {
    let fitting = runs.iter().rev().filter(|run| fits(run));
    fitting.map(|run| run.id.0).collect()
}

#[tokio::test]
async fn runs_are_found_by_each_filter_and_by_several() {
    let (app, tasks, runs) = furnished().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let bad = |run: &Run| run.task_id == tasks[1];
    let good = |run: &Run| run.task_id == tasks[0];
    assert_eq!(ids(&viewer, "").await, of(&runs, |_| true));
    assert_eq!(ids(&viewer, "state=bad").await, of(&runs, bad));
    assert_eq!(ids(&viewer, "state=failed,lost").await, of(&runs, bad));
    assert_eq!(ids(&viewer, "state=open").await, Vec::<i64>::new());
    let web = of(&runs, |run| good(run) || bad(run));
    assert_eq!(ids(&viewer, "tag=web").await, web, "a whole tag only");
    assert_eq!(
        ids(&viewer, "tag=web&state=succeeded").await,
        of(&runs, good)
    );
    assert_eq!(ids(&viewer, "q=backup").await, of(&runs, good));
    assert_eq!(ids(&viewer, "q=%E5%AE%8C%E6%88%90").await, of(&runs, good));
    let odd = of(&runs, |run| run.task_id == tasks[2]);
    assert_eq!(ids(&viewer, "q=100%25_!").await, odd, "signs are signs");
    assert_eq!(ids(&viewer, "q=100__").await, Vec::<i64>::new());
    assert_eq!(ids(&viewer, "trigger=manual").await.len(), 9);
    assert_eq!(ids(&viewer, "trigger=schedule").await.len(), 0);
    let node = &app.me.id;
    assert_eq!(
        ids(&viewer, &format!("node={node}&state=bad")).await,
        of(&runs, bad)
    );
    assert_eq!(ids(&viewer, "node=elsewhere").await.len(), 0);
    let task = tasks[1];
    assert_eq!(ids(&viewer, &format!("task={task}")).await, of(&runs, bad));
    let none = ids(&viewer, &format!("task={task}&state=succeeded")).await;
    assert_eq!(none, Vec::<i64>::new());
    let from = runs[3].started_at.rfc3339().replace('+', "%2B");
    let to = runs[7].started_at.rfc3339();
    let between =
        |run: &Run| run.started_at >= runs[3].started_at && run.started_at < runs[7].started_at;
    let found = ids(&viewer, &format!("from={from}&to={to}")).await;
    assert_eq!(found, of(&runs, between));
    let day = runs[0].started_at.0.format("%Y-%m-%d");
    assert_eq!(ids(&viewer, &format!("from={day}&to={day}")).await.len(), 9);
    // Later than MariaDB takes as a parameter.
    assert_eq!(ids(&viewer, "to=2099-01-01").await.len(), 9);
    assert_eq!(ids(&viewer, "from=2099-01-01").await.len(), 0);
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_at_its_field() {
    let (app, ..) = furnished().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    for (query, field) in [
        ("state=failed,late", "state"),
        ("trigger=nobody", "trigger"),
        ("from=yesterday", "from"),
        ("to=25:00", "to"),
        ("after=x", "after"),
        ("after=1.x", "after"),
        ("task=-1", "task"),
    ] {
        for path in ["/api/v1/runs", "/api/v1/runs/export"] {
            let refused: Value = viewer.get(&format!("{path}?{query}")).await.expect(422);
            assert_eq!(refused["errors"][0]["field"], field, "{query}: {refused}");
        }
    }
    let long = "x".repeat(201);
    viewer
        .get(&format!("/api/v1/runs?q={long}"))
        .await
        .expect(422);
    viewer.get("/api/v1/runs?task=999").await.expect(404);
    let page = viewer.open("/runs?from=yesterday&task=x").await;
    assert!(page.text().contains("RFC 3339"), "{}", page.text());
}

/// Every run once, whatever the size of the pages, also where a run that a cursor names has been deleted.
#[tokio::test]
async fn pages_are_followed_by_key() {
    let (app, tasks, runs) = furnished().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    for (filter, expected) in [
        (String::new(), of(&runs, |_| true)),
        ("&state=failed,succeeded".to_owned(), of(&runs, |_| true)),
        (
            format!("&task={}", tasks[2]),
            of(&runs, |run| run.task_id == tasks[2]),
        ),
        (
            "&tag=db".to_owned(),
            of(&runs, |run| run.task_id == tasks[0]),
        ),
    ] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/runs?limit=2{filter}{after}");
            let page = viewer.get(&path).await.expect(200);
            let items = page["items"].as_array().expect("items");
            found.extend(items.iter().map(|run| run["id"].as_i64().expect("an id")));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
            assert!(found.len() <= runs.len(), "pages do not end");
        }
        assert_eq!(found, expected, "{filter}");
    }
    let after = runs[4].id;
    let older = of(&runs[..4], |_| true);
    assert_eq!(ids(&viewer, &format!("after={after}")).await, older);
    let gone = format!("DELETE FROM run WHERE id = {after}");
    app.place.database.execute(&gone).await;
    assert_eq!(ids(&viewer, &format!("after={after}")).await, older);
}

#[tokio::test]
async fn runs_are_exported_and_no_cell_is_a_formula() {
    let (app, tasks, runs) = furnished().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let csv = viewer.get("/api/v1/runs/export?state=failed").await;
    assert_eq!(csv.status, 200);
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.header("content-disposition").contains("runs.csv"));
    let text = csv.text();
    let mut lines = text.split("\r\n");
    let head = lines.next().expect("a head");
    assert!(head.starts_with("\u{feff}id,task_id,task,state,"), "{head}");
    let rows: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 3, "{text}");
    for row in rows {
        assert!(row.contains(",bad,failed,manual,"), "{row}");
        assert!(row.contains(",'=1+1") || row.contains(",\"'=1+1"), "{row}");
    }
    let lines = viewer
        .get(&format!(
            "/api/v1/runs/export?format=jsonl&task={}",
            tasks[0]
        ))
        .await
        .text();
    let found: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let expected = of(&runs, |run| run.task_id == tasks[0]);
    let found: Vec<i64> = found
        .iter()
        .map(|run| run["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(found, expected);
    let three = viewer
        .get("/api/v1/runs/export?format=jsonl&limit=3")
        .await
        .text();
    assert_eq!(three.lines().count(), 3);
}

#[tokio::test]
async fn the_page_has_the_filters_of_its_address() {
    let (app, ..) = furnished().await;
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let page = viewer.open("/runs?state=failed&tag=web&q=%3D1").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains(">bad<") && !text.contains(">good<"), "{text}");
    let export = "/api/v1/runs/export?";
    assert!(text.contains(export), "{text}");
    assert!(text.contains("value=\"web\""), "{text}");
}

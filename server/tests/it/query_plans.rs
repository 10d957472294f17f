//! What the database does for a statement must not grow with the history: every statement that the product sends for
//! a page, a list or a turn of the scheduler is recorded, and its plan may neither scan a table that grows nor sort
//! rows of it. What plans do not show is measured: how much each statement reads, with a history and with ten times
//! as much.

mod backlog;
mod growth;
mod history;
mod reads;
mod rules;
mod summaries;
mod tickets;

use std::sync::{Arc, Mutex};

use app::auth::Role;
use app::channel::ChannelKind;

use super::helpers::place::Place;
use super::helpers::{Browser, ManualClock, TestApp, at, draft};
use history::TASKS;
use reads::{looks, reads};
use rules::{faults, grows};

/// Every statement that the product sends, with its values.
#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<String>>>);

impl Sent {
    fn note(&self, sql: &str) {
        // Instants are sent as values; in a text MySQL would not know them by their offset.
        let sql = sql.replace(" +00:00'", "'");
        self.0.lock().expect("statements").push(sql);
    }

    /// What was sent since the last call, each text once.
    fn take(&self) -> Vec<String> {
        let mut sent = std::mem::take(&mut *self.0.lock().expect("statements"));
        sent.sort_unstable();
        sent.dedup();
        sent
    }
}

/// An installation with much history that records its statements.
async fn installation() -> (TestApp, Sent) {
    let (app, sent) = installation_of(TASKS).await;
    history::fill(&app).await;
    sent.take();
    (app, sent)
}

/// An installation with so many tasks, and no history, that records its statements.
async fn installation_of(tasks: usize) -> (TestApp, Sent) {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
    let sent = Sent::default();
    let recorder = sent.clone();
    let flags = ["--outbound-allow=127.0.0.0/8"];
    let app = TestApp::start_with(Place::new().await, clock, None, &flags, move |store| {
        store.observe_statements(move |sql| recorder.note(sql));
    })
    .await;
    app.add_many(tasks, "0 9 * * *", "true").await;
    (app, sent)
}

/// The faults of all statements, each with its plan.
async fn judge(app: &TestApp, what: &str, statements: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    for sql in statements.iter().filter(|sql| grows(sql)) {
        looked_at += 1;
        let plan = app.place.database.plan(sql).await;
        for fault in faults(sql, &plan) {
            let shown: String = sql.chars().take(1_500).collect();
            found.push(format!(
                "{what}: {fault}\n  {shown}\n  {}",
                plan.join("\n  ")
            ));
        }
    }
    assert!(looked_at > 0, "{what} sent nothing to judge");
    found
}

async fn open(browser: &Browser, path: &str) {
    let reply = browser.open(path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
}

#[tokio::test]
async fn reading_neither_walks_through_history_nor_sorts_it() {
    let (app, sent) = installation().await;
    let browser = app.signed_in("reader", Role::Admin).await;
    sent.take();
    let mut found = Vec::new();
    for (what, paths) in reads(7, history::some_run()) {
        for path in &paths {
            open(&browser, path).await;
        }
        found.extend(judge(&app, what, &sent.take()).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// For a task whose newest run has not ended, the newest that has ended is read as well.
#[tokio::test]
async fn a_list_with_runs_under_way_is_found_along_the_same_index() {
    let (app, sent) = installation().await;
    let browser = app.signed_in("reader", Role::Viewer).await;
    let copy = format!(
        "INSERT INTO run (task_id, attempt, trigger_kind, state, node_id, epoch, started_at, \
         output_bytes, output_dropped) SELECT task_id, 1, 'manual', 'running', 'n', 1, started_at, \
         0, 0 FROM run WHERE id = {}",
        history::some_run()
    );
    app.place.database.execute(&copy).await;
    sent.take();
    for path in ["/tasks", "/tasks/7"] {
        open(&browser, path).await;
    }
    let statements = sent.take();
    let second = |sql: &&String| sql.contains("newest") && sql.contains("IS NOT NULL");
    assert!(statements.iter().any(|sql| second(&sql)), "{statements:#?}");
    let found = judge(&app, "a list with runs under way", &statements).await;
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// Of a failed run the page reads its streak, the success before it, and what changed meanwhile.
#[tokio::test]
async fn the_brief_of_a_failed_run_is_found_along_indexes() {
    let (app, sent) = installation().await;
    let admin = app.signed_in("reader", Role::Admin).await;
    let body = serde_json::json!({"name": "KEY", "value": "abcdef", "tasks": ["#7"]});
    admin.post("/api/v1/secrets", body).await.expect(201);
    let database = &app.place.database;
    let failed =
        "SELECT id FROM run WHERE task_id = 7 AND state = 'failed' ORDER BY id DESC LIMIT 2";
    let failed = database.integers(failed).await;
    let [last, first] = failed[..] else {
        panic!("{failed:?}");
    };
    // As the product had written it. MySQL reads nothing of the table that it writes.
    let since = format!("SELECT started_at FROM (SELECT * FROM run WHERE id = {first}) AS early");
    let streak = format!("UPDATE run SET streak = 2, streak_since = ({since}) WHERE id = {last}");
    database.execute(&streak).await;
    sent.take();
    for path in [
        format!("/runs/{last}"),
        format!("/api/v1/runs/{last}/brief"),
    ] {
        open(&admin, &path).await;
    }
    let statements = sent.take();
    let reads = |column: &str| statements.iter().any(|sql| sql.contains(column));
    assert!(
        reads("started_at` = ") || reads("started_at\" = "),
        "{statements:#?}"
    );
    let found = judge(&app, "a brief", &statements).await;
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    let brief = admin
        .get(&format!("/api/v1/runs/{last}/brief"))
        .await
        .expect(200);
    assert_eq!(brief["streak"]["first_run"], first, "{brief}");
}

#[tokio::test]
async fn pages_of_history_are_found_from_the_cursor_on() {
    let (app, sent) = installation().await;
    let browser = app.signed_in("reader", Role::Viewer).await;
    let mut found = Vec::new();
    for list in ["history?limit=30", "occurrences?limit=30"] {
        let mut path = format!("/api/v1/tasks/7/{list}");
        for _ in 0..3 {
            let page = browser.open(&path).await.expect(200);
            let next = page["next"].as_str().expect("more");
            path = format!("/api/v1/tasks/7/{list}&after={next}");
        }
        found.extend(judge(&app, list, &sent.take()).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[tokio::test]
async fn the_loop_neither_walks_through_history_nor_sorts_it() {
    let (app, sent) = installation().await;
    let channel = app
        .channel("robot", ChannelKind::Webhook, "http://127.0.0.1:9/")
        .await;
    let mut recorder = draft("answer", "0 9 * * *", "exit 1");
    recorder.channel_id = Some(channel.id.0);
    app.add(recorder).await;
    let mut node = app.node().await;
    sent.take();
    // Planned, claimed, ended, and on to the next day.
    node.go_to(at("2026-11-22T08:59:58Z")).await;
    node.go_to(at("2026-11-22T09:00:30Z")).await;
    let mut found = judge(&app, "the loop", &sent.take()).await;
    looks(&app, channel.id).await;
    found.extend(judge(&app, "the looks of the loop", &sent.take()).await);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// The tests above can fail: without an index the plans of the same pages are reported.
#[tokio::test]
async fn a_missing_index_is_noticed() {
    let (app, sent) = installation().await;
    let browser = app.signed_in("reader", Role::Admin).await;
    sent.take();
    for (index, table, columns, path) in [
        ("ix_run_task_id_id", "run", "task_id, id", "/tasks"),
        ("ix_run_state_started_at", "run", "state, started_at", "/"),
        (
            "ix_occurrence_task_id_due_at",
            "occurrence",
            "task_id, due_at",
            "/tasks/7/occurrences",
        ),
    ] {
        open(&browser, path).await;
        let statements = sent.take();
        let before = judge(&app, path, &statements).await;
        assert!(before.is_empty(), "{}", before.join("\n\n"));
        let on = if super::helpers::database::mysql_server().is_some() {
            format!(" ON {table}")
        } else {
            String::new()
        };
        let database = &app.place.database;
        database.execute(&format!("DROP INDEX {index}{on}")).await;
        let after = judge(&app, path, &statements).await;
        let create = format!("CREATE INDEX {index} ON {table} ({columns})");
        database.execute(&create).await;
        assert!(
            !after.is_empty(),
            "{path} does without {index}: {statements:#?}"
        );
    }
}

//! Metrics, who may read them, and the ids of requests.

mod contrib;
mod requests;

use std::collections::BTreeMap;

use app::auth::Role;
use app::backend::Runs;
use app::channel::ChannelKind;
use app::i18n::Lang;
use app::task::{Mode, TaskDraft};
use chrono::TimeDelta;

use super::helpers::robot::Mood;
use super::helpers::{Browser, Reply, Robot, TestApp, at, draft};

const TOKEN: &str = "0123456789abcdef0123456789";

/// The samples of a scrape, by name and labels as they are written.
async fn scrape(app: &TestApp) -> BTreeMap<String, f64> {
    let text = app.service.scraped(Lang::En).await.expect("metrics");
    samples(&text)
}

fn samples(text: &str) -> BTreeMap<String, f64> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
            (name.to_owned(), value)
        })
        .collect()
}

/// By how much samples have grown; those that have not are absent.
fn growth(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    after
        .iter()
        .map(|(name, value)| (name.clone(), value - before.get(name).unwrap_or(&0.0)))
        .filter(|(_, by)| *by != 0.0)
        .collect()
}

#[tokio::test]
async fn a_run_moves_the_metrics_of_its_start_and_its_end() {
    let app = TestApp::new().await;
    let before = scrape(&app).await;
    assert_eq!(before["jcrontab_database_up"], 1.0);
    assert_eq!(
        before["jcrontab_runs_ended_total{state=\"failed\",trigger=\"schedule\"}"],
        0.0
    );
    app.add(draft("each", "* * * * *", "exit 3")).await;
    let mut node = app.node().await;
    node.go_to(at("2026-11-22T08:01:30Z")).await;
    let by = growth(&before, &scrape(&app).await);
    for name in [
        "jcrontab_runs_started_total{trigger=\"schedule\"}",
        "jcrontab_runs_ended_total{state=\"failed\",trigger=\"schedule\"}",
        "jcrontab_run_duration_seconds_count{state=\"failed\"}",
        "jcrontab_run_start_delay_seconds_count",
        "jcrontab_claims_total{result=\"claimed\"}",
    ] {
        assert_eq!(by.get(name), Some(&1.0), "{name}: {by:?}");
    }
    for name in [
        "jcrontab_claim_duration_seconds_count",
        "jcrontab_database_duration_seconds_count{op=\"statement\"}",
        "jcrontab_database_duration_seconds_count{op=\"commit\"}",
    ] {
        assert!(by.get(name).is_some_and(|by| *by >= 1.0), "{name}: {by:?}");
    }
    let started = by.keys().filter(|name| name.contains("runs_started"));
    assert_eq!(started.count(), 1, "nothing but this: {by:?}");
    let text = app.service.scraped(Lang::En).await.expect("metrics");
    assert!(!text.contains("task="), "no series for each task: {text}");
}

#[tokio::test]
async fn what_waits_and_runs_is_a_gauge() {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8", "--metrics-tasks=1"]).await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Webhook, &robot.url()).await;
    let mut leash = super::helpers::Leash::new(&app.place.work());
    let held = app.add(draft("held", "0 0 1 1 *", &leash.endless())).await;
    let run = app.start_run(held.id).await;
    leash.ready().await;
    // Its creation is announced; nothing sends here.
    let shown = TaskDraft {
        mode: Mode::MessageCommand,
        channel_id: Some(channel.id.0),
        ..draft("shown", "0 0 1 1 *", "true")
    };
    app.add(shown).await;
    let now = scrape(&app).await;
    assert_eq!(now["jcrontab_runs_running"], 1.0);
    assert_eq!(now["jcrontab_runs_waiting"], 0.0);
    assert_eq!(now["jcrontab_outbox_messages{state=\"pending\"}"], 1.0);
    assert_eq!(now["jcrontab_results_spool_bytes"], 0.0);
    assert_eq!(now["jcrontab_output_spool_files"], 0.0);
    let stopped = app.service.run_stop(&app.console(), run).await;
    stopped.expect("stopped");
    leash.gone().await;
    app.ended(run).await;
    let other = app.add(draft("other", "0 0 1 1 *", "true")).await;
    app.ended(app.start_run(other.id).await).await;
    let now = scrape(&app).await;
    assert_eq!(now["jcrontab_runs_running"], 0.0);
    // One task has series of its own, as the setting says; the others share one.
    let of = |task: &str| {
        let mut named = now.iter().filter(|(name, _)| {
            name.starts_with("jcrontab_task_runs_ended_total{") && name.contains(task)
        });
        named.next().map(|(_, count)| *count)
    };
    assert_eq!(of(&format!("task=\"{}\"", held.id)), Some(1.0), "{now:?}");
    assert_eq!(of("task=\"other\""), Some(1.0), "{now:?}");
}

#[tokio::test]
async fn a_message_that_fails_moves_its_metric() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let channel = app.channel("ops", ChannelKind::Webhook, &robot.url()).await;
    robot.next([Mood::Status(503), Mood::Later(429, 1), Mood::Status(404)]);
    app.notify();
    let before = scrape(&app).await;
    let reminder = |name: &str| TaskDraft {
        mode: Mode::Message,
        channel_id: Some(channel.id.0),
        ..draft(name, "0 0 1 1 *", "")
    };
    app.add(reminder("first")).await;
    // Its three attempts, and then the next message, which is accepted.
    for count in 1..=3 {
        super::helpers::in_time("an attempt", async {
            while robot.received().len() < count {
                app.clock.advance(TimeDelta::seconds(1));
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    app.add(reminder("second")).await;
    let by = super::helpers::in_time("the metrics", async {
        loop {
            app.clock.advance(TimeDelta::seconds(1));
            let by = growth(&before, &scrape(&app).await);
            let sent = "jcrontab_message_attempts_total{kind=\"webhook\",result=\"sent\"}";
            if by.contains_key(sent) {
                return by;
            }
        }
    })
    .await;
    for result in ["retry", "rate_limited", "dead"] {
        let name =
            format!("jcrontab_message_attempts_total{{kind=\"webhook\",result=\"{result}\"}}");
        assert_eq!(by.get(&name), Some(&1.0), "{name}: {by:?}");
    }
}

/// Asks for metrics.
async fn metrics(browser: &Browser) -> Reply {
    browser.get("/metrics").await
}

#[tokio::test]
async fn metrics_are_for_administrators_and_for_who_has_the_token() {
    let token = format!("--metrics-token={TOKEN}");
    let app = TestApp::with(&[&token]).await;
    let bearer = |token: &str| {
        app.browser()
            .with("authorization", &format!("Bearer {token}"))
    };
    for (role, status) in [
        (Role::Viewer, 403),
        (Role::Operator, 403),
        (Role::Editor, 403),
        (Role::Admin, 200),
    ] {
        let token = app.token(&format!("{role:?}"), role).await;
        assert_eq!(metrics(&bearer(&token)).await.status, status, "{role:?}");
        let person = app.signed_in(&format!("{role:?} in person"), role).await;
        assert_eq!(metrics(&person).await.status, status, "{role:?}");
    }
    let scraped = metrics(&bearer(TOKEN)).await;
    assert_eq!(scraped.status, 200);
    assert_eq!(
        scraped.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(scraped.text().contains("\njcrontab_build_info{version="));
    // It gives access to nothing else.
    for path in ["/api/v1/tasks", "/api/v1/nodes", "/readyz"] {
        let reply = bearer(TOKEN).get(path).await;
        assert!(
            !reply.text().contains("version"),
            "{path}: {}",
            reply.text()
        );
    }
    assert_eq!(bearer(TOKEN).get("/api/v1/tasks").await.status, 401);
    for wrong in [&TOKEN[1..], "", "0123456789abcdef012345678X"] {
        assert_eq!(metrics(&bearer(wrong)).await.status, 401, "{wrong:?}");
    }
    // Without the setting there is no such token.
    let app = TestApp::new().await;
    let reply = metrics(&app.browser().with("authorization", "Bearer ")).await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn scraping_with_the_token_is_no_guessing() {
    let token = format!("--metrics-token={TOKEN}");
    let app = TestApp::with(&[&token]).await;
    let bearer = format!("Bearer {TOKEN}");
    let prometheus = app.browser().at("192.0.2.7").with("authorization", &bearer);
    for _ in 0..50 {
        assert_eq!(metrics(&prometheus).await.status, 200);
    }
    // Valid tokens of accounts from there are still accepted.
    let known = app.token("ada", Role::Admin).await;
    let known = app
        .browser()
        .at("192.0.2.7")
        .with("authorization", &format!("Bearer {known}"));
    assert_eq!(known.get("/api/v1/tasks").await.status, 200);
}

#[tokio::test]
async fn a_process_of_this_machine_needs_no_token_and_a_proxy_does() {
    let local = |app: &TestApp| app.browser().at("127.0.0.1").with("host", "localhost:8000");
    let app = TestApp::new().await;
    assert_eq!(metrics(&local(&app)).await.status, 200);
    let six = app.browser().at("::1").with("host", "[::1]:8000");
    assert_eq!(metrics(&six).await.status, 200);
    // It gives access to nothing else.
    assert_eq!(local(&app).get("/api/v1/tasks").await.status, 401);
    // From elsewhere, or through a proxy, or under a name that is not this machine's.
    for address in ["192.0.2.7", "10.0.0.1", "::2"] {
        let far = app.browser().at(address).with("host", "localhost:8000");
        assert_eq!(metrics(&far).await.status, 401, "{address}");
    }
    for header in [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "via",
        "x-forwarded-proto",
    ] {
        let passed_on = local(&app).with(header, "127.0.0.1");
        assert_eq!(metrics(&passed_on).await.status, 401, "{header}");
    }
    for host in ["cron.example.com", "evil.example:8000"] {
        let named = app.browser().at("127.0.0.1").with("host", host);
        assert_eq!(metrics(&named).await.status, 401, "{host}");
    }
    // A wrong token is no reason to be let in without one.
    let wrong = local(&app).with("authorization", "Bearer 0123456789abcdef0123");
    assert_eq!(metrics(&wrong).await.status, 401);
    for method in ["POST", "PUT", "DELETE"] {
        let reply = local(&app).call(method, "/metrics", None).await;
        assert_eq!(reply.status, 405, "{method}");
    }

    let behind_a_proxy = TestApp::with(&["--trusted-proxies=127.0.0.1"]).await;
    assert_eq!(metrics(&local(&behind_a_proxy)).await.status, 401);
    let closed = TestApp::with(&["--metrics-loopback=off"]).await;
    assert_eq!(metrics(&local(&closed)).await.status, 401);
}

#[tokio::test]
async fn a_scrape_asks_the_same_however_many_tasks_there_are() {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counting = std::sync::Arc::clone(&count);
    let place = super::helpers::place::Place::new().await;
    let clock = std::sync::Arc::new(super::helpers::ManualClock::new(at("2026-11-22T08:00:00Z")));
    let app = TestApp::start_with(place, clock, None, &[], move |store| {
        store.observe_statements(move |_| {
            counting.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        });
    })
    .await;
    let mut asked = Vec::new();
    for more in [0, 200] {
        app.add_many(more, "0 0 1 1 *", "true").await;
        let before = count.load(std::sync::atomic::Ordering::SeqCst);
        let text = app.service.scraped(Lang::En).await.expect("metrics");
        let after = count.load(std::sync::atomic::Ordering::SeqCst);
        asked.push((after - before, text.lines().count()));
    }
    assert_eq!(asked[0].0, 4, "two counts and two rows: {asked:?}");
    assert!(asked.iter().all(|one| *one == asked[0]), "{asked:?}");
}

//! Tickets: 1,000 urges due at one instant, what 10,000 open tickets cost a server on which nothing is due, and a button that
//! is pressed in a chat.
//!
//! Their times are set in the database while the server is down: a person cannot make a thousand urges due at once.

mod presses;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::product::{Home, Product, draft};
use crate::report::{Report, SQLITE, median};
use crate::stage::{Db, Stage};
use crate::stamps::{SECOND, millis};
use crate::{Failure, meter, now_nanos};

/// Urges at one instant.
const URGES: usize = 1_000;
/// Open tickets of an idle server.
const OPEN: usize = 10_000;
/// What open tickets cost more than one does.
const COST: &str = "cost of 10,000 open tickets";
/// Seconds from the start of the server to the instant.
const AHEAD: i64 = 15;

/// Measures all three.
pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    urges(stage, report).await?;
    presses::measure(stage, report).await?;
    idle(stage, report).await?;
    report.note(
        "tickets",
        "A claim is the time from the first look at the database to the commit, from the server's own log; it includes the messages. The tickets of the idle server are asked for in a week. CPU time is that of the server alone; what tickets cost is the difference to one. A press goes over the long connection to a vendor in the program that measures, and puts the ticket off; its update shows that.",
    );
    Ok(())
}

/// A thousand tasks that are tickets of their own, whose messages go to a channel that takes none.
async fn enter(product: &Product) -> Result<(), Failure> {
    let body = json!({"name": "ops", "kind": "webhook", "url": "http://127.0.0.1:9/hook"});
    let made = product.ask(Method::POST, "channels", Some(&body)).await?;
    let channel = made["id"].as_i64().ok_or("the channel has no number")?;
    let tomorrow = now_nanos() / SECOND + 86_400;
    let drafts = (0..URGES).map(|task| {
        let mut draft = draft(&format!("order {task}"), "0 3 1 1 *", "exit 0", tomorrow);
        draft["channel_id"] = json!(channel);
        draft["owners"] = json!(["ann"]);
        draft["tickets"] = json!({"opens": "task"});
        draft
    });
    product.add_all(drafts.collect()).await?;
    Ok(())
}

fn open(home: &Home) -> Result<Connection, Failure> {
    let connection = Connection::open(home.data.join("jcrontab.db"))?;
    connection.busy_timeout(Duration::from_secs(30))?;
    Ok(connection)
}

fn text(at: i64) -> String {
    let at: DateTime<Utc> = DateTime::from_timestamp_nanos(at);
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

async fn urges(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let mut home = Home::fresh(stage, Db::Sqlite, "tickets-urges")?;
    let log = home.data.join("log");
    home.log = Some(log.clone());
    home.settings = vec![
        ("JCRONTAB_LOG", "error,server=debug".to_owned()),
        ("JCRONTAB_LOG_FORMAT", "json".to_owned()),
        ("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()),
    ];
    let product = home.start().await?;
    enter(&product).await?;
    let mut home = product.stop().await?;
    let rounds = if stage.quick { 1 } else { 5 };
    let mut took = Vec::new();
    for round in 1..=rounds {
        let instant = now_nanos() + AHEAD * SECOND;
        let database = open(&home)?;
        // Neither those about new tasks nor those of the round before are sent meanwhile.
        database.execute("DELETE FROM message", [])?;
        database.execute(
            "UPDATE ticket SET next_urge_at = ?1",
            params![text(instant)],
        )?;
        drop(database);
        let product = home.start().await?;
        let left = instant + 5 * SECOND - now_nanos();
        tokio::time::sleep(Duration::from_nanos(u64::try_from(left.max(0))?)).await;
        let urges = count(&product.home, "SELECT COUNT(*) FROM ticket_urge")?;
        if urges != i64::try_from(round * URGES)? {
            return Err(format!("{urges} urges were claimed in {round} rounds").into());
        }
        home = product.stop().await?;
        // Each start of the server begins its log anew.
        took.extend(claims(&log)?);
    }
    if took.len() != rounds {
        return Err(format!(
            "{} of {rounds} instants were claimed as a whole",
            took.len()
        )
        .into());
    }
    report.put("tickets", SQLITE, ("claim of 1,000 urges", "ms"), took);
    Ok(())
}

fn count(home: &Home, sql: &str) -> Result<i64, Failure> {
    Ok(open(home)?.query_row(sql, [], |row| row.get(0))?)
}

/// The milliseconds of whole claims, from the log.
fn claims(log: &Path) -> Result<Vec<f64>, Failure> {
    let mut all = Vec::new();
    for line in std::fs::read_to_string(log)?.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let fields = &event["fields"];
        if fields["message"] != "urged" || fields["tickets"] != json!(URGES) {
            continue;
        }
        let took = &fields["took_us"];
        let took = took
            .as_f64()
            .or_else(|| took.as_str()?.parse().ok())
            .ok_or("a claim has no time")?;
        all.push(took / 1e3);
    }
    Ok(all)
}

async fn idle(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let product = Home::fresh(stage, Db::Sqlite, "tickets-idle")?
        .start()
        .await?;
    let tomorrow = now_nanos() / SECOND + 86_400;
    let mut order = draft("order", "0 3 1 1 *", "exit 0", tomorrow);
    order["tickets"] = json!({"opens": "task"});
    product.add(&order).await?;
    let mut home = product.stop().await?;
    let mut shares: Vec<Vec<f64>> = Vec::new();
    for (metric, tickets) in [
        ("CPU, 1 open ticket", 1),
        ("CPU, 10,000 open tickets", OPEN),
    ] {
        let now = now_nanos();
        let week = now + 7 * 86_400 * SECOND;
        open(&home)?.execute(
            "WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
             INSERT INTO ticket (task_id, kind, state, level, owner, asked, opened_at, since, urges, urges_before,
               next_urge_at, expires_at, version, open_key)
             SELECT ticket.task_id, 'firing', 'open', 0, 'ann', '[\"ann\"]', ?2, ?2, 0, 0, ?3, ?3, 1, 'firing:' || n
             FROM number, ticket WHERE ticket.id = 1 AND ?1 > 1",
            params![i64::try_from(tickets)?, text(now), text(week)],
        )?;
        let open = count(
            &home,
            "SELECT COUNT(*) FROM ticket WHERE next_urge_at IS NOT NULL",
        )?;
        if open != i64::try_from(tickets)? {
            return Err(format!("{open} of {tickets} tickets are open").into());
        }
        let product = home.start().await?;
        let (rest, window) = if stage.quick { (2, 4) } else { (10, 30) };
        tokio::time::sleep(Duration::from_secs(rest)).await;
        let mut all = Vec::new();
        for _ in 0..3 {
            let (cpu, at) = (meter::own_cpu_ms(product.pid())?, now_nanos());
            tokio::time::sleep(Duration::from_secs(window)).await;
            let cpu = meter::own_cpu_ms(product.pid())? - cpu;
            let share = cpu / millis(now_nanos() - at) * 100.0;
            all.push(share);
        }
        report.put("tickets", SQLITE, (metric, "%"), all.clone());
        shares.push(all);
        home = product.stop().await?;
    }
    if let [one, many] = shares.as_slice() {
        let cost = (median(many) - median(one)).max(0.0);
        report.put("tickets", SQLITE, (COST, "%"), [cost]);
    }
    Ok(())
}

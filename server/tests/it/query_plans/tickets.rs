//! Tickets that are over become more with every failure and every reminder: what people and the loop look for among the
//! open ones, or about one of them, must not.

use std::ops::Range;

use app::auth::Role;
use app::task::TicketDraft;
use chrono::{DateTime, TimeDelta, Utc};
use server::clock::Clock;

use super::super::helpers::database::mysql_server;
use super::super::helpers::{Browser, TestApp, draft};
use super::super::tickets::look;
use super::growth::{Costs, weigh};
use super::history::text;
use super::{Sent, installation_of, judge, open};

/// Tasks whose tickets there are.
const TASKS: usize = 40;
/// Tickets of each of them that are over.
const OVER: usize = 250;
/// Of these, those that are there before anything is measured.
const FEW: usize = 25;
/// Open tickets, of all tasks together.
const OPEN: usize = 200;
/// Smaller ids are of rows that the product wrote.
const FIRST: usize = 1_000;
/// So many times as much may be read with ten times the tickets.
const MORE: u64 = 3;
/// Reading so little is no walk, but a page that got longer.
const LITTLE: u64 = 1_000;

/// Statements that may read more with more tickets, by a piece of their shape, and why they may.
const KNOWN: [(&str, &str); 1] = [(
    r#""ticket"."done_by" FROM "ticket" WHERE"#,
    "medians are those of the last 5,000 tickets at most",
)];

const COLUMNS: &str = "ticket (id, task_id, kind, occurrence_id, state, level, owner, asked, opened_at, since, urges, \
    urges_before, next_urge_at, expires_at, done_by, done_at, version, open_key)";

/// Writes tickets past the product: for each round one of each task, all of them over, with one urge and one entry.
async fn fill(app: &TestApp, now: DateTime<Utc>, rounds: Range<usize>) {
    let (mut tickets, mut urges, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for round in rounds {
        let at = text(
            now - TimeDelta::days(80) + TimeDelta::minutes(1) * i32::try_from(round).expect("few"),
        );
        for task in 1..=TASKS {
            let id = FIRST + round * TASKS + task;
            let (owner, state) = (
                ["ann", "bob"][id % 2],
                ["done", "expired"][usize::from(id.is_multiple_of(9))],
            );
            tickets.push(format!(
                "({id},{task},'firing',{id},'{state}',0,'{owner}','[\"{owner}\"]',{at},{at},1,0,NULL,{at},'{owner}',{at},3,NULL)"
            ));
            urges.push(format!(
                "({id},1,{at},{at},'n',0,'[\"{owner}\"]','no_channel')"
            ));
            entries.push(format!("({id},{at},'done','{owner}','')"));
        }
    }
    write(app, COLUMNS, &tickets).await;
    write(
        app,
        "ticket_urge (ticket_id, n, due_at, claimed_at, server, level, asked, outcome)",
        &urges,
    )
    .await;
    write(
        app,
        "ticket_event (ticket_id, at, what, who, detail)",
        &entries,
    )
    .await;
    if mysql_server().is_some() {
        // As the server does by itself a few seconds later.
        let analyze = "ANALYZE TABLE ticket, ticket_urge, ticket_event, task";
        app.place.database.rows(analyze).await;
    }
}

/// Open tickets, the next urge of which is far away.
async fn fill_open(app: &TestApp, now: DateTime<Utc>) {
    let (at, week) = (text(now), text(now + TimeDelta::days(7)));
    let rows: Vec<String> = (0..OPEN)
        .map(|number| {
            // After those that are over, as the newest.
            let (id, task) = (FIRST + OVER * TASKS + 1_000 + number, number % TASKS + 1);
            format!(
                "({id},{task},'firing',{id},'open',0,'ann','[\"ann\"]',{at},{at},0,0,{week},{week},NULL,NULL,1,'firing:{id}')"
            )
        })
        .collect();
    write(app, COLUMNS, &rows).await;
}

async fn write(app: &TestApp, into: &str, rows: &[String]) {
    for chunk in rows.chunks(500) {
        let rows = chunk.join(",");
        app.place
            .database
            .execute(&format!("INSERT INTO {into} VALUES {rows}"))
            .await;
    }
}

/// The newest ticket of a task that is over.
fn newest_of(task: usize) -> usize {
    FIRST + (OVER - 1) * TASKS + task
}

/// What people read of tickets: those of a task, one of them, and how quickly they were answered.
fn reads(task: usize, ticket: usize) -> Vec<String> {
    vec![
        "/reminders".to_owned(),
        "/reminders?stats=1".to_owned(),
        "/reminders?owner=ann".to_owned(),
        "/reminders?state=done".to_owned(),
        // Of a person whose tickets are many, and of one who has none.
        "/api/v1/tickets?state=all&owner=ann".to_owned(),
        "/api/v1/tickets?state=all&owner=eve".to_owned(),
        "/api/v1/tickets?state=done&owner=eve".to_owned(),
        "/reminders?state=expired&owner=eve".to_owned(),
        format!("/api/v1/tickets?state=all&owner=eve&task={task}"),
        format!("/api/v1/tickets?state=done&task={task}"),
        "/api/v1/tickets?state=all&limit=200".to_owned(),
        format!("/api/v1/tickets?after={ticket}"),
        format!("/reminders?task={task}"),
        format!("/reminders?state=all&task={task}"),
        format!("/reminders?ticket={ticket}"),
        format!("/tasks/{task}"),
    ]
}

/// A task that is a ticket, urged once, answered and deleted; a rota that nothing names.
async fn acts(app: &TestApp, admin: &Browser, name: &str) {
    let order = TicketDraft {
        opens: "task".to_owned(),
        first_after: "1m".to_owned(),
        ..TicketDraft::default()
    };
    let mut task = draft(name, "0 0 1 1 *", "true");
    task.tickets = order;
    task.owners = vec!["ann".to_owned()];
    let task = app.add(task).await.id;
    app.clock.advance(TimeDelta::seconds(61));
    look(app).await;
    let query = format!("/api/v1/tickets?task={task}");
    let listed = admin.get(&query).await.expect(200);
    assert_eq!(listed["items"][0]["urges"], 1, "{listed}");
    let id = listed["items"][0]["id"].clone();
    let rota = serde_json::json!({"people": ["ann"]});
    let path = format!("/api/v1/oncall/{name}");
    admin.call("PUT", &path, Some(rota)).await.expect(200);
    assert_eq!(admin.call("DELETE", &path, None).await.status, 204);
    let done = format!("/api/v1/tickets/{id}/done");
    admin.post(&done, serde_json::json!({})).await.expect(200);
    let path = format!("/api/v1/tasks/{task}");
    assert_eq!(admin.call("DELETE", &path, None).await.status, 204);
}

/// The statements about tickets: others are judged elsewhere.
fn about_tickets(sent: &Sent) -> Vec<String> {
    let mut statements = sent.take();
    statements.retain(|sql| sql.contains("ticket"));
    statements
}

async fn furnished() -> (TestApp, Sent, Browser) {
    let (app, sent) = installation_of(TASKS).await;
    let admin = app.signed_in("reader", Role::Admin).await;
    fill_open(&app, app.clock.now()).await;
    (app, sent, admin)
}

#[tokio::test]
async fn neither_people_nor_the_loop_walk_through_tickets_that_are_over() {
    let (app, sent, admin) = furnished().await;
    fill(&app, app.clock.now(), 0..OVER).await;
    sent.take();
    let mut found = Vec::new();
    for path in reads(7, newest_of(7)) {
        open(&admin, &path).await;
        found.extend(judge(&app, &path, &about_tickets(&sent)).await);
    }
    acts(&app, &admin, "acts").await;
    found.extend(judge(&app, "acts", &about_tickets(&sent)).await);
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// What each statement costs that is sent for pages, acts and the loop.
async fn measure(app: &TestApp, sent: &Sent, admin: &Browser, name: &str) -> Costs {
    let mut costs = Costs::new();
    sent.take();
    for path in reads(7, newest_of(7)) {
        open(admin, &path).await;
        weigh(app, &path, about_tickets(sent), &mut costs).await;
    }
    acts(app, admin, name).await;
    weigh(app, "acts", about_tickets(sent), &mut costs).await;
    costs
}

#[tokio::test]
async fn what_is_read_does_not_grow_with_the_tickets_that_are_over() {
    let (app, sent, admin) = furnished().await;
    let now = app.clock.now();
    fill(&app, now, OVER - FEW..OVER).await;
    let few = measure(&app, &sent, &admin, "acts1").await;
    fill(&app, now, 0..OVER - FEW).await;
    let many = measure(&app, &sent, &admin, "acts2").await;
    let mut found = Vec::new();
    for (statement, (cost, sql)) in &many {
        let before = few.get(statement).map_or(0, |(cost, _)| *cost);
        let known = KNOWN.iter().any(|(piece, _)| statement.1.contains(piece));
        if *cost > before * MORE + LITTLE && !known {
            found.push(format!("{}: {before}, then {cost}\n  {sql}", statement.0));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    assert!(many.len() > few.len() / 2, "statements are seen");
}

//! Row 34: kill -9 around the act of a press on a card. The vendor delivers the press again, and it acts once: nothing is
//! lost, and nothing happens twice. Then two servers are asked for the same act at once: one does it.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::chat::{connected, enter};
use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::until;
use crate::wecom_bot::WecomVendor;

/// A server dies, and acts of people are done, within this time.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) async fn acts(setting: Setting) -> Outcome {
    let (mut sum, mut notes) = (Counts::default(), Vec::new());
    for point in ["press.before", "press.committed"] {
        let vendor = WecomVendor::start().await;
        let mut site = Site::new(&setting, setting.nodes(3)).await;
        for node in &mut site.nodes {
            let allow = (
                "JCRONTAB_OUTBOUND_ALLOW".to_owned(),
                "127.0.0.0/8".to_owned(),
            );
            node.variables.push(allow);
        }
        let kill = ("JCRONTAB_KILL_AT".to_owned(), point.to_owned());
        site.nodes[0].variables.push(kill);
        site.start().await;
        site.load(1).await;
        // Alone at first, so that it holds the connection.
        for other in &mut site.nodes[1..] {
            other.stop().await;
        }
        enter(&site, &vendor).await;
        connected(&vendor, 0).await;
        let ticket = order(&site, "order").await;
        let seen = vendor.connections();
        // A ticket takes a snooze twice.
        let press = vendor.press("ann", "card-1", &format!("ticket:{ticket}:2h"));
        let died = site.nodes[0].ended(LIMIT).await;
        let end = site.nodes[0].log_end();
        assert_eq!(died, Some(-1), "the server did not die at {point}: {end}");
        site.nodes[0].variables.pop();
        site.start().await;
        connected(&vendor, seen).await;
        vendor.deliver(&press);
        done(&site, ticket, "snoozed").await;
        vendor.deliver(&press);
        vendor.press("ann", "card-2", &format!("ticket:{ticket}:done"));
        done(&site, ticket, "done").await;
        let snoozed = events(&site, ticket, "snoozed").await;
        assert_eq!(snoozed, 1, "{point}: one press acts once");
        notes.push(format!("{point}: a press that came again acted once"));

        let both = order(&site, "asked twice").await;
        let last = site.nodes.len() - 1;
        let path = format!("/api/v1/tickets/{both}/done");
        let ask = async |number: usize| {
            let word = json!({ "word": format!("server {number}") });
            let asked = site.nodes[number].ask(Method::POST, &path, Some(word));
            asked.await.expect("an answer").0
        };
        let (first, second) = tokio::join!(ask(0), ask(last));
        assert_eq!(first.min(second), 200, "{first} {second}");
        assert_eq!(first.max(second), 409, "{first} {second}");
        assert_eq!(events(&site, both, "done").await, 1);
        let complaints = vendor.complaints();
        assert!(complaints.is_empty(), "{complaints:?}");
        sum.sum(&site.judge().await);
        site.close().await;
    }
    notes.push("of two people who press at once one acts".to_owned());
    Outcome::passed(sum, notes)
}

/// A task that is an order; gives its ticket.
pub(super) async fn order(site: &Site, name: &str) -> i64 {
    let tickets = json!({ "owners": ["ann"], "tickets": { "opens": "task" } });
    let made = site.enter_task(0, name, "0 0 1 1 *", "true", tickets).await;
    let task = made["id"].as_i64().expect("an ID");
    let sql = format!("SELECT id FROM ticket WHERE task_id = {task}");
    site.database.numbers(&sql).await.expect("a ticket")[0]
}

/// How often something happened to a ticket.
pub(super) async fn events(site: &Site, ticket: i64, what: &str) -> i64 {
    let sql =
        format!("SELECT COUNT(*) FROM ticket_event WHERE ticket_id = {ticket} AND what = '{what}'");
    site.database.numbers(&sql).await.expect("events")[0]
}

/// Waits until something has happened to a ticket.
async fn done(site: &Site, ticket: i64, what: &str) {
    let happened = async || (events(site, ticket, what).await > 0).then_some(());
    let happened = until(LIMIT, happened).await;
    assert!(happened.is_some(), "the ticket was not {what}");
}

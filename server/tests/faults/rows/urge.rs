//! Row 32: kill -9 around the commit of an urge. Each urge of a ticket and its message exist once, or neither does.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::Site;
use crate::wait::until;

/// Tickets that are urged.
const TICKETS: i64 = 20;
/// Urges of each.
const URGES: i64 = 3;
/// The servers die, restart, and urge all that is left within this time.
const LIMIT: Duration = Duration::from_secs(90);

pub(crate) async fn commit(setting: Setting) -> Outcome {
    let mut notes = Vec::new();
    let mut sum = Counts::default();
    for point in ["urge.before", "urge.committed"] {
        let mut site = Site::new(&setting, setting.nodes(3)).await;
        for node in &mut site.nodes {
            let allow = (
                "JCRONTAB_OUTBOUND_ALLOW".to_owned(),
                "127.0.0.0/8".to_owned(),
            );
            node.variables.push(allow);
        }
        let kill = ("JCRONTAB_KILL_AT".to_owned(), format!("{point}:2"));
        site.nodes[0].variables.push(kill);
        site.start().await;
        site.load(1).await;
        enter(&site).await;
        // Alone at first, so that it reaches the point.
        for other in &mut site.nodes[1..] {
            other.stop().await;
        }
        let died = site.nodes[0].ended(LIMIT).await;
        let end = site.nodes[0].log_end();
        assert_eq!(died, Some(-1), "the server did not die at {point}: {end}");
        site.nodes[0].variables.pop();
        site.start().await;
        let all = async || {
            let open = "SELECT COUNT(*) FROM ticket WHERE state = 'open'";
            let open = site.database.numbers(open).await.ok()?;
            (open.first() == Some(&0)).then_some(())
        };
        let done = until(LIMIT, all).await;
        assert!(done.is_some(), "{point}: tickets are still open");
        let urges = counts(&site, "SELECT ticket_id FROM ticket_urge").await;
        assert_eq!(i64::try_from(urges.len()), Ok(TICKETS), "{point}");
        assert!(
            urges.values().all(|count| *count == URGES),
            "{point}: {urges:?}"
        );
        let said = "SELECT task_id FROM message WHERE event = 'ticket_urged'";
        let messages = counts(&site, said).await;
        assert_eq!(i64::try_from(messages.len()), Ok(TICKETS), "{point}");
        assert!(
            messages.values().all(|count| *count == URGES),
            "{point}: {messages:?}"
        );
        sum.sum(&site.judge().await);
        notes.push(format!(
            "{point}: {TICKETS} tickets urged {URGES} times each"
        ));
        site.close().await;
    }
    Outcome::passed(sum, notes)
}

/// Tasks that are tickets, with a channel that accepts nothing.
async fn enter(site: &Site) {
    let channel = json!({ "name": "ops", "kind": "webhook", "url": "http://127.0.0.1:9/hook" });
    let (status, channel) = site.nodes[0]
        .ask(Method::POST, "/api/v1/channels", Some(channel))
        .await
        .expect("an answer");
    assert_eq!(status, 201, "{channel}");
    for number in 0..TICKETS {
        let tickets = json!({
            "opens": "task", "first_after": "10s", "every": "10s", "max_urges": URGES.to_string(),
        });
        let patch = json!({ "channel_id": channel["id"], "tickets": tickets });
        let name = format!("ticket {number}");
        site.enter_task(0, &name, "0 0 1 1 *", "true", patch).await;
    }
}

/// How often each number comes up.
async fn counts(site: &Site, sql: &str) -> BTreeMap<i64, i64> {
    let mut counts = BTreeMap::new();
    for id in site.database.numbers(sql).await.expect("rows") {
        *counts.entry(id).or_insert(0) += 1;
    }
    counts
}

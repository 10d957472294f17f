//! Row 35: kill -9 around the act of a link without an account. Pressed again, on another server, it acts once in all;
//! used again, changed by one character, or for a ticket that is done, it does nothing.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::press::{events, order};
use crate::checker::Counts;
use crate::row::{Outcome, Setting};
use crate::site::Site;

/// A server dies within this time.
const LIMIT: Duration = Duration::from_secs(60);
const SNOOZE: [(&str, &str); 1] = [("act", "snooze 2h")];
const DONE: [(&str, &str); 1] = [("act", "done")];

pub(crate) async fn acts(setting: Setting) -> Outcome {
    let (mut sum, mut notes) = (Counts::default(), Vec::new());
    for point in ["press.before", "press.committed"] {
        let mut site = Site::new(&setting, setting.nodes(3)).await;
        let kill = ("JCRONTAB_KILL_AT".to_owned(), point.to_owned());
        site.nodes[0].variables.push(kill);
        site.start().await;
        site.load(1).await;
        let ticket = order(&site, "order").await;
        let path = link(&site).await;
        let pressed = site.nodes[0].submit(&path, &SNOOZE).await;
        assert!(pressed.is_err(), "{point}: {pressed:?}");
        let died = site.nodes[0].ended(LIMIT).await;
        let end = site.nodes[0].log_end();
        assert_eq!(died, Some(-1), "the server did not die at {point}: {end}");
        site.nodes[0].variables.pop();
        site.start().await;
        let last = site.nodes.len() - 1;
        for number in [last, 0, last] {
            let answer = site.nodes[number].submit(&path, &SNOOZE).await;
            let (status, page) = answer.expect("an answer");
            let is_answer = status.is_success() || status == StatusCode::CONFLICT;
            assert!(is_answer, "{point}: {status} {page}");
        }
        let snoozed = events(&site, ticket, "snoozed").await;
        assert_eq!(snoozed, 1, "{point}: the link acts once");
        let end = if path.ends_with('A') { 'B' } else { 'A' };
        let changed = format!("{}{end}", &path[..path.len() - 1]);
        site.nodes[0]
            .submit(&changed, &DONE)
            .await
            .expect("an answer");
        assert_eq!(events(&site, ticket, "done").await, 0, "{point}: tampered");
        // By two servers at once, and once more.
        let press = async |number: usize| {
            let pressed = site.nodes[number].submit(&path, &DONE).await;
            pressed.expect("an answer");
        };
        tokio::join!(press(0), press(last));
        press(last).await;
        assert_eq!(events(&site, ticket, "done").await, 1, "{point}");
        let uses = "SELECT COUNT(*) FROM link_use";
        let uses = site.database.numbers(uses).await.expect("uses");
        assert_eq!(uses, [2], "{point}: each act of the link is stored once");
        sum.sum(&site.judge().await);
        site.close().await;
        notes.push(format!("{point}: each act of a link happened once"));
    }
    Outcome::passed(sum, notes)
}

/// The path of the link to the only ticket of the person whom it asks.
async fn link(site: &Site) -> String {
    let node = &site.nodes[0];
    let person = json!({ "person": "ann" });
    let made = node.ask(Method::POST, "/api/v1/tickets/link", Some(person));
    let (status, made) = made.await.expect("an answer");
    assert_eq!(status, 201, "{made}");
    let url = made["url"].as_str().expect("an address");
    let (_, path) = url.split_once("://").expect("a scheme");
    let path = &path[path.find('/').expect("a path")..];
    let (status, page) = node.ask(Method::GET, path, None).await.expect("an answer");
    let page = page.as_str().unwrap_or_default();
    let (_, rest) = page
        .split_once("../t/")
        .unwrap_or_else(|| panic!("{status}: {page}"));
    let token = rest.split('"').next().unwrap_or_default();
    format!("/t/{token}")
}

//! What a send costs must not grow with what waits to be sent.

use app::channel::ChannelKind;
use app::id::{ChannelId, TaskId};
use server::clock::Clock;
use server::facts::Facts;
use server::store::{Notice, TakeResult};

use super::super::helpers::{TestApp, draft};
use super::growth::{Costs, weigh};
use super::{Sent, installation_of, judge};

/// Messages that wait at last.
const MUCH: i64 = 100_000;
/// So many times as much may be read: pages of an index are split elsewhere.
const MORE: u64 = 2;
/// Reading so little more is no walk.
const LITTLE: u64 = 300;

/// Lets at least so many messages wait for a channel, by doubling those that do.
async fn wait(app: &TestApp, channel: ChannelId, count: i64) {
    let database = &app.place.database;
    let waiting =
        format!("SELECT COUNT(*) FROM message WHERE state = 'pending' AND channel_id = {channel}");
    while database.count(&waiting).await < count {
        database
            .execute(&format!(
                "INSERT INTO message (task_id, run_id, channel_id, event, kind, body, mentions, \
                 state, attempts, next_attempt_at, created_at, facts) SELECT task_id, run_id, \
                 channel_id, event, kind, body, mentions, state, attempts, next_attempt_at, \
                 created_at, facts FROM message WHERE state = 'pending' AND channel_id = {channel} \
                 AND event <> 'digest'"
            ))
            .await;
    }
}

/// Sends one message; gives what its statements cost, and what is wrong with their plans.
async fn send(
    app: &TestApp,
    sent: &Sent,
    channel: ChannelId,
    limit: Option<u32>,
) -> (Costs, Vec<String>) {
    let (store, now) = (&app.components.store, app.clock.now());
    sent.take();
    let outlook = store.outbox_look(now).await.expect("the outbox");
    assert!(outlook.due.contains(&channel));
    let taken = store
        .outbox_take(channel, limit.map(Into::into), &app.me.id, now)
        .await;
    let TakeResult::Message(mut item) = taken.expect("the outbox") else {
        panic!("something waits");
    };
    item.body = "words".to_owned();
    store.outbox_sent(&item, "ok", now).await.expect("sent");
    let statements = sent.take();
    let faults = judge(app, "a send", &statements).await;
    let mut costs = Costs::new();
    weigh(app, "a send", statements, &mut costs).await;
    (costs, faults)
}

#[tokio::test]
async fn a_send_costs_no_more_when_much_waits() {
    let (app, sent) = installation_of(1).await;
    // Also more than a digest takes, so that both times one of the same size is made.
    for (name, limit, few) in [("free", None, 100), ("limited", Some(20), 2_000)] {
        let url = "http://127.0.0.1:9/send?key=k";
        let channel = app.channel(name, ChannelKind::Wecom, url).await.id;
        let task = app.add(draft(name, "0 0 1 1 *", "true")).await;
        let mut sender = task.task.clone();
        sender.spec.channel_id = Some(channel);
        let lost = Facts::lost(&sender, app::id::RunId(1), app.clock.now());
        let notice = Notice::about(&sender, lost);
        app.components
            .store
            .add_notices(&[notice])
            .await
            .expect("added");
        wait(&app, channel, few).await;
        let (little, faults) = send(&app, &sent, channel, limit).await;
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n\n"));
        wait(&app, channel, MUCH).await;
        let (much, faults) = send(&app, &sent, channel, limit).await;
        assert!(faults.is_empty(), "{name}: {}", faults.join("\n\n"));
        let mut found = Vec::new();
        for (statement, (cost, sql)) in &much {
            let before = little.get(statement).map_or(0, |(cost, _)| *cost);
            if *cost > before * MORE + LITTLE {
                found.push(format!("{name}: {before}, then {cost}\n  {sql}"));
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n\n"));
        assert!(much.len() > 3, "statements are seen");
        assert_eq!(app.messages(TaskId(task.id.0)).await.len(), 200);
    }
}

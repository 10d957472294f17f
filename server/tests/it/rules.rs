//! Rules about messages: which channels get what happened, when, and why. Their doors are in files of
//! their own.

mod doors;
mod further;
mod limits;
mod message_runs;
mod notify;
mod robot;

use std::collections::BTreeSet;

use app::auth::Role;
use app::backend::{Channels, Rules, Tasks};
use app::channel::ChannelKind;
use app::id::{ChannelId, RunId, TaskId};
use app::message::Event;
use app::rule::{
    FurtherChannels, OWN_CHANNEL, RuleAction, RuleDraft, RuleQuery, RuleView, ScopeKind, Verdict,
};
use app::run::RunState;
use app::task::{Task, TaskDraft};
use server::clock::Clock;
use server::facts::{End, Facts, HeadAndTail, TaskFacts};
use server::store::{Notice, Store};

use super::helpers::{TestApp, draft};

/// A rule for a scope, with events and a channel.
fn rule(scope: ScopeKind, value: &str, events: &[Event], channel: ChannelId) -> RuleDraft {
    let text = |kind: ScopeKind| match scope == kind {
        true => value.to_owned(),
        false => String::new(),
    };
    RuleDraft {
        scope,
        task_id: (scope == ScopeKind::Task).then(|| value.parse().expect("an ID")),
        owner: text(ScopeKind::Owner),
        tag: text(ScopeKind::Tag),
        events: events.iter().map(|one| one.as_str().to_owned()).collect(),
        channel_id: Some(channel.0),
        ..RuleDraft::default()
    }
}

async fn add(app: &TestApp, draft: RuleDraft) -> RuleView {
    let added = app.service.rule_create(&app.console(), &draft).await;
    added.expect("a rule")
}

/// A channel whose messages stay in the outbox.
async fn channel(app: &TestApp, name: &str) -> ChannelId {
    let url = "http://127.0.0.1:9/";
    app.channel(name, ChannelKind::Webhook, url).await.id
}

/// What happens when a run of a task fails now.
fn failure(app: &TestApp, task: &Task) -> Notice {
    let now = app.clock.now();
    let end = End {
        event: Event::Failed,
        state: RunState::Failed,
        reason: None,
        exit_code: Some(1),
        exit_signal: None,
        attempt: 1,
        started_at: now,
        finished_at: now,
        output: HeadAndTail::default(),
        failures: None,
    };
    let facts = Facts::Ended {
        task: TaskFacts::of(task),
        run: RunId(1),
        at: now,
        end: Box::new(end),
    };
    Notice::about(task, facts)
}

/// Channels that have messages of a task about an event, with how many.
async fn got(app: &TestApp, task: TaskId, event: Event) -> Vec<(i64, usize)> {
    let rows = app.messages(task).await;
    let mine = rows
        .iter()
        .filter(|row| row.event == event.as_str() && row.kind == "text");
    let channels: Vec<i64> = mine.map(|row| row.channel_id.0).collect();
    let each: BTreeSet<i64> = channels.iter().copied().collect();
    each.into_iter()
        .map(|id| (id, channels.iter().filter(|one| **one == id).count()))
        .collect()
}

fn tagged(name: &str, channel: Option<ChannelId>) -> TaskDraft {
    TaskDraft {
        tags: vec!["prod".to_owned()],
        owners: vec!["ann".to_owned()],
        channel_id: channel.map(|id| id.0),
        ..draft(name, "0 0 1 1 *", "exit 3")
    }
}

#[tokio::test]
async fn a_failure_goes_to_each_channel_that_a_rule_names_and_once_to_each() {
    let app = TestApp::new().await;
    let (main, ops, other) = (
        channel(&app, "main").await,
        channel(&app, "ops").await,
        channel(&app, "other").await,
    );
    use Event::{Created, Failed, Lost};
    add(&app, rule(ScopeKind::Tag, "prod", &[Failed, Lost], ops)).await;
    add(&app, rule(ScopeKind::All, "", &[Failed], ops)).await;
    add(&app, rule(ScopeKind::Owner, "bo", &[Failed], other)).await;
    let task = app.add(tagged("billing", Some(main))).await.id;
    let plain = app.add(draft("plain", "0 0 1 1 *", "exit 3")).await.id;
    for id in [task, plain] {
        let run = app.start_run(id).await;
        app.ended(run).await;
    }
    assert_eq!(got(&app, task, Created).await, [(main.0, 1)]);
    assert_eq!(got(&app, task, Failed).await, [(main.0, 1), (ops.0, 1)]);
    assert_eq!(got(&app, plain, Failed).await, [(ops.0, 1)]);

    // A rule of the task switches off what it inherits.
    let mute = RuleDraft {
        action: RuleAction::Mute,
        ..rule(ScopeKind::Task, &task.to_string(), &[Failed], ops)
    };
    let mute = add(&app, mute).await;
    let run = app.start_run(task).await;
    app.ended(run).await;
    assert_eq!(got(&app, task, Failed).await, [(main.0, 2), (ops.0, 1)]);
    let deleted = app.service.rule_delete(&app.console(), mute.id, None).await;
    deleted.expect("deleted");
    let run = app.start_run(task).await;
    app.ended(run).await;
    assert_eq!(got(&app, task, Failed).await, [(main.0, 3), (ops.0, 2)]);
}

/// Defaults for all tasks, whichever channel each of them has.
#[tokio::test]
async fn a_rule_for_the_own_channel_changes_what_each_task_gets() {
    let app = TestApp::new().await;
    let (main, other) = (channel(&app, "main").await, channel(&app, "other").await);
    use Event::{Changed, Created, Failed};
    let mute = RuleDraft {
        action: RuleAction::Mute,
        ..rule(ScopeKind::All, "", &[Created], OWN_CHANNEL)
    };
    let mute = add(&app, mute).await;
    assert_eq!((mute.channel_id, mute.channel.as_deref()), (0, Some("own")));
    add(&app, rule(ScopeKind::Tag, "prod", &[Changed], OWN_CHANNEL)).await;
    let one = app.add(tagged("one", Some(main))).await.id;
    let two = app.add(tagged("two", Some(other))).await.id;
    let none = app.add(tagged("none", None)).await.id;
    for (task, channel) in [(one, Some(main)), (two, Some(other)), (none, None)] {
        let mut changed = app
            .service
            .task_draft(&app.console(), task)
            .await
            .expect("a draft");
        changed.command = "exit 4".to_owned();
        let saved = app
            .service
            .task_update(&app.console(), task, &changed)
            .await;
        saved.expect("saved");
        let run = app.start_run(task).await;
        app.ended(run).await;
        let wanted: Vec<(i64, usize)> = channel.iter().map(|id| (id.0, 1)).collect();
        assert_eq!(got(&app, task, Created).await, []);
        assert_eq!(got(&app, task, Changed).await, wanted);
        assert_eq!(got(&app, task, Failed).await, wanted);
    }
    // A task overrides it, and it is no further channel in the form of the task.
    let own = rule(ScopeKind::Task, &one.to_string(), &[Failed], OWN_CHANNEL);
    add(&app, own).await;
    let query = RuleQuery { task: Some(one) };
    let listed = app.service.rule_list(&app.console(), &query).await;
    let listed = listed.expect("rules");
    assert_eq!(listed.len(), 1);
    assert_eq!(FurtherChannels::of(&listed).rows, []);
    for refused in [
        rule(ScopeKind::System, "", &[Event::DiskLow], OWN_CHANNEL),
        RuleDraft {
            template: "night".to_owned(),
            ..rule(ScopeKind::All, "", &[Failed], OWN_CHANNEL)
        },
    ] {
        let refusal = app.service.rule_create(&app.console(), &refused).await;
        let fields = refusal.expect_err("refused").fields;
        assert_eq!(fields.len(), 1, "{fields:?}");
    }
}

#[tokio::test]
async fn an_event_of_the_system_goes_where_a_rule_for_the_system_says() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let store = &app.components.store;
    let facts = Facts::lost(&Task::example(), RunId(1), app.clock.now());
    let notice = || Notice::of_system(facts.clone());
    let added = store.add_notices(&[notice()]).await.expect("routed");
    assert!(!added, "no rule is for the system");
    add(&app, rule(ScopeKind::All, "", &[Event::Lost], ops)).await;
    assert!(!store.add_notices(&[notice()]).await.expect("routed"));
    add(&app, rule(ScopeKind::System, "", &[Event::ServerDead], ops)).await;
    let database = &app.place.database;
    // Such a rule is refused today; what was stored before still holds.
    let older = r#"UPDATE message_rule SET events = '["lost"]' WHERE scope = 'system'"#;
    database.execute(older).await;
    assert!(store.add_notices(&[notice()]).await.expect("routed"));
    assert_eq!(database.integers("SELECT task_id FROM message").await, [0]);
    let channels = database.integers("SELECT channel_id FROM message").await;
    assert_eq!(channels, [ops.0]);
}

/// What happens to a task without a channel, where no rule is in force, costs nothing more.
#[tokio::test]
async fn where_no_rule_can_matter_nothing_is_asked() {
    let app = TestApp::new().await;
    let mut store = app.components.store.clone();
    let counted = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&counted);
    store.observe_statements(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    });
    let statements = || counted.swap(0, std::sync::atomic::Ordering::SeqCst);
    let task = app.add(tagged("t", None)).await.task;
    let mut with_channel = task.clone();
    with_channel.spec.channel_id = Some(channel(&app, "main").await);
    // Once, what rules there are has to be read.
    store
        .add_notices(&[failure(&app, &task)])
        .await
        .expect("routed");
    statements();

    let notices = [failure(&app, &task), failure(&app, &task)];
    assert!(!store.add_notices(&notices).await.expect("routed"));
    assert_eq!(statements(), 0, "without a channel");

    let notice = [failure(&app, &with_channel)];
    assert!(store.add_notices(&notice).await.expect("routed"));
    let plain = statements();
    let ops = channel(&app, "ops").await;
    add(&app, rule(ScopeKind::Tag, "other", &[Event::Lost], ops)).await;
    store.add_notices(&notice).await.expect("routed");
    statements();
    store.add_notices(&notice).await.expect("routed");
    assert_eq!(
        statements(),
        plain + 1,
        "the rules are read in one statement"
    );
    assert!(!store.add_notices(&notices).await.expect("routed"));
    assert_eq!(statements(), 0, "no rule names the event");
}

/// Rules that another process changes are seen when their number is looked at.
#[tokio::test]
async fn rules_of_another_server_are_seen_with_its_next_heartbeat() {
    let app = TestApp::new().await;
    let task = app.add(tagged("t", None)).await.task;
    let other = Store::open(&app.place.database.url, &app.place.data()).await;
    let other = other.expect("the database");
    let notices = [failure(&app, &task)];
    assert!(!other.add_notices(&notices).await.expect("routed"));
    let ops = channel(&app, "ops").await;
    add(&app, rule(ScopeKind::Tag, "prod", &[Event::Failed], ops)).await;
    other.watch_rules().await.expect("looked");
    assert!(other.add_notices(&notices).await.expect("routed"));
}

#[tokio::test]
async fn what_is_explained_is_what_is_sent() {
    let app = TestApp::new().await;
    let (main, ops) = (channel(&app, "main").await, channel(&app, "ops").await);
    use Event::{Created, Failed, Lost, TooLong};
    let own =
        |task: TaskId, events: &[Event], to| rule(ScopeKind::Task, &task.to_string(), events, to);
    let task = app.add(tagged("t", Some(main))).await.task.clone();
    let id = task.id;
    let quiet = RuleDraft {
        quiet_from: "07:00".to_owned(),
        quiet_until: "09:00".to_owned(),
        quiet_zone: "UTC".to_owned(),
        urgent: true,
        ..rule(ScopeKind::Tag, "prod", &[Failed, TooLong], ops)
    };
    let steps: Vec<Vec<RuleDraft>> = vec![
        vec![],
        vec![rule(ScopeKind::All, "", &[Failed, Lost], ops)],
        vec![quiet],
        vec![RuleDraft {
            action: RuleAction::Mute,
            ..rule(ScopeKind::Owner, "ann", &[Lost, Created], main)
        }],
        vec![RuleDraft {
            throttle: "1h".to_owned(),
            ..own(id, &[Failed], ops)
        }],
        vec![own(id, &[Failed, TooLong], main)],
        vec![RuleDraft {
            failures: "2".to_owned(),
            ..own(id, &[Failed], ops)
        }],
    ];
    let store = &app.components.store;
    let now = app.clock.now();
    let mut seen = BTreeSet::new();
    for rules in steps {
        for rule in rules {
            add(&app, rule).await;
        }
        let explained = app
            .service
            .task_messages_explained(&app.console(), id)
            .await;
        let explained = explained.expect("explained");
        for (event, notice) in [
            (Created, Notice::about(&task, Facts::created(&task, now))),
            (
                Lost,
                Notice::about(&task, Facts::lost(&task, RunId(1), now)),
            ),
            (
                TooLong,
                Notice::about(&task, Facts::too_long(&task, RunId(1), now)),
            ),
            (Failed, failure(&app, &task)),
        ] {
            app.place.database.execute("DELETE FROM message").await;
            store.add_notices(&[notice]).await.expect("routed");
            let sent: Vec<i64> = got(&app, id, event).await.iter().map(|one| one.0).collect();
            let said = explained.iter().find(|one| one.event == event.as_str());
            let routes = &said.expect("the event").routes;
            // The run of this failure is not in the database, so that its number is not known: it counts
            // as any.
            let sends = |verdict| {
                matches!(
                    verdict,
                    Verdict::Sent | Verdict::Held | Verdict::OtherFailure
                )
            };
            let expected: Vec<i64> = routes
                .iter()
                .filter(|route| sends(route.verdict))
                .map(|route| route.channel_id.0)
                .collect();
            assert_eq!(sent, expected, "{event:?}: {routes:?}");
            seen.extend(routes.iter().map(|route| route.verdict.as_str()));
        }
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted_and_what_is_of_a_task_goes_with_it() {
    let app = TestApp::new().await;
    let (ops, caller) = (channel(&app, "ops").await, app.console());
    let task = app.add(tagged("t", None)).await.id;
    let of_task = rule(ScopeKind::Task, &task.to_string(), &[Event::Failed], ops);
    let throttled = RuleDraft {
        throttle: "1h".to_owned(),
        ..rule(ScopeKind::All, "", &[Event::Failed], ops)
    };
    add(&app, of_task).await;
    let shared = add(&app, throttled).await;
    let run = app.start_run(task).await;
    app.ended(run).await;
    let refused = app.service.channel_delete(&caller, ops, None).await;
    assert_eq!(refused.expect_err("in use").code, "channel.in_use");
    assert_eq!(
        app.service
            .channel_get(&caller, ops)
            .await
            .expect("it")
            .rules,
        2
    );
    app.service
        .task_delete(&caller, task, None)
        .await
        .expect("deleted");
    let left = "SELECT (SELECT COUNT(*) FROM message_rule WHERE task_id IS NOT NULL) \
                + (SELECT COUNT(*) FROM message_throttle)";
    assert_eq!(app.place.database.count(left).await, 0);
    app.service
        .rule_delete(&caller, shared.id, None)
        .await
        .expect("deleted");
    app.service
        .channel_delete(&caller, ops, None)
        .await
        .expect("deleted");
}

#[tokio::test]
async fn rights_are_those_of_what_a_rule_is_for() {
    let app = TestApp::new().await;
    let ops = channel(&app, "ops").await;
    let task = app.add(tagged("t", None)).await.id;
    let of_task = rule(ScopeKind::Task, &task.to_string(), &[Event::Failed], ops);
    let shared = rule(ScopeKind::Tag, "prod", &[Event::Failed], ops);
    let editor = app.person("ed", Role::Editor);
    let operator = app.person("op", Role::Operator);
    let made = app
        .service
        .rule_create(&editor, &of_task)
        .await
        .expect("a rule");
    let kind = |answer: app::backend::Answer<RuleView>| answer.expect_err("refused").code;
    assert_eq!(
        kind(app.service.rule_create(&editor, &shared).await),
        "forbidden"
    );
    assert_eq!(
        kind(app.service.rule_create(&operator, &of_task).await),
        "forbidden"
    );
    // Neither does a rule of a task become one for all tasks.
    let wider = app
        .service
        .rule_update(&editor, made.id, None, &shared)
        .await;
    assert_eq!(kind(wider), "forbidden");
    let admins = add(&app, shared).await;
    let narrower = app
        .service
        .rule_update(&editor, admins.id, None, &of_task)
        .await;
    assert_eq!(kind(narrower), "forbidden");
    let deleted = app.service.rule_delete(&editor, admins.id, None).await;
    assert_eq!(deleted.expect_err("refused").code, "forbidden");
    let deleted = app.service.rule_delete(&editor, made.id, None).await;
    deleted.expect("deleted");
}

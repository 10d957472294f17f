//! What is used is not deleted, and tasks never wait for each other in a circle.

use app::backend::{Calendars, Capacity, Channels, Summaries, Tasks};
use app::calendar::CalendarDraft;
use app::channel::{ChannelDraft, ChannelKind};
use app::pool::PoolDraft;
use app::schedule::ScheduleDraft;
use app::summary::SummaryDraft;
use app::task::TaskDraft;
use app::task::execution::{ExecutionDraft, WaitsDraft};

use super::{TIMES, one_of};
use crate::helpers::{TestApp, draft};

const URL: &str = "http://127.0.0.1:9/hook";
const SELDOM: &str = "0 0 1 1 *";

#[tokio::test]
async fn a_channel_is_deleted_or_used() {
    let app = TestApp::new().await;
    let (service, console) = (&app.service, app.console());
    for number in 0..TIMES {
        let name = format!("c{number}");
        let channel = app.channel(&name, ChannelKind::Webhook, URL).await.id;
        let task = TaskDraft {
            channel_id: Some(channel.0),
            ..draft(&format!("t{number}"), SELDOM, "true")
        };
        let delete = service.channel_delete(&console, channel, None);
        let (deleted, used) = tokio::join!(delete, service.task_create(&console, &task));
        one_of(&deleted, &used);

        let name = format!("d{number}");
        let channel = app.channel(&name, ChannelKind::Webhook, URL).await.id;
        let summary = SummaryDraft {
            name: name.clone(),
            channel_id: Some(channel.0),
            time: "09:00".to_owned(),
            ..SummaryDraft::default()
        };
        let delete = service.channel_delete(&console, channel, None);
        let (deleted, used) = tokio::join!(delete, service.summary_create(&console, &summary));
        one_of(&deleted, &used);
        if let Ok(summary) = used {
            let cleared = service.summary_delete(&console, summary.id, None).await;
            cleared.expect("there may be twenty");
        }

        let name = format!("e{number}");
        let channel = app.channel(&name, ChannelKind::Webhook, URL).await.id;
        let other = ChannelDraft {
            name: format!("f{number}"),
            kind: ChannelKind::Webhook,
            url: URL.to_owned(),
            fallback: Some(name),
            ..ChannelDraft::default()
        };
        let delete = service.channel_delete(&console, channel, None);
        let (deleted, used) = tokio::join!(delete, service.channel_create(&console, &other));
        one_of(&deleted, &used);
    }
    let orphans = "SELECT COUNT(*) FROM task WHERE channel_id IS NOT NULL \
                   AND channel_id NOT IN (SELECT id FROM channel)";
    assert_eq!(app.place.database.count(orphans).await, 0);
}

#[tokio::test]
async fn a_pool_or_calendar_is_deleted_or_used() {
    let app = TestApp::new().await;
    let (service, console) = (&app.service, app.console());
    for number in 0..TIMES {
        let name = format!("p{number}");
        let pool = PoolDraft {
            name: name.clone(),
            slots: "1".to_owned(),
        };
        service
            .pool_set(&console, None, &pool)
            .await
            .expect("a pool");
        let task = TaskDraft {
            execution: ExecutionDraft {
                pool: name.clone(),
                ..ExecutionDraft::default()
            },
            ..draft(&format!("t{number}"), SELDOM, "true")
        };
        let delete = service.pool_delete(&console, &name, None);
        let (deleted, used) = tokio::join!(delete, service.task_create(&console, &task));
        one_of(&deleted, &used);

        let calendar = CalendarDraft {
            name: name.clone(),
            ..CalendarDraft::default()
        };
        let created = service.calendar_create(&console, &calendar).await;
        created.expect("a calendar");
        service.load_calendars().await.expect("calendars");
        let schedule = ScheduleDraft {
            calendar: name.clone(),
            day_rule: "work_days".to_owned(),
            ..ScheduleDraft::plain(SELDOM)
        };
        let task = TaskDraft {
            schedules: vec![schedule],
            ..draft(&format!("u{number}"), "", "true")
        };
        let delete = service.calendar_delete(&console, &name, None);
        let (deleted, used) = tokio::join!(delete, service.task_create(&console, &task));
        one_of(&deleted, &used);
    }
}

/// Another server deleted it: this one still has it in memory.
#[tokio::test]
async fn a_calendar_that_another_server_has_deleted_is_unknown() {
    let app = TestApp::new().await;
    let (service, console) = (&app.service, app.console());
    let calendar = CalendarDraft {
        name: "公司".to_owned(),
        ..CalendarDraft::default()
    };
    let created = service.calendar_create(&console, &calendar).await;
    created.expect("a calendar");
    service.load_calendars().await.expect("calendars");
    app.place.database.execute("DELETE FROM calendar").await;
    let schedule = ScheduleDraft {
        calendar: "公司".to_owned(),
        day_rule: "work_days".to_owned(),
        ..ScheduleDraft::plain(SELDOM)
    };
    let task = TaskDraft {
        schedules: vec![schedule],
        ..draft("t", "", "true")
    };
    let refused = service.task_create(&console, &task).await;
    let fault = &refused.expect_err("it is gone").fields[0];
    assert!(fault.field.contains("calendar"), "{fault:?}");
}

fn waiting_for(name: &str, other: &str) -> TaskDraft {
    let waits = WaitsDraft {
        tasks: vec![other.to_owned()],
        ..WaitsDraft::default()
    };
    TaskDraft {
        execution: ExecutionDraft {
            waits,
            ..ExecutionDraft::default()
        },
        ..draft(name, SELDOM, "true")
    }
}

#[tokio::test]
async fn two_tasks_do_not_wait_for_each_other() {
    let app = TestApp::new().await;
    let (service, console) = (&app.service, app.console());
    let plain = |name: &str| draft(name, SELDOM, "true");
    let a = app.add(plain("a")).await.id;
    let b = app.add(plain("b")).await.id;
    let (for_b, for_a) = (waiting_for("a", "b"), waiting_for("b", "a"));
    for _ in 0..TIMES {
        let (first, second) = tokio::join!(
            service.task_update(&console, a, &for_b),
            service.task_update(&console, b, &for_a),
        );
        one_of(&first, &second);
        for (id, name) in [(a, "a"), (b, "b")] {
            let reset = service.task_update(&console, id, &plain(name)).await;
            reset.expect("it waits for nothing");
        }
    }
}

#[tokio::test]
async fn a_task_is_deleted_or_waited_for() {
    let app = TestApp::new().await;
    let (service, console) = (&app.service, app.console());
    for number in 0..TIMES {
        let name = format!("t{number}");
        let task = app.add(draft(&name, SELDOM, "true")).await.id;
        let other = waiting_for(&format!("after {number}"), &name);
        let (deleted, waits) = tokio::join!(
            service.task_delete(&console, task, None),
            service.task_create(&console, &other),
        );
        one_of(&deleted, &waits);
    }
}

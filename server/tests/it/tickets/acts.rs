//! What people do to a ticket, also at the same time.

use app::auth::Role;

use super::*;

#[tokio::test]
async fn of_two_people_who_are_done_at_once_the_second_hears_of_the_first() {
    let app = TestApp::new().await;
    let task = task(&app, order(TicketDraft::default())).await;
    let id = the_ticket(&app).await.id;
    let (wang, li) = (
        app.person("wang", Role::Operator),
        app.person("li", Role::Operator),
    );
    let done = || TicketAct::Done(String::new());
    let (one, two) = tokio::join!(act(&app, &wang, id, done()), act(&app, &li, id, done()));
    let (done_by, refused) = match (one, two) {
        (Ok(_), Err(refused)) => ("wang", refused),
        (Err(refused), Ok(_)) => ("li", refused),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused.code, "ticket.done");
    let at = "2026-11-22 08:00:00";
    assert_eq!(
        refused.message,
        format!("It was marked done by {done_by} at {at}")
    );
    let entries = ticket(&app, id).await.history;
    assert_eq!(
        entries.iter().filter(|entry| entry.what == "done").count(),
        1
    );
    assert_eq!(
        said(&app, task.id, "ticket_urged").await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_ticket_is_taken_put_off_and_handed_over() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.mode = app::task::Mode::Command;
        draft.command = "false".to_owned();
        draft.tickets = TicketDraft {
            opens: "failure".to_owned(),
            expires_after: "2d".to_owned(),
            ..TicketDraft::default()
        };
    })
    .await;
    app.ended(app.start_run(task.id).await).await;
    let id = the_ticket(&app).await.id;
    let wang = app.person("wang", Role::Operator);
    let taken = act(&app, &wang, id, TicketAct::Acknowledge)
        .await
        .expect("taken");
    assert_eq!(
        (taken.state.as_str(), taken.owner.as_str()),
        ("acknowledged", "wang")
    );
    let again = act(&app, &wang, id, TicketAct::Acknowledge)
        .await
        .expect_err("taken");
    assert_eq!(again.code, "ticket.taken");
    let until = TicketAct::Snooze("2h".to_owned());
    let snoozed = act(&app, &wang, id, until).await.expect("snoozed");
    assert_eq!(snoozed.state.as_str(), "snoozed");
    later(&app, 7_199).await;
    assert_eq!(ticket(&app, id).await.urges, []);
    later(&app, 1).await;
    assert_eq!(ticket(&app, id).await.urges.len(), 1);
    assert_eq!(the_ticket(&app).await.state.as_str(), "open");
    let tomorrow = act(&app, &wang, id, TicketAct::Snooze("tomorrow".to_owned())).await;
    let tomorrow = tomorrow.expect("snoozed").snoozed_until.expect("a time");
    assert_eq!(tomorrow.rfc3339(), "2026-11-23T09:00:00Z");
    for (until, code) in [
        ("3d", "ticket.snooze_beyond"),
        ("soon", "invalid"),
        ("0s", "invalid"),
    ] {
        let refused = act(&app, &wang, id, TicketAct::Snooze(until.to_owned())).await;
        assert_eq!(refused.expect_err("refused").code, code, "{until}");
    }
    let handed = act(&app, &wang, id, TicketAct::Assign(" @李四 ".to_owned())).await;
    let handed = handed.expect("handed over");
    assert_eq!(
        (handed.owner.as_str(), handed.asked),
        ("李四", vec!["李四".to_owned()])
    );
    let said = said(&app, task.id, "ticket_handed_over").await;
    assert!(said[0].contains("由 wang 转交给 李四"), "{said:?}");
    for invalid in ["", "张三, 李四", "a\u{202e}b"] {
        let refused = act(&app, &wang, id, TicketAct::Assign(invalid.to_owned())).await;
        assert_eq!(
            refused.expect_err("no person").fields[0].field,
            "to",
            "{invalid}"
        );
    }
    let what: Vec<String> = ticket(&app, id)
        .await
        .history
        .into_iter()
        .map(|e| e.what)
        .collect();
    let wanted = [
        "opened",
        "acknowledged",
        "snoozed",
        "snoozed",
        "handed_over",
    ];
    assert_eq!(what, wanted);
}

#[tokio::test]
async fn viewers_read_tickets_and_change_none() {
    let app = TestApp::new().await;
    task(&app, order(TicketDraft::default())).await;
    let id = the_ticket(&app).await.id;
    let viewer = app.person("viewer", Role::Viewer);
    let refused = act(&app, &viewer, id, TicketAct::Acknowledge).await;
    assert_eq!(refused.expect_err("a viewer").code, "forbidden");
    assert!(app.service.ticket_get(&viewer, id).await.is_ok());
    let long = TicketAct::Done("长".repeat(501));
    let refused = act(&app, &app.console(), id, long).await;
    assert_eq!(refused.expect_err("too long").fields[0].field, "word");
    let missing = app.service.ticket_get(&viewer, TicketId(999)).await;
    assert_eq!(missing.expect_err("missing").code, "not_found");
}

#[tokio::test]
async fn an_urge_that_waits_in_the_outbox_is_withdrawn_when_the_ticket_is_done() {
    let app = TestApp::new().await;
    let task = task(&app, |draft| {
        draft.command = "false".to_owned();
        draft.tickets.opens = "failure".to_owned();
    })
    .await;
    app.ended(app.start_run(task.id).await).await;
    later(&app, 1_800).await;
    let states = async || -> Vec<String> {
        let all = app.messages(task.id).await.into_iter();
        all.filter(|message| message.event == "ticket_urged")
            .map(|message| message.state.as_str().to_owned())
            .collect()
    };
    assert_eq!(states().await, ["pending"]);
    let id = the_ticket(&app).await.id;
    let done = TicketAct::Done(String::new());
    act(&app, &app.console(), id, done).await.expect("done");
    assert_eq!(states().await, ["withdrawn"]);
}

//! Rotas in the place of owners: the person on call is asked, at the moment of asking.

use app::auth::Role;
use serde_json::{Value, json};

use super::*;
use crate::helpers::{Robot, at};

#[tokio::test]
async fn an_urge_asks_the_person_on_call_at_that_moment() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let rota = json!({
        "people": ["ann", "bob"], "zone": "UTC", "weekday": "monday", "time": "09:00", "since": "2026-11-16",
    });
    admin
        .call("PUT", "/api/v1/oncall/db", Some(rota))
        .await
        .expect(200);
    // A Monday, an hour before the hand-over from ann to bob.
    app.clock.set(at("2026-11-23T08:00:00Z"));
    let opens = order(TicketDraft {
        first_after: "30m".to_owned(),
        every: "1h".to_owned(),
        ladder: "3h: oncall:gone, 李四".to_owned(),
        ..TicketDraft::default()
    });
    task(&app, |draft| {
        opens(draft);
        draft.owners = vec!["oncall:db".to_owned()];
    })
    .await;
    let id = the_ticket(&app).await.id;
    later(&app, 1_800).await;
    later(&app, 3_600).await;
    later(&app, 5_400).await;
    let asked: Vec<Vec<String>> = ticket(&app, id)
        .await
        .urges
        .into_iter()
        .rev()
        .map(|urge| urge.asked)
        .collect();
    // A rota that does not exist keeps its name.
    assert_eq!(
        asked,
        [vec!["ann"], vec!["bob"], vec!["bob", "oncall:gone", "李四"]]
    );
    let rows =
        "SELECT COUNT(*) FROM message WHERE event = 'ticket_urged' AND mentions = '[\"bob\"]'";
    assert_eq!(app.place.database.count(rows).await, 1);
    // In lists the person of now stands there, whose ticket it is then.
    assert_eq!(the_ticket(&app).await.asked[0], "bob");
}

#[tokio::test]
async fn a_message_mentions_the_person_on_call_when_it_leaves() {
    let app = TestApp::new().await;
    let robot = Robot::start(app.clock.clone()).await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let rota = json!({"people": ["ann"], "zone": "UTC"});
    admin
        .call("PUT", "/api/v1/oncall/db", Some(rota))
        .await
        .expect(200);
    let who = json!({"who": "eve", "until": "2030-01-01"});
    admin
        .post("/api/v1/oncall/db/override", who)
        .await
        .expect(200);
    let channel = app.channel("ops", ChannelKind::Webhook, &robot.url()).await;
    app.notify();
    app.add(TaskDraft {
        channel_id: Some(channel.id.0),
        owners: vec!["oncall:db".to_owned()],
        ..draft("t", "0 9 * * *", "true")
    })
    .await;
    let sent = robot.wait_for(1).await;
    let text = sent[0].body.to_string();
    assert!(text.contains("eve") && !text.contains("oncall:"), "{text}");
}

#[tokio::test]
async fn rotas_are_set_overridden_swapped_and_deleted() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let operator = app.signed_in("op", Role::Operator).await;
    // 值班
    let path = "/api/v1/oncall/%E5%80%BC%E7%8F%AD";
    let rota =
        || Some(json!({"people": ["ann", "bob", "cid"], "zone": "UTC", "since": "2026-11-16"}));
    assert_eq!(operator.call("PUT", path, rota()).await.status, 403);
    let set = admin.call("PUT", path, rota()).await.expect(200);
    // It is Sunday, the 22nd: ann's week.
    let is = |rota: &Value, now: &str, until: &str, next: &str| {
        assert_eq!(rota["now"], now, "{rota}");
        assert_eq!(rota["until"], until, "{rota}");
        assert_eq!(rota["next"], next, "{rota}");
    };
    is(&set, "ann", "2026-11-23T09:00:00Z", "bob");
    let body = json!({"who": "dan", "until": "2026-11-22 20:00"});
    let over = operator
        .post(&format!("{path}/override"), body)
        .await
        .expect(200);
    is(&over, "dan", "2026-11-22T20:00:00Z", "ann");
    // Dates of hand-overs, at 09:00: the weeks that begin on them.
    let body = json!({"first": "2026-11-23", "second": "2026-11-30"});
    operator
        .post(&format!("{path}/swap"), body)
        .await
        .expect(200);
    app.clock.set(at("2026-11-24T12:00:00Z"));
    let shown = operator.get(path).await.expect(200);
    is(&shown, "cid", "2026-11-30T09:00:00Z", "bob");
    // Setting the people anew keeps who stands in for whom.
    let set = admin.call("PUT", path, rota()).await.expect(200);
    assert_eq!(set["now"], "cid");
    for (body, field) in [
        (json!({"people": []}), "people"),
        (json!({"people": ["@all"]}), "people"),
        (json!({"people": ["oncall:other"]}), "people"),
        (json!({"people": ["a"], "weekday": "someday"}), "weekday"),
        (json!({"people": ["a"], "time": "25:00"}), "time"),
        (json!({"people": ["a"], "zone": "Mars"}), "zone"),
        (json!({"people": ["a"], "since": "soon"}), "since"),
    ] {
        let refused = admin.call("PUT", path, Some(body)).await;
        assert_eq!(refused.status, 422, "{field}");
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    let past = json!({"who": "dan", "from": "2026-11-01", "until": "2026-11-02"});
    let refused = operator.post(&format!("{path}/override"), past).await;
    assert_eq!(refused.json()["errors"][0]["field"], "until");
    let past = json!({"first": "2026-11-01", "second": "2026-12-01"});
    let refused = operator.post(&format!("{path}/swap"), past).await;
    assert_eq!(refused.json()["errors"][0]["field"], "first");
    let page = operator.open("/reminders").await.text();
    assert!(
        page.contains("oncall:值班") && page.contains("cid"),
        "{page}"
    );
    assert_eq!(admin.call("DELETE", path, None).await.status, 204);
    assert_eq!(operator.get(path).await.status, 404);
}

#[tokio::test]
async fn a_swap_made_twice_is_taken_back_and_overrides_do_not_cover_each_other() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let path = "/api/v1/oncall/db";
    let rota =
        json!({"people": ["ann", "bob", "cid"], "zone": "Asia/Shanghai", "since": "2026-11-16"});
    admin.call("PUT", path, Some(rota)).await.expect(200);
    let swap = json!({"first": "2026-12-07", "second": "2026-12-14"});
    let swapped = admin.post(&format!("{path}/swap"), swap.clone()).await;
    let overrides = swapped.expect(200)["overrides"].clone();
    // 7 December is ann's week, the next one bob's: 09:00 in Shanghai is 01:00 in UTC.
    let expected = json!([
        {"from": "2026-12-07T01:00:00Z", "until": "2026-12-14T01:00:00Z", "who": "bob"},
        {"from": "2026-12-14T01:00:00Z", "until": "2026-12-21T01:00:00Z", "who": "ann"},
    ]);
    assert_eq!(overrides, expected);
    let again = admin.post(&format!("{path}/swap"), swap.clone()).await;
    assert_eq!(again.expect(200)["overrides"], json!([]));
    let week = json!({"first": "2026-12-07", "second": "2026-12-13"});
    let refused = admin.post(&format!("{path}/swap"), week).await;
    assert_eq!(refused.expect(422)["errors"][0]["field"], "second");

    // Dates of an override are days from hand-over to hand-over.
    let wednesday = json!({"who": "dan", "from": "2026-12-09", "until": "2026-12-09"});
    let over = admin.post(&format!("{path}/override"), wednesday).await;
    let stands_in = json!([
        {"from": "2026-12-09T01:00:00Z", "until": "2026-12-10T01:00:00Z", "who": "dan"},
    ]);
    assert_eq!(over.expect(200)["overrides"], stands_in);
    let more = json!({"who": "eve", "from": "2026-12-09 20:00", "until": "2026-12-12"});
    for (door, body) in [("override", more.clone()), ("swap", swap.clone())] {
        let refused = admin
            .post(&format!("{path}/{door}"), body)
            .await
            .expect(409);
        assert_eq!(refused["code"], "oncall.overlaps", "{refused}");
        let text = refused.to_string();
        assert!(
            text.contains("dan") && text.contains("2026-12-09 09:00"),
            "{text}"
        );
    }
    let gone = format!("{path}/override?at=2026-12-20");
    assert_eq!(admin.call("DELETE", &gone, None).await.status, 404);
    let wrong = format!("{path}/override?at=soon");
    assert_eq!(admin.call("DELETE", &wrong, None).await.status, 422);
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let removal = format!("{path}/override?at=2026-12-09");
    assert_eq!(viewer.call("DELETE", &removal, None).await.status, 403);
    let removed = admin.call("DELETE", &removal, None).await.expect(200);
    assert_eq!(removed["overrides"], json!([]));
}

#[tokio::test]
async fn a_rota_in_use_is_not_deleted_and_its_users_are_named() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let path = "/api/v1/oncall/db";
    let rota = json!({"people": ["ann"], "zone": "UTC"});
    admin.call("PUT", path, Some(rota)).await.expect(200);
    let names_of = async || {
        let refused = admin.call("DELETE", path, None).await.expect(409);
        assert_eq!(refused["code"], "oncall.in_use");
        refused.to_string()
    };
    let owned = task(&app, |draft| draft.owners = vec!["oncall:db".to_owned()]).await;
    assert!(names_of().await.contains(&format!("#{} t", owned.id)));
    let opens = order(TicketDraft {
        ladder: "3h: oncall:db".to_owned(),
        ..TicketDraft::default()
    });
    let mut other = draft("on the ladder", "0 9 * * *", "true");
    opens(&mut other);
    app.add(other).await;
    assert!(names_of().await.contains("on the ladder"));
    let policy = Some(json!({"ladder": "2h: oncall:db"}));
    let tag = "/api/v1/tickets/defaults/web";
    admin.call("PUT", tag, policy).await.expect(200);
    assert!(names_of().await.contains("web"));
    assert_eq!(admin.call("DELETE", tag, None).await.status, 204);
    for id in admin.get("/api/v1/tasks").await.expect(200)["items"]
        .as_array()
        .expect("tasks")
    {
        let task = format!("/api/v1/tasks/{}", id["id"]);
        assert_eq!(admin.call("DELETE", &task, None).await.status, 204);
    }
    let channel = app.channel("others", ChannelKind::Webhook, "http://127.0.0.1:9/");
    let channel = channel.await.id;
    let rule = json!({
        "name": "failures", "scope": "owner", "owner": "oncall:db", "channel_id": channel, "events": ["failed"],
    });
    let rule = admin.post("/api/v1/rules", rule).await.expect(201);
    let summary =
        json!({"name": "daily", "owner": "oncall:db", "channel_id": channel, "time": "09:00"});
    let summary = admin.post("/api/v1/summaries", summary).await.expect(201);
    let text = names_of().await;
    for named in [format!("#{} failures", rule["id"]), "daily".to_owned()] {
        assert!(text.contains(&named), "{named}: {text}");
    }
    for path in [
        format!("/api/v1/rules/{}", rule["id"]),
        format!("/api/v1/summaries/{}", summary["id"]),
    ] {
        assert!(names_of().await.contains("oncall:db"), "before {path}");
        assert_eq!(admin.call("DELETE", &path, None).await.status, 204);
    }
    assert_eq!(admin.call("DELETE", path, None).await.status, 204);
    // Other names that contain it are of no concern.
    let rota = json!({"people": ["ann"], "zone": "UTC"});
    let part = "/api/v1/oncall/d";
    admin.call("PUT", part, Some(rota)).await.expect(200);
    assert_eq!(admin.call("DELETE", part, None).await.status, 204);
}

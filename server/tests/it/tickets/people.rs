//! People with a zone or hours of their own: urges wait for these, and ask others meanwhile.

use app::auth::Role;
use serde_json::json;

use super::*;
use crate::helpers::{Browser, at};

/// Working hours in the zone of the task, which is UTC; the first urge is due after a minute.
fn nine_to_six() -> TicketDraft {
    TicketDraft {
        first_after: "1m".to_owned(),
        hours_from: "09:00".to_owned(),
        hours_until: "18:00".to_owned(),
        ..TicketDraft::default()
    }
}

async fn set(admin: &Browser, name: &str, person: serde_json::Value) {
    let path = format!("/api/v1/people/{name}");
    admin.call("PUT", &path, Some(person)).await.expect(200);
}

/// The loop turns at a time.
async fn look_at(app: &TestApp, time: &str) {
    app.clock.set(at(time));
    look(app).await;
}

/// Whom the urges of a ticket asked, newest first.
async fn asked(app: &TestApp, id: TicketId) -> Vec<Vec<String>> {
    let urges = ticket(app, id).await.urges.into_iter();
    urges.map(|urge| urge.asked).collect()
}

fn next(ticket: &TicketView) -> Option<chrono::DateTime<chrono::Utc>> {
    ticket.next_urge_at.map(|at| at.0)
}

#[tokio::test]
async fn who_sleeps_is_not_asked_before_their_morning_and_others_are() {
    let app = TestApp::new().await;
    // A Monday, 05:00 in New York.
    app.clock.set(at("2026-11-23T10:00:00Z"));
    let admin = app.signed_in("ada", Role::Admin).await;
    set(&admin, "张三", json!({"zone": "America/New_York"})).await;
    let rule = TicketDraft {
        ladder: "2h: 李四".to_owned(),
        ..nine_to_six()
    };
    task(&app, order(rule)).await;
    let open = the_ticket(&app).await;
    // The rung of the ladder comes before 09:00 in New York.
    assert_eq!(next(&open), Some(at("2026-11-23T12:00:00Z")));
    assert_eq!(open.next_local, []);
    look_at(&app, "2026-11-23T10:01:00Z").await;
    assert_eq!(asked(&app, open.id).await, [[""; 0]; 0]);
    look_at(&app, "2026-11-23T12:00:00Z").await;
    assert_eq!(asked(&app, open.id).await, [["李四"]]);
    look_at(&app, "2026-11-23T13:00:00Z").await;
    let shown = ticket(&app, open.id).await.ticket;
    assert_eq!(next(&shown), Some(at("2026-11-23T14:00:00Z")));
    let local: Vec<String> = shown
        .next_local
        .iter()
        .map(|one| format!("{} {} {}", one.who, one.local, one.zone))
        .collect();
    assert_eq!(local, ["张三 2026-11-23 09:00:00 America/New_York"]);
    let page = admin.open("/reminders").await.text();
    assert!(
        page.contains("张三 2026-11-23 09:00:00 (America/New_York)"),
        "{page}"
    );
    look_at(&app, "2026-11-23T14:00:00Z").await;
    let all = asked(&app, open.id).await;
    assert_eq!(all[0], ["张三", "李四"]);
    assert_eq!(all[1], ["李四"]);
    // In the evening of UTC 李四 is asked no more, 张三 until 23:00Z.
    look_at(&app, "2026-11-23T19:00:00Z").await;
    assert_eq!(asked(&app, open.id).await[0], ["张三"]);
    assert_eq!(ticket(&app, open.id).await.ticket.asked, ["张三", "李四"]);
}

#[tokio::test]
async fn hours_and_calendar_of_a_person_replace_those_of_the_policy_unless_it_is_urgent() {
    let app = TestApp::new().await;
    // A make-up day (调休): a Saturday on which people work in China.
    app.clock.set(at("2026-10-10T01:00:00Z"));
    let admin = app.signed_in("ada", Role::Admin).await;
    let late = json!({"zone": "Asia/Shanghai", "hours_from": "14:00", "hours_until": "22:00", "calendar": "cn"});
    set(&admin, "张三", late).await;
    task(&app, order(nine_to_six())).await;
    let open = the_ticket(&app).await;
    assert_eq!(next(&open), Some(at("2026-10-10T06:00:00Z")));
    look_at(&app, "2026-10-10T05:59:00Z").await;
    assert_eq!(ticket(&app, open.id).await.urges, []);
    look_at(&app, "2026-10-10T06:00:00Z").await;
    assert_eq!(ticket(&app, open.id).await.urges.len(), 1);
    // After 22:00 there comes a Sunday: Monday, 14:00.
    look_at(&app, "2026-10-10T14:00:00Z").await;
    assert_eq!(ticket(&app, open.id).await.urges.len(), 1);
    let shown = the_ticket(&app).await;
    assert_eq!(next(&shown), Some(at("2026-10-12T06:00:00Z")));

    let mut urgent = draft("urgent", "0 9 * * *", "true");
    order(TicketDraft {
        urgent: true,
        ..nine_to_six()
    })(&mut urgent);
    urgent.owners = vec!["张三".to_owned()];
    let urgent = app.add(urgent).await.id;
    later(&app, 60).await;
    let id = app.ticket_of(urgent).await;
    assert_eq!(asked(&app, id).await, [["张三"]]);
}

#[tokio::test]
async fn who_takes_over_on_call_is_not_waited_for_longer_than_the_hand_over() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-23T11:00:00Z"));
    let admin = app.signed_in("ada", Role::Admin).await;
    let zone = || json!({"zone": "America/New_York"});
    set(&admin, "ann", zone()).await;
    // The hand-over is on Monday at noon; until then it is ann's week, whose morning is at 14:00Z.
    let rota = json!({"people": ["ann", "bob"], "zone": "UTC", "weekday": "monday", "time": "12:00", "since": "2026-11-16"});
    let path = "/api/v1/oncall/db";
    admin.call("PUT", path, Some(rota)).await.expect(200);
    let opens = order(nine_to_six());
    task(&app, |draft| {
        opens(draft);
        draft.owners = vec!["oncall:db".to_owned()];
    })
    .await;
    let open = the_ticket(&app).await;
    assert_eq!(open.asked, ["ann"]);
    assert_eq!(next(&open), Some(at("2026-11-23T12:00:00Z")));
    look_at(&app, "2026-11-23T11:01:00Z").await;
    assert_eq!(asked(&app, open.id).await, [[""; 0]; 0]);
    look_at(&app, "2026-11-23T12:00:00Z").await;
    assert_eq!(asked(&app, open.id).await, [["bob"]]);
    // Without bob's week: ann's own morning counts.
    set(&admin, "bob", zone()).await;
    look_at(&app, "2026-11-23T13:00:00Z").await;
    let shown = the_ticket(&app).await;
    assert_eq!(next(&shown), Some(at("2026-11-23T14:00:00Z")));
    assert_eq!(asked(&app, open.id).await.len(), 1);
}

#[tokio::test]
async fn a_ticket_that_is_taken_or_put_off_follows_the_hours_of_that_person() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-23T10:00:00Z"));
    let admin = app.signed_in("ada", Role::Admin).await;
    let ann = app.signed_in("ann", Role::Operator).await;
    set(&admin, "ann", json!({"zone": "America/New_York"})).await;
    task(&app, order(nine_to_six())).await;
    later(&app, 60).await;
    let id = the_ticket(&app).await.id;
    assert_eq!(asked(&app, id).await, [["张三"]]);
    let post = async |act: &str, body: serde_json::Value| {
        let path = format!("/api/v1/tickets/{id}/{act}");
        ann.post(&path, body).await.expect(200)
    };
    // Tomorrow morning is hers; at 05:00 in New York it is that of the same date.
    let put_off = post("snooze", json!({"until": "tomorrow"})).await;
    assert_eq!(put_off["snoozed_until"], "2026-11-23T14:00:00Z");
    let taken = post("acknowledge", json!({})).await;
    assert_eq!(taken["next_urge_at"], "2026-11-23T14:00:00Z");
    assert_eq!(
        taken["next_local"],
        json!([{"who": "ann", "zone": "America/New_York", "local": "2026-11-23 09:00:00"}])
    );
    look_at(&app, "2026-11-23T14:00:00Z").await;
    assert_eq!(asked(&app, id).await[0], ["ann"]);
    // Whoever gets it has the hours of the policy.
    look_at(&app, "2026-11-23T20:00:00Z").await;
    let given = post("assign", json!({"to": "李四"})).await;
    assert_eq!(given["next_urge_at"], "2026-11-24T09:00:00Z");
    assert_eq!(given["next_local"], json!([]));
}

#[tokio::test]
async fn people_are_set_by_administrators_and_by_themselves() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let ann = app.signed_in("ann", Role::Operator).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let put = async |who: &Browser, name: &str, person: serde_json::Value| {
        let path = format!("/api/v1/people/{name}");
        who.call("PUT", &path, Some(person)).await
    };
    for (person, field) in [
        (json!({}), "zone"),
        (json!({"zone": "Mars/Olympus"}), "zone"),
        (json!({"zone": "UTC", "calendar": "none-such"}), "calendar"),
        (json!({"hours_from": "09:00"}), "hours_until"),
    ] {
        let refused = put(&admin, "ann", person).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["field"], field);
    }
    for name in ["@all", "oncall:db"] {
        let refused = put(&admin, name, json!({"zone": "UTC"})).await;
        assert_eq!(refused.status, 422, "{name}");
        assert_eq!(refused.json()["errors"][0]["field"], "name");
    }
    put(&ann, "ann", json!({"zone": "Europe/Berlin"}))
        .await
        .expect(200);
    assert_eq!(put(&ann, "bob", json!({"zone": "UTC"})).await.status, 403);
    put(&admin, "bob", json!({"zone": "UTC"})).await.expect(200);
    assert_eq!(
        ann.call("DELETE", "/api/v1/people/bob", None).await.status,
        403
    );
    assert_eq!(put(&viewer, "vi", json!({"zone": "UTC"})).await.status, 403);
    let listed = viewer.get("/api/v1/people").await.expect(200);
    let names: Vec<&str> = listed["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["ann", "bob"]);
    let deleted = ann.call("DELETE", "/api/v1/people/ann", None).await;
    assert_eq!(deleted.status, 204);
    ann.get("/api/v1/people/ann").await.expect(404);
}

#[tokio::test]
async fn the_page_of_people_works_without_a_script_from_the_version_that_was_read() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let ann = app.signed_in("ann", Role::Operator).await;
    let send = async |who: &Browser, name: &str, version: &str, zone: &str, from: &str| {
        let fields = [
            ("name", name),
            ("version", version),
            ("zone", zone),
            ("hours_from", from),
            ("hours_until", "18:00"),
        ];
        who.submit("/people", &fields).await
    };
    let odd = send(&admin, "bob", "0", "Europe/Berlin", "25:00").await;
    let text = odd.text();
    assert_eq!(odd.status, 422, "{text}");
    assert!(
        text.contains(r#"value="bob""#) && text.contains(r#"value="25:00""#),
        "{text}"
    );
    assert_eq!(
        send(&admin, "bob", "0", "Europe/Berlin", "10:00")
            .await
            .status,
        303
    );
    let list = admin.open("/people").await.text();
    assert!(
        list.contains("10:00–18:00") && list.contains("?edit=bob#change"),
        "{list}"
    );
    let form = admin.open("/people?edit=bob").await.text();
    for part in [r#"name="version" value="1""#, r#"value="Europe/Berlin""#] {
        assert!(form.contains(part), "{part}: {form}");
    }
    let late = send(&admin, "bob", "7", "UTC", "11:00").await;
    let text = late.text();
    assert_eq!(late.status, 409, "{text}");
    assert!(text.contains(r#"name="version" value="1""#), "{text}");
    assert!(text.contains(r#"value="11:00""#), "{text}");

    // An operator has a form for no one else.
    let own = ann.open("/people?edit=bob").await.text();
    assert!(
        own.contains(r#"type="hidden" name="name" value="ann""#)
            && !own.contains("?edit=bob#change"),
        "{own}"
    );
    assert_eq!(send(&ann, "ann", "0", "UTC", "08:00").await.status, 303);
    assert_eq!(send(&ann, "bob", "1", "UTC", "08:00").await.status, 403);
    let own = ann.open("/people").await.text();
    assert!(
        own.contains("?edit=ann#change") && own.contains(r#"value="08:00""#),
        "{own}"
    );
}

#[tokio::test]
async fn a_calendar_that_a_person_names_is_renamed_with_it_and_not_deleted() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let calendar = json!({"name": "us"});
    admin.post("/api/v1/calendars", calendar).await.expect(201);
    set(&admin, "ann", json!({"calendar": "us"})).await;
    let refused = admin.call("DELETE", "/api/v1/calendars/us", None).await;
    let refused = refused.expect(409);
    assert!(
        refused["title"]
            .as_str()
            .is_some_and(|title| title.contains("ann")),
        "{refused}"
    );
    let renamed = Some(json!({"name": "usa"}));
    let path = "/api/v1/calendars/us";
    admin.call("PUT", path, renamed).await.expect(200);
    let person = admin.get("/api/v1/people/ann").await.expect(200);
    assert_eq!(person["calendar"], "usa");
    let used = admin.get("/api/v1/calendars/usa").await.expect(200);
    assert_eq!(used["calendar"]["used_by"], 1, "{used}");
    admin.call("DELETE", "/api/v1/people/ann", None).await;
    let deleted = admin.call("DELETE", "/api/v1/calendars/usa", None).await;
    assert_eq!(deleted.status, 204);
}

#[tokio::test]
async fn addresses_of_ones_own_tickets_are_made_on_the_page_and_shown_once() {
    let app = TestApp::new().await;
    let operator = app.signed_in("op", Role::Operator).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    let opens = order(nine_to_six());
    task(&app, |draft| {
        opens(draft);
        draft.owners = vec!["op".to_owned()];
    })
    .await;
    for (act, start) in [("link", "/my/"), ("feed", "/feed/")] {
        let refused = viewer.submit("/reminders", &[("act", act)]).await;
        assert_eq!(refused.status, 403, "{act}");
        let made = operator.submit("/reminders", &[("act", act)]).await;
        let page = made.text();
        assert_eq!(made.status, 200, "{page}");
        let (_, address) = page.split_once(start).expect("an address");
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let token: String = address.chars().take_while(|c| is_token(*c)).collect();
        // Without an account.
        let opened = app.browser().open(&format!("{start}{token}")).await;
        assert_eq!(opened.status, 200, "{start}{token}: {}", opened.text());
        assert!(!opened.text().is_empty());
        let later = operator.open("/reminders").await.text();
        assert!(!later.contains(start), "{later}");
    }
}

#[tokio::test]
async fn a_ticket_that_rests_follows_hours_that_are_changed_again_and_again() {
    let app = TestApp::new().await;
    app.clock.set(at("2026-11-23T10:00:00Z"));
    let admin = app.signed_in("ada", Role::Admin).await;
    set(&admin, "张三", json!({"zone": "America/New_York"})).await;
    task(&app, order(nine_to_six())).await;
    let open = the_ticket(&app).await.id;
    look_at(&app, "2026-11-23T10:01:00Z").await;
    for (zone, morning) in [
        ("America/New_York", "2026-11-23T14:00:00Z"),
        ("America/Los_Angeles", "2026-11-23T17:00:00Z"),
        ("America/Halifax", "2026-11-23T13:00:00Z"),
    ] {
        set(&admin, "张三", json!({"zone": zone})).await;
        look(&app).await;
        let shown = ticket(&app, open).await;
        assert_eq!(next(&shown.ticket), Some(at(morning)), "{zone}");
        assert_eq!(shown.urges, []);
    }
    // It is the afternoon there: the ticket was due a minute after it was opened.
    set(&admin, "张三", json!({"zone": "Asia/Kolkata"})).await;
    look_at(&app, "2026-11-23T10:02:00Z").await;
    assert_eq!(asked(&app, open).await, [["张三"]]);
    // So it is without a zone of their own.
    set(&admin, "张三", json!({"zone": "America/New_York"})).await;
    look_at(&app, "2026-11-23T12:30:00Z").await;
    let gone = admin.call("DELETE", "/api/v1/people/张三", None).await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    look(&app).await;
    assert_eq!(asked(&app, open).await.len(), 2);
}

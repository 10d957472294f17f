//! The page of rotas: a rota is made, edited, overridden, swapped and deleted without a script.

use app::auth::Role;
use serde_json::json;

use super::*;
use crate::helpers::at;

/// Fields of a form for the rota `db`, with the version that the page shows.
fn of_db<'a>(version: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let which = [("of", "db"), ("version", version)];
    which.into_iter().chain(fields.iter().copied()).collect()
}

#[tokio::test]
async fn a_rota_is_made_and_changed_on_its_page() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let operator = app.signed_in("op", Role::Operator).await;
    let viewer = app.signed_in("vi", Role::Viewer).await;
    app.clock.set(at("2026-11-24T12:00:00Z"));
    assert!(admin.open("/oncall").await.text().contains("还没有值班表"));
    let new = [
        ("act", "set"),
        ("version", "0"),
        ("name", "db"),
        ("people", "ann\r\nbob\r\ncid"),
        ("weekday", "monday"),
        ("time", "09:00"),
        ("zone", "UTC"),
        ("since", "2026-11-16"),
    ];
    let made = admin.submit("/oncall", &new).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = made.header("location").to_owned();
    assert_eq!(page, "/oncall?name=db");
    let stored = admin.get("/api/v1/oncall/db").await.expect(200);
    assert_eq!(stored["people"], json!(["ann", "bob", "cid"]));
    // Twice is once: the second one meets a rota that it did not read.
    assert_eq!(admin.submit("/oncall", &new).await.status, 409);

    let shown = viewer.open(&page).await.text();
    assert!(
        shown.contains("oncall:db") && shown.contains("bob"),
        "{shown}"
    );
    assert!(
        !shown.contains("name=\"act\""),
        "a viewer has no form: {shown}"
    );
    let listed = viewer.open("/oncall").await.text();
    assert!(
        listed.contains(&page) && !listed.contains("rota_delete"),
        "{listed}"
    );
    let shown = operator.open(&page).await.text();
    assert!(
        shown.contains("value=\"swap\"") && !shown.contains("value=\"set\""),
        "{shown}"
    );
    assert_eq!(viewer.open("/oncall?name=gone").await.status, 404);

    let over = [
        ("act", "override"),
        ("who", "dan"),
        ("from", "2026-11-25T08:00"),
        ("until", "2026-11-25T20:00"),
    ];
    let posted = operator.submit(&page, &of_db("1", &over)).await;
    assert_eq!(posted.status, 303, "{}", posted.text());
    let shown = operator.open(&page).await.text();
    assert!(shown.contains("value=\"2026-11-25T08:00:00Z\""), "{shown}");
    // Weeks as the page offers them, by the instant of their hand-over; bob's goes on until the 30th.
    let weeks = [
        ("act", "swap"),
        ("first", "2026-11-30T09:00:00Z"),
        ("second", "2026-12-07T09:00:00Z"),
    ];
    for (_, week) in &weeks[1..] {
        assert!(
            shown.contains(&format!("value=\"{week}\"")),
            "{week}: {shown}"
        );
    }
    let posted = operator.submit(&page, &of_db("2", &weeks)).await;
    assert_eq!(posted.status, 303, "{}", posted.text());
    let stored = admin.get("/api/v1/oncall/db").await.expect(200);
    let people = stored["weeks"].as_array().expect("weeks").iter();
    let people: Vec<&str> = people.filter_map(|week| week["who"].as_str()).collect();
    assert_eq!(people[..4], ["bob", "ann", "cid", "bob"]);
    assert_eq!(people.len(), 8);
    // The same form sent again does not take it back.
    let again = operator.submit(&page, &of_db("2", &weeks)).await;
    assert_eq!(again.status, 409);
    assert!(again.text().contains("值班表"), "{}", again.text());

    let remove = of_db("3", &[("unoverride", "2026-11-25T08:00:00Z")]);
    assert_eq!(viewer.submit(&page, &remove).await.status, 403);
    assert_eq!(operator.submit(&page, &remove).await.status, 303);
    let stored = admin.get("/api/v1/oncall/db").await.expect(200);
    assert_eq!(stored["overrides"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_refused_form_of_a_rota_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Admin).await;
    let rota = |people: &[&str]| Some(json!({"people": people, "zone": "UTC"}));
    let path = "/api/v1/oncall/db";
    admin.call("PUT", path, rota(&["ann"])).await.expect(200);
    let page = "/oncall?name=db";
    let typed = |time: &'static str| {
        [
            ("act", "set"),
            ("people", "eve"),
            ("weekday", "friday"),
            ("time", time),
            ("zone", "UTC"),
        ]
    };
    let faulty = admin.submit(page, &of_db("1", &typed("25:00"))).await;
    let text = faulty.text();
    assert_eq!(faulty.status, 422, "{text}");
    assert!(
        text.contains("value=\"25:00\"") && text.contains("eve"),
        "{text}"
    );
    admin.call("PUT", path, rota(&["bob"])).await.expect(200);
    let late = admin.submit(page, &of_db("1", &typed("10:00"))).await;
    let text = late.text();
    assert_eq!(late.status, 409, "{text}");
    assert!(
        text.contains("别人修改过") && text.contains("eve"),
        "{text}"
    );
    // It holds the version of the others' change: saving again is a decision.
    assert!(text.contains("name=\"version\" value=\"2\""), "{text}");
    let saved = admin.submit(page, &of_db("2", &typed("10:00"))).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    // A faulty override leaves the form of the rota as it is stored.
    let over = [("act", "override"), ("who", "@all"), ("until", "soon")];
    let refused = admin.submit(page, &of_db("3", &over)).await;
    let text = refused.text();
    assert_eq!(refused.status, 422, "{text}");
    assert!(
        text.contains("value=\"soon\"") && text.contains("value=\"10:00\""),
        "{text}"
    );
    let nothing = admin.submit(page, &of_db("3", &[("act", "drop")])).await;
    assert_eq!(nothing.status, 422);
}

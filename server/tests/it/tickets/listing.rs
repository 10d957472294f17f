//! Lists of tickets: by age and by level across pages, of a tag, of a level.

use app::auth::Role;
use serde_json::Value;

use super::*;
use crate::helpers::Browser;

/// All pages of a list, two rows each: the names of the tasks.
async fn pages(admin: &Browser, query: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut after = String::new();
    for _ in 0..10 {
        let path = format!("/api/v1/tickets?limit=2&{query}{after}");
        let page = admin.get(&path).await.expect(200);
        let rows = page["items"].as_array().expect("rows").iter();
        names.extend(rows.filter_map(|row| row["task"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return names,
        }
    }
    panic!("it does not end: {names:?}");
}

#[tokio::test]
async fn open_tickets_are_listed_by_age_and_level_over_all_pages() {
    let app = TestApp::new().await;
    for (name, ladder, tag) in [
        ("a", "", "web"),
        ("b", "1h: 李四", "db"),
        ("c", "1h: 李四\n2h: 王五", "web"),
        ("d", "", "db"),
        ("e", "1h: 李四", "web"),
    ] {
        let mut asking = draft(name, "0 0 1 1 *", "true");
        asking.tags = vec![tag.to_owned()];
        order(TicketDraft {
            ladder: ladder.to_owned(),
            ..TicketDraft::default()
        })(&mut asking);
        app.add(asking).await;
    }
    for _ in 0..3 {
        later(&app, 3_600).await;
    }
    let admin = app.signed_in("ada", Role::Admin).await;
    for (query, expected) in [
        ("", "edcba"),
        ("sort=newest", "edcba"),
        ("sort=oldest", "abcde"),
        ("sort=level", "cbead"),
        ("sort=oldest&tag=web", "ace"),
        ("sort=level&level=1", "cbe"),
        ("level=2", "c"),
        ("state=all&tag=db", "db"),
    ] {
        assert_eq!(pages(&admin, query).await.concat(), expected, "{query}");
    }
    for (query, field) in [
        ("sort=size", "sort"),
        ("sort=oldest&state=all", "sort"),
        ("sort=level&state=done", "sort"),
    ] {
        let path = format!("/api/v1/tickets?{query}");
        let refused: Value = admin.get(&path).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], field, "{query}: {refused}");
    }
    admin
        .get("/api/v1/tickets?sort=level&after=7")
        .await
        .expect(422);
    // The page begins with those that wait longest, and its filter keeps what was chosen.
    let page = admin
        .open("/reminders?tag=web&level=1&sort=level")
        .await
        .text();
    let place = |name: &str| page.find(&format!("<b>{name}<"));
    assert!(place("c") < place("e") && place("c").is_some(), "{page}");
    assert_eq!((place("a"), place("b")), (None, None));
    assert!(page.contains("value=\"web\""), "{page}");
}

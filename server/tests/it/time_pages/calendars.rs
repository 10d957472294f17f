//! Calendars: who sees their source, and concurrent imports.

use std::sync::Arc;

use app::auth::Role;
use app::backend::{Calendars, System};
use app::calendar::{CalendarDraft, CalendarImport};

use crate::helpers::TestApp;

#[tokio::test]
async fn the_address_of_a_calendar_is_for_administrators() {
    let app = TestApp::new().await;
    let console = app.console();
    let draft = CalendarDraft {
        name: "own".to_owned(),
        source_url: "http://127.0.0.1:9/private/abc.ics?token=secret".to_owned(),
    };
    let created = app.service.calendar_create(&console, &draft).await;
    let created = created.expect("a calendar");
    assert_eq!(
        created.source_url.as_deref(),
        Some(draft.source_url.as_str())
    );
    let viewer = app.person("v", Role::Viewer);
    let listed = app.service.calendar_list(&viewer).await.expect("a list");
    let own = app.service.calendar_get(&viewer, "own", None).await;
    let about = app.service.about(&viewer).await.expect("about");
    let all = listed
        .into_iter()
        .chain([own.expect("it").calendar])
        .chain(about.calendars);
    for calendar in all.filter(|calendar| calendar.name == "own") {
        assert_eq!(calendar.source_url.as_deref(), Some("http://127.0.0.1/…"));
    }
}

#[tokio::test]
async fn imports_at_once_lose_nothing() {
    let app = TestApp::new().await;
    let console = app.console();
    let draft = CalendarDraft {
        name: "own".to_owned(),
        ..CalendarDraft::default()
    };
    let seen = app
        .components
        .store
        .cluster_state()
        .await
        .expect("a state")
        .0;
    app.service
        .calendar_create(&console, &draft)
        .await
        .expect("a calendar");
    let now = app
        .components
        .store
        .cluster_state()
        .await
        .expect("a state")
        .0;
    assert!(now > seen, "other nodes learn of a new calendar");
    for name in ["own", "cn"] {
        let import = |day: u32| CalendarImport {
            text: format!("2030-03-{day:02} rest day {day}"),
            ..CalendarImport::default()
        };
        let mut imports = tokio::task::JoinSet::new();
        for import in (1..=8).map(import) {
            let (service, console) = (Arc::clone(&app.service), console.clone());
            imports
                .spawn(async move { service.calendar_import(&console, name, None, &import).await });
        }
        for imported in imports.join_all().await {
            imported.expect("an import");
        }
        let days = app
            .service
            .calendar_get(&console, name, Some(2030))
            .await
            .expect("its days")
            .days;
        assert_eq!(days.len(), 8, "{name}");
    }
    let built_in = app.service.calendar_get(&console, "cn", Some(2026)).await;
    assert!(built_in.expect("its days").days.len() > 20);
    // One that is gone does not come back by an import.
    let import = CalendarImport {
        text: "2030-03-01 rest x".to_owned(),
        ..CalendarImport::default()
    };
    let refused = app
        .service
        .calendar_import(&console, "gone", None, &import)
        .await;
    assert_eq!(refused.expect_err("gone").code, "not_found");
}

//! Rotas and people in the terminal.

use serde_json::json;

use crate::helpers::place::Place;
use crate::helpers::program::jcrontab;

#[tokio::test]
async fn weeks_are_swapped_and_overrides_made_and_removed() {
    let place = Place::new().await;
    let run = async |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        jcrontab(&place, &arguments).await
    };
    let set = "oncall set db --people ann,bob --zone Asia/Shanghai --since 2034-12-25 --json";
    run(set).await.json();
    // 1 January 2035 is a Monday: bob's week begins at 09:00.
    let swapped = run("oncall swap db 2035-01-01 2035-01-08 --json").await;
    let overrides = json!([
        {"from": "2035-01-01T01:00:00Z", "until": "2035-01-08T01:00:00Z", "who": "ann"},
        {"from": "2035-01-08T01:00:00Z", "until": "2035-01-15T01:00:00Z", "who": "bob"},
    ]);
    assert_eq!(swapped.json()["overrides"], overrides);
    let again = run("oncall swap db 2035-01-01 2035-01-08 --json").await;
    assert_eq!(again.json()["overrides"], json!([]));
    let day = "oncall override db eve --from 2035-01-03 --until 2035-01-03 --json";
    let made = run(day).await.json();
    let one = json!([
        {"from": "2035-01-03T01:00:00Z", "until": "2035-01-04T01:00:00Z", "who": "eve"},
    ]);
    assert_eq!(made["overrides"], one);
    let refused = run(day).await;
    assert!(
        refused.code != 0 && refused.err.contains("eve"),
        "{refused:?}"
    );
    let shown = run("oncall show db").await;
    let line = "Override 2035-01-03 01:00:00 +00:00 – 2035-01-04 01:00:00 +00:00  eve";
    assert!(shown.out.contains(line), "{shown:?}");
    let removed = run("oncall remove-override db 2035-01-03 --json").await;
    assert_eq!(removed.json()["overrides"], json!([]));
    assert_ne!(run("oncall remove-override db 2035-01-03").await.code, 0);
    assert_ne!(run("oncall override db").await.code, 0);
}

#[tokio::test]
async fn people_are_set_shown_and_deleted() {
    let place = Place::new().await;
    let run = async |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        jcrontab(&place, &arguments).await
    };
    let set = "person set ann --zone Europe/Berlin --hours 10:00-19:00 --json";
    let set = run(set).await.json();
    let ann = json!({
        "name": "ann", "zone": "Europe/Berlin", "hours_from": "10:00", "hours_until": "19:00",
        "calendar": null, "version": 1,
    });
    assert_eq!(set, ann);
    // In the place of what there was.
    let again = run("person set ann --calendar cn --json").await.json();
    assert_eq!(
        (&again["zone"], &again["calendar"]),
        (&json!(null), &json!("cn"))
    );
    let shown = run("person show ann").await;
    assert!(shown.out.contains("of the policy"), "{shown:?}");
    let listed = run("person list").await;
    assert!(listed.out.contains("of the task"), "{listed:?}");
    assert_ne!(run("person set ann").await.code, 0);
    assert_eq!(run("person delete ann --yes").await.code, 0);
    assert_ne!(run("person show ann").await.code, 0);
}

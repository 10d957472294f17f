//! What administrators see of retention and of backups.

use app::auth::Role;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::store::BackupMade;

use super::super::helpers::TestApp;
use super::{installation, keep, now, run, task, turn};

async fn about(app: &TestApp, name: &str, role: Role) -> Value {
    let browser = app.signed_in(name, role).await;
    browser.get("/api/v1/about").await.expect(200)
}

fn codes(about: &Value) -> Vec<String> {
    let notices = about["notices"].as_array().expect("notices").iter();
    let codes = notices.filter_map(|notice| notice["code"].as_str());
    codes
        .filter(|code| ["backup", "retention"].contains(code))
        .map(str::to_owned)
        .collect()
}

/// Notes a backup, as the command does.
async fn backup(app: &TestApp) {
    let made = BackupMade {
        place: "/backups/b.tar.zst".to_owned(),
        bytes: Some(5_000_000),
        outputs: false,
        secret_key: true,
    };
    let act = app.act().action("backup.create");
    let noted = app.components.store.note_backup(&act, &made).await;
    noted.expect("noted");
}

#[tokio::test]
async fn retention_says_when_it_finished_and_what_it_deleted() {
    let app = installation().await;
    let task = task(&app, "a").await;
    for id in 1..=5 {
        run(&app, task, id, 100, "succeeded").await;
    }
    let before = about(&app, "first", Role::Admin).await;
    assert_eq!(before["upkeep"]["pruned_at"], Value::Null);
    assert!(
        before["upkeep"]["database_bytes"].as_i64() > Some(0),
        "{before}"
    );
    keep(&app, json!({"run_days": 30})).await;
    turn(&app).await;
    app.clock.set(now() + TimeDelta::hours(1));
    let after = about(&app, "second", Role::Admin).await;
    let upkeep = &after["upkeep"];
    assert_eq!(upkeep["pruned_age_seconds"], 3_600, "{after}");
    assert_eq!(upkeep["pruned_rows"], 4);
    assert_eq!(upkeep["pruning_is_behind"], false);
    assert!(codes(&after).is_empty(), "{after}");
    let text = app
        .service
        .scraped(app::i18n::Lang::En)
        .await
        .expect("metrics");
    let second = now().timestamp();
    let line = format!("jcrontab_retention_finished_timestamp_seconds {second}");
    assert!(text.contains(&line), "{text}");
    assert!(
        text.contains("jcrontab_backup_timestamp_seconds NaN"),
        "{text}"
    );

    app.clock.set(now() + TimeDelta::hours(7));
    let late = about(&app, "third", Role::Admin).await;
    assert_eq!(late["upkeep"]["pruning_is_behind"], true, "{late}");
    assert_eq!(codes(&late), ["retention"]);
    let other = about(&app, "vera", Role::Viewer).await;
    assert_eq!(other["upkeep"], Value::Null);
    assert!(codes(&other).is_empty(), "{other}");
}

#[tokio::test]
async fn a_backup_that_is_missed_is_shown_to_administrators() {
    let app = installation().await;
    let young = about(&app, "first", Role::Admin).await;
    assert_eq!(young["upkeep"]["backup"], Value::Null);
    assert!(codes(&young).is_empty(), "a new installation: {young}");
    app.clock.set(now() + TimeDelta::days(8));
    turn(&app).await;
    let never = about(&app, "second", Role::Admin).await;
    assert_eq!(codes(&never), ["backup"], "{never}");
    assert_eq!(never["upkeep"]["backup_is_due"], true);

    backup(&app).await;
    backup(&app).await;
    let made = about(&app, "third", Role::Admin).await;
    assert!(codes(&made).is_empty(), "{made}");
    let last = &made["upkeep"]["backup"];
    assert_eq!(last["place"], "/backups/b.tar.zst");
    assert_eq!(
        (&last["bytes"], &last["outputs"]),
        (&json!(5_000_000), &json!(false))
    );
    let rows = "SELECT COUNT(*) FROM backup_made";
    assert_eq!(app.place.database.count(rows).await, 1, "the last one only");
    let acts = "SELECT COUNT(*) FROM audit WHERE action = 'backup.create'";
    assert_eq!(app.place.database.count(acts).await, 2);

    app.clock.set(now() + TimeDelta::days(20));
    turn(&app).await;
    let old = about(&app, "fourth", Role::Admin).await;
    assert_eq!(codes(&old), ["backup"], "{old}");
    let admin = app.signed_in("fifth", Role::Admin).await;
    let overview = admin.open("/").await.text();
    assert!(overview.contains("jcrontab backup"), "{overview}");
    let page = admin.open("/about").await.text();
    assert!(page.contains("/backups/b.tar.zst"), "{page}");
}

#[tokio::test]
async fn who_backs_up_by_other_means_is_not_reminded() {
    let app = TestApp::with(&["--backup-warn-days=0"]).await;
    app.token("owner", Role::Admin).await;
    app.clock.advance(TimeDelta::days(400));
    let about = about(&app, "first", Role::Admin).await;
    assert_eq!(about["upkeep"]["backup_is_due"], false);
    assert!(!codes(&about).contains(&"backup".to_owned()), "{about}");
}

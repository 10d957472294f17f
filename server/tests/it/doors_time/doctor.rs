//! `jcrontab doctor`: before the first start, with faults, beside a server, from elsewhere.

use serde_json::Value;

use app::auth::Role;
use chrono::TimeDelta;

use super::super::arrows::read;
use super::super::helpers::place::Place;
use super::super::helpers::program::{Ended, Server, admin_token, jcrontab_with};
use super::super::helpers::{TestApp, in_time};
use super::cli::{CHINESE, printed};

/// The state of each check, by name.
fn states(report: &Value) -> Vec<(String, String)> {
    let checks = report["checks"].as_array().expect("checks");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    checks
        .iter()
        // How old the machine's zone data is, the year, and whether the pages were built are not
        // the test's business.
        .filter(|check| {
            !["zone_data", "calendars", "site"].contains(&check["name"].as_str().expect("a name"))
        })
        .map(|check| (text(&check["name"]), text(&check["status"])))
        .collect()
}

#[tokio::test]
async fn doctor_reports_passed_and_failed_checks() {
    let place = Place::new().await;
    let doctor = async |variables: &[(&str, &str)]| {
        jcrontab_with(&place, &["doctor", "--json"], variables, "").await
    };
    let expect = |ended: &Ended, code: i32, expected: &[(&str, &str)]| {
        assert_eq!(ended.code, code, "{ended:?}");
        let report: Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(report["ok"], code == 0);
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()))
            .collect();
        assert_eq!(states(&report), expected, "{report}");
    };
    // Nothing of ours is there before the first start, and nothing is left by looking.
    let nowhere = place.work().join("none").display().to_string();
    let fresh = doctor(&[("JCRONTAB_DATA_DIR", nowhere.as_str())]).await;
    expect(
        &fresh,
        0,
        &[
            ("version", "ok"),
            ("data_dir", "warn"),
            ("default_zone", "ok"),
            ("server", "warn"),
        ],
    );
    assert!(!std::path::Path::new(&nowhere).exists());
    let impossible = doctor(&[("JCRONTAB_DATA_DIR", "/dev/null/data")]).await;
    expect(
        &impossible,
        1,
        &[
            ("version", "ok"),
            ("data_dir", "fail"),
            ("default_zone", "ok"),
            ("server", "warn"),
        ],
    );

    let token = admin_token(&place).await;
    let parts = [
        ("version", "ok"),
        ("data_dir", "ok"),
        ("database", "ok"),
        ("migrations", "ok"),
    ];
    let well = [
        ("secret_key", "ok"),
        ("default_zone", "ok"),
        ("retention", "ok"),
        ("backup", "ok"),
        ("space", "ok"),
        ("audit", "ok"),
        ("server", "warn"),
    ];
    expect(&doctor(&[]).await, 0, &[&parts[..], &well].concat());
    let zone = doctor(&[("JCRONTAB_ZONE", "Mars/Olympus")]).await;
    expect(
        &zone,
        1,
        &[&parts[..], &[("default_zone", "fail"), ("server", "warn")]].concat(),
    );
    let key = place.data().join("secret.key");
    let kept = std::fs::read(&key).expect("the key");
    std::fs::write(&key, "A".repeat(43)).expect("another key");
    let wrong = doctor(&[]).await;
    let lost = [
        ("secret_key", "fail"),
        ("default_zone", "ok"),
        ("retention", "ok"),
        ("backup", "ok"),
        ("space", "ok"),
        ("audit", "ok"),
        ("server", "warn"),
    ];
    expect(&wrong, 1, &[&parts[..], &lost].concat());
    assert_eq!(wrong.err.trim_end().lines().count(), 1, "{wrong:?}");
    std::fs::write(&key, kept).expect("the key");
    let away = doctor(&[("DATABASE_URL", "mysql://x:x@127.0.0.1:9/x")]).await;
    expect(
        &away,
        1,
        &[
            &parts[..2],
            &[
                ("database", "fail"),
                ("default_zone", "ok"),
                ("server", "warn"),
            ],
        ]
        .concat(),
    );

    let server = Server::start(&place, &[]).await;
    server.turning().await;
    let running = [
        ("default_zone", "ok"),
        ("memory_limit", "ok"),
        ("retention", "ok"),
        ("backup", "ok"),
        ("space", "ok"),
        ("secret_key", "ok"),
        ("audit", "ok"),
        ("loops", "ok"),
        ("server", "ok"),
    ];
    expect(&doctor(&[]).await, 0, &[&parts[..], &running].concat());
    let words = jcrontab_with(&place, &["doctor"], &CHINESE, "").await;
    let lines: Vec<&str> = printed(&words).lines().collect();
    assert!(
        lines.contains(&format!("ok    版本：jcrontab {}", env!("CARGO_PKG_VERSION")).as_str()),
        "{words:?}"
    );
    assert_eq!(lines.len(), 16, "one line each: {words:?}");
    let words = jcrontab_with(&place, &["doctor"], &[("LC_ALL", "C.UTF-8")], "").await;
    as_documented(printed(&words));
    let remote = [
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", token.as_str()),
        ("JCRONTAB_DATA_DIR", nowhere.as_str()),
    ];
    let far = [&parts[..1], &parts[2..], &running].concat();
    expect(&doctor(&remote).await, 0, &far);
    let stranger = [remote[0], ("JCRONTAB_TOKEN", "jct_wrong"), remote[2]];
    expect(
        &doctor(&stranger).await,
        1,
        &[("version", "ok"), ("server", "fail")],
    );
    assert_eq!(server.stop().await, 0);
}

/// The example of the manual has the checks of the real thing in their order, and the words of those
/// that are the same everywhere.
#[track_caller]
fn as_documented(printed: &str) {
    let manual = read("docs/OPERATIONS.md");
    let (_, example) = manual
        .split_once("$ jcrontab doctor\n")
        .expect("an example");
    let (example, _) = example.split_once("```").expect("its end");
    let checks = |text: &str| -> Vec<(String, String)> {
        text.lines()
            .filter_map(|line| line.get(6..)?.split_once(": "))
            .map(|(title, words)| (title.to_owned(), words.to_owned()))
            .collect()
    };
    let (real, mut shown) = (checks(printed), checks(example));
    // This check is made where there are channels; here is none.
    shown.retain(|(title, _)| title != "messages");
    let titles = |all: &[(String, String)]| -> Vec<String> {
        all.iter().map(|(title, _)| title.clone()).collect()
    };
    assert_eq!(titles(&real), titles(&shown), "{printed}");
    let words = |all: &[(String, String)], of: &str| {
        let found = all.iter().find(|(title, _)| title == of);
        found.map(|(_, words)| words.clone())
    };
    for title in ["version", "database schema", "secret key"] {
        assert_eq!(words(&real, title), words(&shown, title), "{title}");
    }
    let server = |all| words(all, "server").is_some_and(|words| words.starts_with("running: "));
    assert!(server(&real) && server(&shown), "{printed}");
}

/// A database that refuses every login; returns its address.
async fn refusing_database() -> String {
    use tokio::io::AsyncWriteExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // An ERR packet: its length, number 0, and error 1045.
            let said = b"\xff\x15\x04#28000Access denied for user 'u'@'h'";
            let length = u8::try_from(said.len()).expect("a short one");
            let packet = [&[length, 0, 0, 0][..], &said[..]].concat();
            // The client may have gone.
            stream.write_all(&packet).await.ok();
        }
    });
    format!("mysql://u:p@{address}/jcrontab")
}

#[tokio::test]
async fn a_server_that_waits_for_its_database_is_starting() {
    let place = Place::new().await;
    let url = refusing_database().await;
    let variables = [("DATABASE_URL", url.as_str())];
    let server = Server::spawn(&place, &variables);
    let lock = place.data().join("lock");
    in_time("the server to hold its folder", async {
        while !std::fs::read_to_string(&lock).is_ok_and(|text| text.starts_with("database ")) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let ended = jcrontab_with(&place, &["doctor", "--json"], &variables, "").await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let report: Value = serde_json::from_str(&ended.out).expect("JSON");
    let checks = report["checks"].as_array().expect("checks");
    let said = checks.iter().find(|check| check["name"] == "server");
    let said = said.expect("the server");
    assert_eq!(said["status"], "starting", "{report}");
    let text = said["text"].as_str().expect("text");
    assert!(
        text.contains("waiting for its database") && text.contains(&server.pid().to_string()),
        "{text}"
    );
    let asked = jcrontab_with(&place, &["task", "list"], &variables, "").await;
    let refused = asked.refused(1);
    assert!(refused.contains("waiting for its database"), "{refused}");
    in_time("the reason in the log", async {
        while !server.log().contains("refuses the user or the password") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_server_whose_loop_has_not_turned_yet_is_starting() {
    let app = TestApp::new().await;
    let token = app.token("ada", Role::Admin).await;
    let url = app.served().await;
    let place = Place::new().await;
    let nowhere = place.work().join("none").display().to_string();
    let variables = [
        ("JCRONTAB_URL", url.as_str()),
        ("JCRONTAB_TOKEN", token.as_str()),
        ("JCRONTAB_DATA_DIR", nowhere.as_str()),
    ];
    let server = async || {
        let ended = jcrontab_with(&place, &["doctor", "--json"], &variables, "").await;
        let report: Value = serde_json::from_str(&ended.out).expect("JSON");
        let state = states(&report)
            .into_iter()
            .find(|(name, _)| name == "server");
        (ended.code, state.expect("the server").1)
    };
    let stranger = app.browser();
    let ready = stranger.get("/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["scheduler"]),
        (503, &"starting".into())
    );
    assert_eq!(server().await, (0, "starting".to_owned()));
    app.clock.advance(TimeDelta::minutes(5));
    let ready = stranger.get("/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["scheduler"]),
        (503, &"down".into())
    );
    assert_eq!(server().await, (1, "fail".to_owned()));
    app.node().await.turn().await;
    assert_eq!(stranger.get("/readyz").await.status, 200);
    assert_eq!(server().await, (0, "ok".to_owned()));
}

#[tokio::test]
async fn files_of_the_pages_that_are_missing_are_reported() {
    let place = Place::new().await;
    admin_token(&place).await;
    let nowhere = place.work().join("no-site").display().to_string();
    let elsewhere = [("LEPTOS_SITE_ROOT", nowhere.as_str())];
    let check = async || {
        let doctor = jcrontab_with(&place, &["doctor", "--json"], &elsewhere, "").await;
        let report: Value = serde_json::from_str(&doctor.out).expect("JSON");
        let checks = report["checks"].as_array().expect("checks").clone();
        let site = checks.into_iter().find(|check| check["name"] == "site");
        site.unwrap_or_else(|| panic!("no check of the site: {doctor:?}"))
    };
    let here = check().await;
    assert_eq!(here["status"], "warn", "{here}");
    assert!(
        here["text"]
            .as_str()
            .is_some_and(|text| text.contains(&nowhere)),
        "{here}"
    );
    let server = Server::start(&place, &elsewhere).await;
    let log = server.log();
    assert!(log.contains("the site's files are missing"), "{log}");
    let asked = check().await;
    assert_eq!(asked, here, "the running server says the same");
    assert_eq!(server.stop().await, 0);
}

//! The command line: the exact commands, their exit codes and their JSON, over the socket, over HTTP and without a
//! server.

use std::sync::Arc;

use serde_json::{Value, json};

use super::helpers::place::Place;
use super::helpers::program::{Ended, SCOPES, Server, admin_token, jcrontab, jcrontab_with};

/// A way to reach the product: some variables.
struct Door<'a> {
    place: &'a Place,
    variables: Vec<(&'a str, &'a str)>,
}

impl Door<'_> {
    async fn run(&self, arguments: &[&str]) -> Ended {
        jcrontab_with(self.place, arguments, &self.variables, "").await
    }
}

/// What must be the same in all three cases.
async fn the_same_everywhere(door: &Door<'_>, name: &str) -> String {
    let added = door
        .run(&[
            "task",
            "add",
            "--name",
            name,
            "--cron",
            "0 9 * * *",
            "--command",
            "echo hi",
            "--mode",
            "command",
            "--zone",
            "Asia/Shanghai",
            "--owner",
            "张三",
            "--owner",
            "李四",
            "--starts-at",
            "2026-01-01 00:00",
            "--ends-at",
            "2037-01-01T00:00:00+08:00",
            "--timeout",
            "30s",
            "--json",
        ])
        .await
        .json();
    let id = added["id"].as_i64().expect("an id").to_string();
    assert_eq!(
        (
            &added["name"],
            &added["owners"],
            &added["timeout_seconds"],
            &added["starts_at"]
        ),
        (
            &json!(name),
            &json!(["张三", "李四"]),
            &json!(30),
            &json!("2025-12-31T16:00:00Z")
        )
    );
    let add = async |name: &str, cron: &str, more: &[&str]| {
        let fixed = ["task", "add", "--name", name, "--cron", cron];
        door.run(&[&fixed[..], more].concat()).await
    };
    let taken = add(name, "0 9 * * *", &["--command", "true"]).await;
    assert!(taken.refused(4).contains(name));
    let faulty = add("x", "61 9 * * *", &["--command", "true"]).await;
    assert!(faulty.refused(2).contains("cron"));
    let elsewhere = ["--command", "true", "--zone", "Mars/Olympus"];
    let unknown = add("x", "0 9 * * *", &elsewhere).await;
    assert!(unknown.refused(2).contains("Mars/Olympus"));
    let no_channel = ["--channel", "none", "--mode", "message"];
    let nowhere = add("x", "0 9 * * *", &no_channel).await;
    assert!(nowhere.refused(3).contains("none"));

    let list = door.run(&["task", "list", "--json"]).await.json();
    assert!(
        list["items"]
            .as_array()
            .is_some_and(|items| items.iter().any(|task| task["name"] == name))
    );
    assert!(
        list.as_object()
            .is_some_and(|list| list.contains_key("next")),
        "as REST: {list}"
    );
    for (act, state) in [
        ("show", "active"),
        ("pause", "paused"),
        ("restore", "active"),
        ("close", "closed"),
        ("restore", "active"),
    ] {
        let task = door.run(&["task", act, &id, "--json"]).await.json();
        assert_eq!(
            (&task["id"], &task["state"]),
            (&added["id"], &json!(state)),
            "{act}"
        );
        let missing = door.run(&["task", act, "999999", "--json"]).await;
        missing.refused(3);
        let words = door.run(&["task", act, &id]).await;
        assert_eq!((words.code, words.err.as_str()), (0, ""), "{act}");
        assert!(words.out.contains(state), "{act}: {}", words.out);
    }
    assert_eq!(
        door.run(&["run", "list", "--task", &id, "--json"])
            .await
            .json(),
        json!({"items": [], "next": null})
    );
    let all = door
        .run(&["run", "list", "--limit=1", "--json"])
        .await
        .json();
    assert_eq!((&all["items"], &all["next"]), (&json!([]), &json!(null)));
    let table = door.run(&["run", "list"]).await;
    assert!(
        table.code == 0 && table.out.contains("TASK_NAME"),
        "{table:?}"
    );
    door.run(&["run", "list", "--task", "999999", "--json"])
        .await
        .refused(3);
    door.run(&["run", "output", "999999"]).await.refused(3);
    let table = door.run(&["task", "list"]).await;
    assert!(table.code == 0 && table.out.contains(name), "{table:?}");
    id
}

#[tokio::test]
async fn without_a_server_the_command_line_works_on_the_database() {
    let place = Place::new().await;
    let migrated = jcrontab(&place, &["migrate"]).await;
    assert_eq!(
        (migrated.code, migrated.err.as_str()),
        (0, ""),
        "{migrated:?}"
    );
    admin_token(&place).await;
    let weak = jcrontab_with(
        &place,
        &["user", "add", "eve", "--role", "admin", "--password-stdin"],
        &[],
        "short\n",
    )
    .await;
    assert!(weak.refused(2).contains("password"));
    let nothing = jcrontab(
        &place,
        &[
            "user",
            "create",
            "--name=eve",
            "--role",
            "admin",
            "--password-stdin",
        ],
    )
    .await;
    nothing.refused(2);
    let taken = jcrontab_with(
        &place,
        &["user", "add", "root", "--role", "admin", "--password-stdin"],
        &[],
        "long enough\n",
    )
    .await;
    taken.refused(4);
    jcrontab(
        &place,
        &["token", "create", "ci", "--user", "no-such-user", "--json"],
    )
    .await
    .refused(3);
    let door = Door {
        place: &place,
        variables: Vec::new(),
    };
    let id = the_same_everywhere(&door, "entered without a server").await;

    // Without a server nothing can be started, and the reason is reported.
    let refused = jcrontab(&place, &["task", "run", &id]).await;
    assert!(refused.refused(4).contains("jcrontab serve"));
}

#[tokio::test]
async fn with_a_server_it_goes_over_the_socket_or_over_http() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let server = Server::start(&place, &[]).await;
    let socket = place.data().join("jcrontab.sock");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(socket).expect("the socket").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let nowhere = place.work().join("no-server-here").display().to_string();
    let over_socket = Door {
        place: &place,
        variables: Vec::new(),
    };
    let remote = vec![
        ("JCRONTAB_URL", server.url.as_str()),
        ("JCRONTAB_TOKEN", token.as_str()),
        ("JCRONTAB_DATA_DIR", nowhere.as_str()),
    ];
    let over_http = Door {
        place: &place,
        variables: remote.clone(),
    };
    let first = the_same_everywhere(&over_socket, "over the socket").await;
    let second = the_same_everywhere(&over_http, "over http").await;
    assert!(
        !std::path::Path::new(&nowhere).exists(),
        "with a URL no data folder is needed"
    );

    for (door, id) in [(&over_socket, &first), (&over_http, &second)] {
        let run = door.run(&["task", "run", id, "--json"]).await.json();
        let run_id = run["id"].as_i64().expect("an id").to_string();
        let path = format!("/api/v1/runs/{run_id}");
        server
            .until(&token, "the end of the run", async || {
                let run = server.get(&token, &path).await;
                (run["state"] != "running").then_some(())
            })
            .await;
        let listed = door
            .run(&["run", "list", "--task", id, "--json"])
            .await
            .json();
        let newest = door
            .run(&["run", "list", "--limit=1", "--json"])
            .await
            .json();
        assert_eq!(newest["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(newest["items"][0]["id"].to_string(), run_id, "of all tasks");
        if let Some(next) = newest["next"].as_str() {
            let older = door
                .run(&["run", "list", "--after", next, "--json"])
                .await
                .json();
            assert_eq!(older["items"].as_array().map(Vec::len), Some(1));
            let table = door.run(&["run", "list", "--limit=1"]).await;
            assert!(table.err.contains(&format!("--after {next}")), "{table:?}");
        }
        let mut expected: Vec<&str> = vec![
            "id",
            "task_id",
            "state",
            "scheduled_for",
            "started_at",
            "finished_at",
            "exit_code",
        ];
        let first = listed["items"][0].as_object().expect("a run");
        expected.retain(|field| !first.contains_key(*field));
        assert_eq!(expected, Vec::<&str>::new(), "missing in {first:?}");
        assert_eq!(
            (
                &first["state"],
                &first["exit_code"],
                &first["scheduled_for"]
            ),
            (&json!("succeeded"), &json!(0), &Value::Null)
        );
        let output = door.run(&["run", "output", &run_id]).await;
        assert_eq!(
            (output.code, output.out.as_str(), output.err.as_str()),
            (0, "hi\n", "")
        );
        let over = door.run(&["run", "stop", &run_id]).await;
        over.refused(4);
    }

    let mut stranger = remote.clone();
    stranger[1].1 = "jct_wrong";
    let refused = jcrontab_with(&place, &["task", "list"], &stranger, "").await;
    assert!(refused.refused(4).contains("unknown, expired or revoked"));
    // A token cannot create tokens; the console can.
    over_http
        .run(&["token", "create", "ci", "--user", "root", SCOPES, "--json"])
        .await
        .refused(4);
    assert!(
        over_socket
            .run(&["token", "create", "ci", "--user", "root", SCOPES, "--json"])
            .await
            .json()["token"]
            .is_string()
    );

    if place.database.url.is_empty() {
        let second = jcrontab(&place, &["serve", "--listen", "127.0.0.1:0"]).await;
        assert_eq!(second.code, 1);
        assert!(
            second
                .err
                .contains("another jcrontab is using the data folder"),
            "{second:?}"
        );
        jcrontab(&place, &["migrate"]).await.refused(1);
    }
    let gone = [
        ("JCRONTAB_URL", "http://127.0.0.1:9"),
        ("JCRONTAB_TOKEN", "jct_x"),
    ];
    jcrontab_with(&place, &["task", "list"], &gone, "")
        .await
        .refused(1);
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_new_task_sends_its_first_message_however_it_is_created() {
    let place = Place::new().await;
    let token = admin_token(&place).await;
    let clock = Arc::new(server::clock::SystemClock);
    let robot = super::helpers::Robot::start(clock).await;
    let allow = [("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8")];
    let channel = [
        "channel",
        "add",
        "--name",
        "ops",
        "--kind",
        "wecom",
        "--url",
        &robot.url(),
        "--json",
    ];
    let made = jcrontab_with(&place, &channel, &allow, "").await.json();
    assert!(made["id"].is_i64());
    jcrontab(&place, &channel).await.refused(2);
    let add = async |name: &str, door: &[(&str, &str)]| {
        let arguments = [
            "task",
            "add",
            "--name",
            name,
            "--cron",
            "0 9 * * *",
            "--command",
            "true",
            "--channel",
            "ops",
            "--json",
        ];
        jcrontab_with(&place, &arguments, door, "").await.json();
    };
    add("before the server", &[]).await;
    let server = Server::start(&place, &allow).await;
    robot.wait_for(1).await;
    add("over the socket", &[]).await;
    robot.wait_for(2).await;
    add(
        "over http",
        &[("JCRONTAB_URL", &server.url), ("JCRONTAB_TOKEN", &token)],
    )
    .await;
    robot.wait_for(3).await;
    let texts = robot.texts();
    for (text, name) in texts
        .iter()
        .zip(["before the server", "over the socket", "over http"])
    {
        assert!(text.starts_with(&format!("【建单通知】{name}\n")), "{text}");
    }
    assert_eq!(texts.len(), 3);
    assert_eq!(server.stop().await, 0);
}

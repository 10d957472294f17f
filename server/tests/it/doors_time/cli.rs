//! The command line: without a server, and over its socket.

use serde_json::{Value, json};

use super::super::helpers::place::Place;
use super::super::helpers::program::{Ended, Server, jcrontab, jcrontab_with};

pub(super) const CHINESE: [(&str, &str); 1] = [("LC_ALL", "zh_CN.UTF-8")];

/// What it printed, if it succeeded.
#[track_caller]
pub(super) fn printed(ended: &Ended) -> &str {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    &ended.out
}

#[tokio::test]
async fn schedules_of_all_kinds_are_computed_without_a_server() {
    let place = Place::new().await;
    let next = async |arguments: &[&str]| {
        let fixed = ["cron", "next", "--after", "2026-09-30 00:00"];
        jcrontab(&place, &[&fixed, arguments].concat()).await
    };
    let shanghai = ["--zone", "Asia/Shanghai", "--count", "2"];
    for (arguments, expected) in [
        (
            &["every 90s from 2026-09-30 00:00"][..],
            &["2026-09-29T16:01:30Z", "2026-09-29T16:03:00Z"][..],
        ),
        (&["at 2026-12-01 09:00"], &["2026-12-01T01:00:00Z"]),
        (&["@startup"], &[]),
        (
            &["0 0 9 ? * 5", "--dialect", "quartz"],
            &["2026-10-01T01:00:00Z", "2026-10-08T01:00:00Z"],
        ),
        (
            &["0 9 * * *", "--day-rule", "work_days"],
            &["2026-09-30T01:00:00Z", "2026-10-08T01:00:00Z"],
        ),
        (
            &[
                "0 9 * * *",
                "--day-rule",
                "nth_work_day:-1",
                "--calendar",
                "cn",
            ],
            &["2026-09-30T01:00:00Z", "2026-10-30T01:00:00Z"],
        ),
    ] {
        let all = [arguments, &shanghai[..], &["--json"]].concat();
        assert_eq!(
            next(&all).await.json(),
            json!({ "next": expected }),
            "{arguments:?}"
        );
    }
    let day_rule = ["0 9 * * *", "--day-rule", "work_days"];
    let reported = next(&[&day_rule[..], &shanghai, &["--json", "--firings"]].concat())
        .await
        .json();
    assert_eq!(reported["firings"][1]["excluded"]["code"], "calendar");
    let text = next(&[&day_rule[..], &shanghai].concat()).await;
    let left_out = printed(&text)
        .lines()
        .filter(|line| line.starts_with("- 2026-10-0") && line.ends_with("is a day off"));
    assert_eq!(left_out.count(), 7, "{text:?}");
    let berlin = ["30 2 * * *", "--zone", "Europe/Berlin", "--count", "1"];
    let text = jcrontab_with(
        &place,
        &[
            &["cron", "next", "--after", "2026-03-28T12:00:00Z"],
            &berlin[..],
        ]
        .concat(),
        &CHINESE,
        "",
    )
    .await;
    assert!(
        printed(&text).starts_with("~ 2026-03-29 03:00:00 +02:00 时钟拨快"),
        "{text:?}"
    );
    for (language, words) in [
        (
            "C.UTF-8",
            "There is no time zone \"Europe/Berlim\"; did you mean Europe/Berlin?",
        ),
        (
            "zh_CN.UTF-8",
            "没有“Europe/Berlim”这个时区；是不是 Europe/Berlin？",
        ),
    ] {
        let asked = ["cron", "next", "0 9 * * *", "--zone", "Europe/Berlim"];
        let ended = jcrontab_with(&place, &asked, &[("LC_ALL", language)], "").await;
        assert!(ended.refused(2).contains(words), "{ended:?}");
    }
    for wrong in [
        &["every 0s"][..],
        &["at 2026-13-01 09:00"],
        &["0 9 * * *", "--day-rule", "sometimes"],
        &["0 9 * * *", "--dialect", "french"],
        &["0 9 * * *", "--firings"],
    ] {
        let ended = next(wrong).await;
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{wrong:?}");
    }
    let explained = jcrontab(&place, &["cron", "explain", "every 2h", "--json"]).await;
    assert_eq!(explained.json()["cron"], "every 2h");
    let explained = ["cron", "explain", "0 0 9 ? * 2-6", "--dialect", "quartz"];
    let explained = jcrontab(&place, &explained).await;
    assert!(
        printed(&explained).contains("0 0 9 * * 1-5"),
        "{explained:?}"
    );
    assert!(
        !place.data().join("lock").exists(),
        "nothing is opened for this"
    );
}

/// What must be the same with a server and without one.
async fn the_same_everywhere(place: &Place, name: &str) {
    let run = async |arguments: &[&str]| jcrontab(place, arguments).await;
    let file = place.work().join(format!("{name}.txt"));
    std::fs::write(&file, "2190-05-05 rest Feast\n# a comment\n").expect("a file");
    let file = file.display().to_string();

    printed(
        &run(&[
            "calendar",
            "create",
            name,
            "--url",
            "https://example.com/x.ics",
        ])
        .await,
    );
    run(&["calendar", "create", name]).await.refused(4);
    run(&["calendar", "create", "a b"]).await.refused(2);
    let import = ["calendar", "import", name, "--file", &file];
    let done = run(&[&import[..], &["--json"]].concat()).await.json();
    assert_eq!(done["days"], 1);
    assert!(printed(&run(&import).await).contains("imported 1 day;"));
    let done = jcrontab_with(
        place,
        &["calendar", "import", name, "--file", "-", "--replace"],
        &CHINESE,
        "2190-05-05 rest Feast\n2190-05-06 rest Feast\n",
    )
    .await;
    assert!(printed(&done).contains("导入 2 天"), "{done:?}");
    let export = run(&["calendar", "export", name]).await;
    assert_eq!(printed(&export), "2190-05-05..2190-05-06 rest Feast\n");
    let shown = run(&["calendar", "show", name, "--year", "2190"]).await;
    assert!(
        printed(&shown).contains("2190-05-06  Thu  rest  Feast"),
        "{shown:?}"
    );
    let changed = run(&["calendar", "update", name, "--url", "", "--json"]).await;
    assert_eq!(changed.json()["source_url"], Value::Null);
    run(&["calendar", "refresh", name]).await.refused(2);
    let listed = run(&["calendar", "list", "--json"]).await.json();
    assert_eq!(listed["items"][0]["name"], "cn");
    run(&["calendar", "show", "none"]).await.refused(3);
    run(&["calendar", "import", name, "--file", "/no/such/file"])
        .await
        .refused(1);

    let channel = format!("channel of {name}");
    let url = "https://example.com/hook";
    let add = [
        "channel", "add", "--kind", "webhook", "--url", url, "--json", "--name", &channel,
    ];
    let channel = run(&add).await.json()["id"].to_string();
    let task = format!("task of {name}");
    let added = run(&[
        "task",
        "add",
        "--name",
        &task,
        "--command",
        "true",
        "--zone",
        "UTC",
        "--cron",
        "0 9 * * *",
        "--cron",
        "every 6h",
        "--day-rule",
        "work_days",
        "--calendar",
        name,
        "--jitter",
        "5m",
        "--jitter-stable",
        "--missed",
        "all",
        "--missed-max",
        "5",
        "--missed-max-age",
        "2d",
        "--grace",
        "2m",
        "--channel",
        &channel,
        "--json",
    ])
    .await
    .json();
    let specs = [0, 1].map(|at| &added["schedules"][at]);
    assert_eq!(
        specs.map(|one| (
            &one["spec"],
            &one["day_rule"],
            &one["calendar"],
            &one["jitter"]
        )),
        [
            (
                &json!("0 9 * * *"),
                &json!("work_days"),
                &json!(name),
                &json!({"seconds": 300, "stable": true})
            ),
            (
                &json!("every 6h"),
                &json!("work_days"),
                &json!(name),
                &json!({"seconds": 300, "stable": true})
            ),
        ]
    );
    assert_eq!(
        added["missed"],
        json!({"policy": "all", "grace_seconds": 120, "max": 5, "max_age_seconds": 172_800})
    );
    assert_eq!(added["channel_id"].to_string(), channel, "found by its id");
    let id = added["id"].to_string();
    let shown = run(&["task", "show", &id]).await;
    assert!(
        printed(&shown).contains("[0 9 * * *]") && shown.out.contains("[every 6h]"),
        "{shown:?}"
    );
    let explained = run(&["task", "explain", &id, "--at", "2190-05-05 09:00"]).await;
    assert!(
        printed(&explained).contains("2190-05-05 (Feast) is a day off"),
        "{explained:?}"
    );
    let explained = run(&["task", "explain", &id, "--at", "2190-05-07 09:00", "--json"]).await;
    assert_eq!(explained.json()["verdict"], "planned");
    run(&["task", "explain", &id, "--at", "whenever"])
        .await
        .refused(2);
    run(&["task", "explain", "999999"]).await.refused(3);
    let ahead = run(&["task", "next", &id, "--limit", "3", "--json"])
        .await
        .json();
    assert_eq!(ahead["items"].as_array().map(Vec::len), Some(3));
    assert!(printed(&run(&["task", "next", &id]).await).starts_with("SCHEDULED"));
    let past = ["task", "occurrences", &id, "--state", "missed", "--json"];
    assert_eq!(run(&past).await.json(), json!({"items": [], "next": null}));
    run(&["task", "occurrences", &id, "--state", "x"])
        .await
        .refused(2);

    let paused = run(&["task", "pause", &id, "--until", "2037-01-01 18:00"]).await;
    assert!(
        printed(&paused).contains("paused until 2037-01-01 18:00:00 +00:00"),
        "{paused:?}"
    );
    let shown = run(&["task", "show", &id]).await;
    assert!(
        printed(&shown).contains("Paused until: 2037-01-01 18:00:00 +00:00"),
        "{shown:?}"
    );
    run(&["task", "pause", &id, "--until", "2001-01-01 18:00"])
        .await
        .refused(2);

    let delete = ["calendar", "delete", name, "--yes"];
    run(&delete).await.refused(4);
    printed(&run(&["task", "delete", &id, "--yes"]).await);
    printed(&run(&delete).await);
    run(&delete).await.refused(3);

    let once = run(&[
        "blackout",
        "add",
        "--name",
        name,
        "--from",
        "2037-01-01 00:00",
        "--to",
        "2037-01-02 00:00",
        "--tag",
        "db",
        "--tag",
        "web",
        "--zone",
        "Asia/Shanghai",
        "--json",
    ])
    .await
    .json();
    assert_eq!(
        (&once["tags"], &once["next"]),
        (
            &json!(["db", "web"]),
            &json!(["2036-12-31T16:00:00Z", "2037-01-01T16:00:00Z"])
        )
    );
    let nightly = [
        "blackout",
        "add",
        "--name",
        "nightly",
        "--cron",
        "0 0 1 1 *",
        "--duration",
        "8h",
        "--catch-up",
    ];
    assert!(printed(&run(&nightly).await).starts_with("Blackout "));
    let listed = run(&["blackout", "list"]).await;
    assert!(printed(&listed).contains("0 0 1 1 * + 8 hours") && listed.out.contains("catch_up"));
    let listed = run(&["blackout", "list", "--json"]).await.json();
    for blackout in listed["items"].as_array().expect("blackouts") {
        printed(&run(&["blackout", "delete", "-y", &blackout["id"].to_string()]).await);
    }
    run(&["blackout", "delete", "1", "--yes"]).await.refused(3);
    run(&["blackout", "add", "--name", "x"]).await.refused(2);
    for wrong in [&["--from", "2037-01-01"][..], &["--duration", "1h"]] {
        let ended = run(&[&["blackout", "add", "--name", "x"], wrong].concat()).await;
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{wrong:?}");
    }
}

#[tokio::test]
async fn calendars_and_plans_are_the_same_with_a_server_and_without() {
    let place = Place::new().await;
    the_same_everywhere(&place, "offline").await;
    printed(&jcrontab(&place, &["calendar", "create", "kept"]).await);
    let server = Server::start(&place, &[]).await;
    the_same_everywhere(&place, "online").await;
    // A calendar of the server's is asked of the server.
    let other = [
        "cron",
        "next",
        "0 9 * * *",
        "--day-rule",
        "work_days",
        "--calendar",
        "kept",
    ];
    let after = [
        "--zone",
        "UTC",
        "--after",
        "2026-10-01T00:00:00Z",
        "--count",
        "1",
        "--json",
    ];
    let reported = jcrontab(&place, &[&other[..], &after].concat()).await;
    assert_eq!(reported.json(), json!({"next": ["2026-10-01T09:00:00Z"]}));
    let unknown = [
        "cron",
        "next",
        "0 9 * * *",
        "--day-rule",
        "work_days",
        "--calendar",
        "none",
    ];
    jcrontab(&place, &unknown).await.refused(2);
    assert_eq!(server.stop().await, 0);
}

#[tokio::test]
async fn a_file_of_another_charset_is_refused_with_the_option_for_it() {
    let place = Place::new().await;
    let run = async |arguments: &[&str]| jcrontab(&place, arguments).await;
    printed(&run(&["calendar", "create", "ours"]).await);
    let file = place.work().join("gbk.txt");
    std::fs::write(&file, b"2026-05-05 rest \xb0\xe0\n").expect("a file");
    let file = file.display().to_string();
    let import = ["calendar", "import", "ours", "--file", &file];
    assert!(run(&import).await.refused(2).contains("(--charset gbk)"));
    printed(&run(&[&import[..], &["--charset", "gbk"]].concat()).await);
}

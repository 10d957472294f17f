//! The command line where no product is needed: cron expressions, help, and wrong usage.

use serde_json::json;

use super::helpers::place::Place;
use super::helpers::program::{jcrontab, jcrontab_with};

#[tokio::test]
async fn cron_expressions_are_computed_and_explained_without_a_server() {
    let place = Place::new().await;
    let next = async |arguments: &[&str]| {
        let all: Vec<&str> = ["cron", "next"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        jcrontab(&place, &all).await
    };
    let berlin = next(&[
        "30 2 * * *",
        "--zone",
        "Europe/Berlin",
        "--after",
        "2026-03-28T12:00:00Z",
        "--count",
        "2",
        "--json",
    ])
    .await;
    assert_eq!(
        berlin.json(),
        json!({"next": ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]})
    );
    let seconds = next(&[
        "*/20 * * * * *",
        "--zone",
        "UTC",
        "--after",
        "2026-01-01T00:00:00+00:00",
        "--count",
        "3",
        "--json",
    ])
    .await;
    assert_eq!(
        seconds.json(),
        json!({"next": ["2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z", "2026-01-01T00:01:00Z"]})
    );
    let never = next(&["0 0 31 2 *", "--zone", "UTC", "--json"]).await;
    assert_eq!(never.json(), json!({"next": []}));
    for wrong in [
        &["61 * * * *", "--zone", "UTC"][..],
        &["* * * * *", "--zone", "Mars/Olympus"],
        &["* * * * *", "--zone", "UTC", "--after", "tomorrow"],
    ] {
        next(wrong).await.refused(2);
    }
    let explain = async |lang: &str| {
        let ended = jcrontab(&place, &["cron", "explain", "0 9 * * 1-5", "--lang", lang]).await;
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
        ended.out
    };
    let (chinese, english) = (explain("zh").await, explain("en").await);
    assert!(
        chinese.contains("09:00") && chinese.chars().any(|c| c > '\u{4e00}'),
        "{chinese}"
    );
    assert!(english.contains("09:00") && english.is_ascii(), "{english}");
    assert!(
        !place.data().join("jcrontab.db").exists() || !place.database.url.is_empty(),
        "no database is made for this"
    );
}

#[tokio::test]
async fn wrong_usage_exits_with_code_two() {
    let place = Place::new().await;
    for wrong in [
        &["frobnicate"][..],
        &["task", "add", "--cron", "* * * * *"],
        &[
            "task",
            "add",
            "--name",
            "n",
            "--cron",
            "* * * * *",
            "--command",
            "true",
            "--mode",
            "dance",
        ],
        &["task", "show"],
        &["user", "add", "x", "--role", "king", "--password-stdin"],
        &["user", "add", "--password-stdin"],
        &["user", "add", "a", "--name=b", "--password-stdin"],
        &["cron", "explain", "0 9 * * *", "--lang", "fr"],
        &["serve", "--listen", "nowhere"],
    ] {
        let ended = jcrontab(&place, wrong).await;
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (2, ""),
            "{wrong:?}: {ended:?}"
        );
        assert!(ended.err.starts_with("error: "), "{wrong:?}: {ended:?}");
    }
    let help = jcrontab(&place, &["--help"]).await;
    assert!(help.code == 0 && help.err.is_empty() && help.out.contains("serve"));
    let help = jcrontab(&place, &["task", "add", "--help"]).await;
    assert!(help.out.contains("--cron") && help.out.contains("--data-dir"));
    assert!(!help.out.contains("--database-url") && !help.out.contains("--output-"));
    let help = jcrontab(&place, &["serve", "--help"]).await;
    assert!(help.out.contains("--database-url") && help.out.contains("--outbound-proxy"));
    let version = jcrontab(&place, &["--version"]).await;
    assert_eq!(
        version.out.trim(),
        concat!("jcrontab ", env!("CARGO_PKG_VERSION"))
    );
    let unknown = jcrontab_with(
        &place,
        &["migrate"],
        &[("DATABASE_URL", "postgres://x/y")],
        "",
    )
    .await;
    assert!(unknown.refused(1).contains("mysql://"));
    for (name, value, words) in [
        ("JCRONTAB_LOG", "loud", "info,server=debug"),
        ("JCRONTAB_LOG_FORMAT", "xml", "text or json"),
        ("JCRONTAB_ALLOW_ROOT", "2", "also true, yes, on"),
        (
            "JCRONTAB_PUBLIC_URL",
            "http://x.test/?a",
            "start of every link",
        ),
        ("DATABASE_URL", "mysql://u:p@127.0.0.1", "add /NAME"),
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let ended = jcrontab_with(&place, &serve, &[(name, value)], "").await;
        assert!(ended.refused(1).contains(words), "{name}: {ended:?}");
    }
    let nameless = [("DATABASE_URL", "mysql://u:p@127.0.0.1")];
    for command in [&["migrate"][..], &["task", "list"]] {
        let ended = jcrontab_with(&place, command, &nameless, "").await;
        assert!(ended.refused(1).contains("add /NAME"), "{ended:?}");
    }
    let blocked = [
        ("JCRONTAB_DATA_DIR", "/dev/null/data"),
        ("DATABASE_URL", ""),
    ];
    jcrontab_with(&place, &["task", "list"], &blocked, "")
        .await
        .refused(1);
}

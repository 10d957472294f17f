//! The terminal: flags of `task add`, words of `task show`.

use serde_json::json;

use super::super::helpers::place::Place;
use super::super::helpers::program::jcrontab;

#[tokio::test]
async fn flags_reach_the_task_and_it_is_shown_in_words() {
    let place = Place::new().await;
    let add = async |more: &[&str]| {
        let fixed = ["task", "add", "--cron", "0 9 * * *", "--json"];
        jcrontab(&place, &[&fixed, more].concat()).await
    };
    let first = add(&["--name", "backup", "--command", "true"]).await.json();
    let flags = [
        "--name=report",
        "--command=true",
        "--timeout=10m",
        "--overlap=queue:5",
        "--retries=3",
        "--retry-delay=10s",
        "--retry-factor=1.5",
        "--retry-max-delay=5m",
        "--retry-jitter=10",
        "--retry-on-exit=1,75",
        "--retry-on-timeout",
        "--retry-on-lost",
        "--soft-limit=5m",
        "--stop-grace=30s",
        "--cpu=1m",
        "--memory=512M",
        "--open-files=100",
        "--processes=10",
        "--nice=5",
        "--cwd=/srv",
        "--env=A=1",
        "--env=B=x y=z",
        "--param=TARGET:choice(dev|prod)=dev",
        "--param=TICKET!",
        "--param-label=TICKET=Change ticket",
        "--after=backup",
        "--after-finish",
        "--after-within=2h",
        "--after-patience=10m",
        "--outlives-server",
        "--not-from-chats",
    ];
    let task = add(&flags).await.json();
    let execution = &task["execution"];
    assert_eq!(execution["overlap"], json!({"rule": "queue", "max": 5}));
    assert_eq!(
        execution["retry"],
        json!({
            "attempts": 4, "delay_seconds": 10, "factor_percent": 150, "max_delay_seconds": 300,
            "jitter_percent": 10, "exit_codes": [1, 75], "on_timeout": true, "on_lost": true,
        })
    );
    assert_eq!(
        execution["limits"],
        json!({"cpu_seconds": 60, "memory_mib": 512, "open_files": 100, "processes": 10, "nice": 5})
    );
    assert_eq!(
        execution["env"],
        json!([{"name": "A", "value": "1"}, {"name": "B", "value": "x y=z"}])
    );
    assert_eq!(
        execution["parameters"][0]["choices"],
        json!(["dev", "prod"])
    );
    assert_eq!(execution["parameters"][1]["label"], "Change ticket");
    assert_eq!(execution["parameters"][1]["required"], true);
    assert_eq!(
        execution["waits"],
        json!({
            "tasks": [first["id"]], "how": "all", "what": "finish", "fresh_seconds": 7200,
            "patience_seconds": 600,
        })
    );
    assert_eq!(
        (
            &execution["soft_limit_seconds"],
            &execution["stop_grace_seconds"]
        ),
        (&json!(300), &json!(30))
    );
    assert_eq!(
        (&execution["cwd"], &execution["outlives_server"]),
        (&json!("/srv"), &json!(true))
    );
    let shown = jcrontab(&place, &["task", "show", &task["id"].to_string()]).await;
    assert_eq!(shown.code, 0, "{shown:?}");
    let waits = format!(
        "Waits up to 10 minutes for the end of #{} backup",
        first["id"]
    );
    for words in [
        waits.as_str(),
        "One at a time",
        "up to 3 times",
        "memory 512 MiB",
    ] {
        assert!(shown.out.contains(words), "{words}: {}", shown.out);
    }
    // Values of variables are not shown here.
    assert!(!shown.out.contains("x y=z"), "{}", shown.out);
}

#[tokio::test]
async fn requests_are_entered_and_faults_are_reported() {
    let place = Place::new().await;
    let add = async |name: &str, more: &[&str]| {
        let fixed = [
            "task",
            "add",
            "--cron",
            "0 9 * * *",
            "--json",
            "--name",
            name,
        ];
        jcrontab(&place, &[&fixed, more].concat()).await
    };
    let task = add(
        "call",
        &[
            "--http-url=https://example.com/${DAY}",
            "--http-method=post",
            "--http-header=X-A: 1",
            "--http-header=X-B: 2",
            "--http-body={}",
            "--http-expect=200-204",
            "--http-json-pointer=/state",
            "--http-json-value=ok",
            "--param=DAY:date",
        ],
    )
    .await
    .json();
    assert_eq!(task["mode"], "command");
    assert_eq!(
        task["execution"]["http"],
        json!({
            "method": "POST", "url": "https://example.com/${DAY}",
            "headers": [{"name": "X-A", "value": "1"}, {"name": "X-B", "value": "2"}],
            "body": "{}", "expect_status": "200-204", "json_pointer": "/state", "json_value": "ok",
        })
    );
    for (flags, reported) in [
        (
            &["--command=true", "--http-url=https://example.com/"][..],
            "--command",
        ),
        (&["--http-method=GET"], "--http-url"),
        (&["--command=true", "--after-any"], "--after"),
        (&["--command=true", "--param=A:colour"], "the kinds are"),
        (
            &["--command=true", "--param-label=A=B"],
            "there is no --param A",
        ),
        (&["--command=true", "--retries=20"], "20"),
        (&["--command=true", "--overlap=never"], "execution.overlap"),
        (&["--command=true", "--env=LD_PRELOAD=x"], "execution.env"),
        (
            &["--command=true", "--after=nobody"],
            "execution.waits.tasks",
        ),
        (&["--http-url=http://127.0.0.1/"], "execution.http.url"),
    ] {
        let ended = add("wrong", flags).await;
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (2, ""),
            "{flags:?} {ended:?}"
        );
        assert!(ended.err.contains(reported), "{flags:?} {}", ended.err);
    }
}

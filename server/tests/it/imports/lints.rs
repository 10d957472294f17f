//! What a reader should know about a line before it becomes a task.

use app::auth::Role;
use serde_json::{Value, json};

use super::import;
use crate::helpers::TestApp;

/// The codes of the remarks on each line that has some, in its order.
fn codes(report: &Value) -> Vec<(u64, Vec<&str>)> {
    let lines = report["sources"][0]["lines"].as_array().expect("lines");
    let lines = lines.iter().map(|line| {
        let remarks = line["remarks"].as_array().expect("remarks").iter();
        let codes = remarks.map(|remark| remark["code"].as_str().expect("a code"));
        (line["number"].as_u64().expect("a number"), codes.collect())
    });
    lines
        .filter(|(_, codes): &(u64, Vec<&str>)| !codes.is_empty())
        .collect()
}

fn crontab(text: &str) -> Value {
    json!({
        "sources": [{"host": "web1", "path": "/etc/crontab", "text": text}],
        "zone": "Europe/Berlin", "dry_run": true,
    })
}

#[tokio::test]
async fn each_line_that_may_surprise_has_a_remark() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let admin = admin.with("accept-language", "en");
    let text = "0 0 31 2 * echo never\n*/7 * * * * echo uneven\n0 0 1 * 1 echo either\n\
        0 1 * * * echo x 2>&1 > /tmp/l\n0 1 * * * reboot\n0 1 * * * date +%F\n30 2 * * * echo clock\n\
        0 1 * * * echo fine\n";
    let report = import(&admin, crontab(text)).await;
    assert_eq!(
        codes(&report),
        [
            (1, vec!["schedule"]),
            (2, vec!["schedule"]),
            (3, vec!["schedule"]),
            (4, vec!["redirect_order"]),
            (5, vec!["no_path"]),
            (6, vec!["input", "date_format"]),
            (7, vec!["clock_change", "clock_change"]),
        ]
    );
    let lines = &report["sources"][0]["lines"];
    let text = |line: usize, remark: usize| {
        let text = &lines[line - 1]["remarks"][remark]["text"];
        text.as_str().expect("a sentence").to_owned()
    };
    assert!(text(1, 0).contains("never runs"), "{}", text(1, 0));
    assert_eq!(
        text(7, 0),
        "2027-03-28 02:30 does not exist, because the clock is put forward: the line runs once then, and the task likewise"
    );
    assert_eq!(
        text(7, 1),
        "2027-10-31 02:30 comes twice, because the clock is put back: the line runs once then, and the task likewise"
    );
}

#[tokio::test]
async fn a_crontab_that_cron_ignores_says_so_on_each_entry() {
    let app = TestApp::new().await;
    let admin = app.signed_in("ada", Role::Editor).await;
    let admin = admin.with("accept-language", "en");
    let report = import(
        &admin,
        crontab("0 1 * * * echo a\nMAILTO=\n0 4 * * * echo b"),
    )
    .await;
    assert_eq!(
        codes(&report),
        [
            (1, vec!["rejected"]),
            (2, vec!["setting"]),
            (3, vec!["rejected"]),
        ]
    );
    let mut cronie = crontab("0 1 * * * echo a\n61 1 * * * echo x\n0 4 * * * echo b");
    cronie["flavor"] = json!("cronie");
    let report = import(&admin, cronie).await;
    assert_eq!(
        codes(&report),
        [(2, vec!["field"]), (3, vec!["no_newline"])]
    );
}

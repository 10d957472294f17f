//! Exports, manifests and units.

use super::{codes, item, items, specs};
use crate::importers::{Outcome, Scheduler, SourceFile, read};

const CRONICLE: &str = r##"# Cronicle Data Export v1.0
# Hostname: web1
# Format: KEY - JSON

users/admin - {"username":"admin","password":"x"}
global/categories - {"page_size":50,"first_page":0,"last_page":0,"length":1,"type":"list"}
global/categories/0 - {"type":"list_page","items":[{"id":"cat1","title":"Database"}]}
global/schedule - {"page_size":50,"first_page":0,"last_page":0,"length":5,"type":"list"}
global/schedule/0 - {"type":"list_page","items":[{"id":"e1","title":"Nightly dump","enabled":1,"category":"cat1","plugin":"shellplug","params":{"script":"#!/bin/sh\npg_dump app\n","annotate":0},"target":"allgrp","timing":{"hours":[2],"minutes":[30]},"timezone":"Europe/Berlin","catch_up":1,"retries":2,"retry_delay":30,"timeout":3600,"max_children":1,"queue":1,"queue_max":5,"notify_fail":"ops@example.com","chain":"e2","notes":"see the wiki"},{"id":"e2","title":"After it","enabled":1,"category":"cat1","plugin":"shellplug","params":{"script":"true"},"timing":false,"max_children":0},{"id":"e3","title":"Ping","enabled":0,"category":"cat1","plugin":"urlplug","params":{"method":"POST","url":"http://example.com/x","headers":"X-A: 1","data":"{}","success_match":"ok"},"timing":{"minutes":[0,15,30,45],"weekdays":[1,2,3,4,5],"years":[2026]},"max_children":3},{"id":"e4","title":"Both","enabled":1,"plugin":"shellplug","params":{"script":"true"},"timing":{"days":[1],"weekdays":[1],"hours":[1],"minutes":[0]},"max_children":1},{"id":"e5","title":"Custom","enabled":1,"plugin":"pmine","params":{},"timing":{},"max_children":1,"memory_limit":1073741824}]}
"##;

#[test]
fn events_of_cronicle_are_all_accounted_for() {
    let all = items(Scheduler::Cronicle, CRONICLE);
    assert_eq!(all.len(), 5);
    let dump = item(&all, "e1");
    let document = &dump.document;
    assert_eq!(
        (specs(dump), document.zone.as_str()),
        (vec!["30 2 * * *"], "Europe/Berlin")
    );
    assert_eq!(document.tags, ["cronicle", "Database"]);
    assert_eq!(
        (document.command.as_str(), document.timeout.as_str()),
        ("#!/bin/sh\npg_dump app", "3600")
    );
    assert_eq!(
        (
            document.missed.policy.as_str(),
            document.execution.overlap.as_str()
        ),
        ("all", "queue:5")
    );
    assert_eq!(
        (
            document.execution.retry.attempts.as_str(),
            document.execution.retry.delay.as_str()
        ),
        ("3", "30")
    );
    assert_eq!((dump.outcome, dump.line), (Outcome::Task, 9));
    let after = item(&all, "e2");
    assert_eq!(
        (specs(after), after.after.as_slice()),
        (vec!["30 2 * * *"], &["e1".to_owned()][..])
    );
    let ping = item(&all, "e3");
    assert_eq!(
        (specs(ping), ping.outcome),
        (vec!["*/15 * * * 1-5"], Outcome::Paused)
    );
    assert_eq!(
        (
            ping.document.execution.http.url.as_str(),
            ping.document.execution.overlap.as_str()
        ),
        ("http://example.com/x", "allow:3")
    );
    assert_eq!(ping.document.ends_at, "2026-12-31 23:59:59");
    assert!(codes(item(&all, "e4")).contains(&"both_days"));
    let custom = item(&all, "e5");
    assert_eq!(
        (specs(custom), custom.outcome),
        (vec!["* * * * *"], Outcome::Paused)
    );
    assert_eq!(codes(custom), ["elsewhere", "plugin", "not_carried_over"]);
}

#[test]
fn events_of_xyops_and_of_the_api_are_read_as_well() {
    let xyops = r#"{"type": "xypdf", "version": "1.0", "items": [
        {"type": "plugin", "data": {"id": "p"}},
        {"type": "event", "data": {"id": "x1", "title": "Rotate", "enabled": true, "plugin": "shellplug",
          "params": {"script": "logrotate /etc/logrotate.conf"}, "targets": ["main"],
          "triggers": [{"type": "manual", "enabled": true},
            {"type": "schedule", "enabled": true, "days": [-1], "hours": [23], "minutes": [55], "timezone": "UTC"},
            {"type": "interval", "enabled": true, "start": 1754580000, "duration": 90}],
          "limits": [{"type": "time", "enabled": true, "duration": 60, "abort": true}, {"type": "job", "enabled": true, "amount": 1},
            {"type": "retry", "enabled": true, "amount": 2, "duration": 30}]}}]}"#;
    let all = items(Scheduler::Cronicle, xyops);
    let rotate = item(&all, "x1");
    assert_eq!(
        specs(rotate),
        ["55 23 L * *", "every 90s from 2025-08-07T15:20:00Z"]
    );
    assert_eq!(
        (
            rotate.document.zone.as_str(),
            rotate.document.timeout.as_str()
        ),
        ("UTC", "60")
    );
    assert_eq!(rotate.document.execution.retry.attempts, "3");
    let api = r#"{"code": 0, "rows": [{"id": "e9", "title": "t", "enabled": 1, "plugin": "shellplug", "params": {"script": "a"}, "timing": {"minutes": [0]}}]}"#;
    assert_eq!(
        specs(item(&items(Scheduler::Cronicle, api), "e9")),
        ["0 * * * *"]
    );
}

#[test]
fn an_end_that_cannot_be_read_leaves_the_task_paused() {
    let event = |range: &str| {
        let text = format!(
            r#"{{"type": "xypdf", "version": "1.0", "items": [{{"type": "event", "data": {{"id": "x1", "title": "t", "enabled": true,
            "plugin": "shellplug", "params": {{"script": "a"}}, "triggers": [
            {{"type": "schedule", "enabled": true, "minutes": [0]}}, {{"type": "range", "enabled": true, {range}}}]}}}}]}}"#
        );
        item(&items(Scheduler::Cronicle, &text), "x1").clone()
    };
    let read = event(r#""start": 1754580000, "end": 1754666400"#);
    assert_eq!(
        (
            read.document.starts_at.as_str(),
            read.document.ends_at.as_str(),
            read.outcome
        ),
        (
            "2025-08-07T15:20:00Z",
            "2025-08-08T15:20:00Z",
            Outcome::Task
        )
    );
    let open = event(r#""start": 1754580000, "end": null"#);
    assert_eq!(
        (open.document.ends_at.as_str(), open.outcome),
        ("", Outcome::Task)
    );
    for end in ["\"2025-08-08\"", "-5", "{}", "1e300"] {
        let unread = event(&format!(r#""start": 1754580000, "end": {end}"#));
        assert_eq!(unread.outcome, Outcome::Paused, "{end}");
        assert!(codes(&unread).contains(&"not_carried_over"), "{end}");
    }
}

#[test]
fn tasks_of_qinglong_are_all_accounted_for() {
    let list = r#"{"code": 200, "data": {"data": [
        {"id": 1, "name": "签到", "command": "task sign.js", "schedule": "0 8 * * *", "isDisabled": 0, "labels": ["daily"]},
        {"id": 2, "name": "清理", "command": "rm -rf /tmp/x", "schedule": "0 0 3 * * *", "isDisabled": 1,
         "extra_schedules": [{"schedule": "30 4 * * *"}], "task_before": "cd /", "allow_multiple_instances": 1, "work_dir": "/opt"},
        {"id": 3, "name": "启动时", "command": "date", "schedule": "@boot"}], "total": 3}}"#;
    let all = items(Scheduler::Qinglong, list);
    let sign = item(&all, "1");
    assert_eq!(
        (codes(sign), sign.outcome),
        (vec!["own_command"], Outcome::Paused)
    );
    assert_eq!(sign.document.tags, ["qinglong", "daily"]);
    let clean = item(&all, "2");
    assert_eq!(specs(clean), ["0 0 3 * * *", "30 4 * * *"]);
    assert_eq!(
        (
            clean.document.command.as_str(),
            clean.document.execution.cwd.as_str()
        ),
        ("cd /\nrm -rf /tmp/x", "/opt")
    );
    assert_eq!(
        (clean.document.execution.overlap.as_str(), clean.outcome),
        ("allow:100", Outcome::Paused)
    );
    assert_eq!(specs(item(&all, "3")), ["@startup"]);
    let dump = "PRAGMA foreign_keys=OFF;\nCREATE TABLE `Crontabs` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `name` VARCHAR(255), \
                `command` VARCHAR(255), `schedule` VARCHAR(255), `isDisabled` NUMBER, `labels` JSON, UNIQUE (`name`, `command`));\n\
                INSERT INTO Crontabs VALUES(1,'a','echo \"x\"','*/5 * * * *',0,'[\"l\"]');\n";
    let all = items(Scheduler::Qinglong, dump);
    assert_eq!(
        (specs(&all[0]), all[0].document.command.as_str()),
        (vec!["*/5 * * * *"], "echo \"x\"")
    );
    assert_eq!(
        (all[0].document.tags.as_slice(), all[0].line),
        (&["qinglong".to_owned(), "l".to_owned()][..], 3)
    );
}

const MANIFESTS: &str = "apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: billing}
spec:
  schedule: \"0 6 * * 1-5\"
  timeZone: Asia/Shanghai
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 600
  jobTemplate:
    spec:
      backoffLimit: 2
      activeDeadlineSeconds: 1800
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: registry.example.com/report:7
              command: [/bin/sh, -c]
              args:
                - |
                  set -e
                  /app/report --all
              env:
                - {name: MODE, value: full}
                - name: PASSWORD
                  valueFrom: {secretKeyRef: {name: db, key: password}}
            - {name: proxy, image: envoy}
---
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1beta1
    kind: CronJob
    metadata: {name: sweep}
    spec:
      schedule: '@hourly'
      suspend: true
      jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: busybox, command: ['a b', $(HOME)]}]}}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: other}}
";

#[test]
fn manifests_of_kubernetes_are_all_accounted_for() {
    let all = items(Scheduler::Kubernetes, MANIFESTS);
    let report = item(&all, "billing/report");
    let document = &report.document;
    assert_eq!(
        (specs(report), document.zone.as_str()),
        (vec!["0 6 * * 1-5"], "Asia/Shanghai")
    );
    assert_eq!(document.command, "set -e\n/app/report --all");
    assert_eq!(
        (
            document.execution.overlap.as_str(),
            document.missed.policy.as_str(),
            document.missed.max_age.as_str()
        ),
        ("skip", "latest", "600")
    );
    assert_eq!(
        (
            document.execution.retry.attempts.as_str(),
            document.timeout.as_str()
        ),
        ("3", "1800")
    );
    assert_eq!(
        (document.execution.env.as_str(), report.line),
        ("MODE=full", 1)
    );
    assert_eq!(
        (codes(report), report.outcome),
        (
            vec!["image", "not_carried_over", "foreign_variable"],
            Outcome::Paused
        )
    );
    let sweep = item(&all, "sweep");
    assert_eq!(
        (specs(sweep), sweep.document.zone.as_str(), sweep.line),
        (vec!["@hourly"], "UTC", 33)
    );
    assert_eq!(sweep.document.command, "'a b' '$(HOME)'");
    assert_eq!(codes(sweep), ["image", "unexpanded", "disabled"]);
    assert_eq!(
        (codes(item(&all, "other")), item(&all, "other").outcome),
        (vec!["other_kind"], Outcome::Refused)
    );
}

#[test]
fn timers_of_systemd_are_all_accounted_for() {
    let file = |path: &str, text: &str| SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let files = [
        file(
            "units/dump.timer",
            "[Unit]\nDescription=Dump\n[Timer]\nOnCalendar=*-*-* 02:30:00 UTC\nOnCalendar=Sat 12:00\nPersistent=true\nRandomizedDelaySec=5min\nAccuracySec=1us\n[Install]\nWantedBy=timers.target\n",
        ),
        file(
            "units/dump.service",
            "[Service]\nType=oneshot\nUser=postgres\nWorkingDirectory=/var/lib\nEnvironment=\"A=b c\" D=e\nExecStartPre=-/bin/mkdir -p /backup\nExecStart=/usr/bin/pg_dump -Fc \\\n  app\nTimeoutStartSec=2h\nPrivateTmp=yes\n",
        ),
        // As `systemctl cat` prints them, with a drop-in.
        file(
            "stdin",
            "# /etc/systemd/system/poll.timer\n[Timer]\nOnBootSec=1min\nOnUnitActiveSec=90s\nUnit=poll@x.service\n\n# /etc/systemd/system/poll@.service\n[Service]\nExecStart=/opt/poll --name %i\n# /etc/systemd/system/poll@.service.d/override.conf\n[Service]\nExecStart=\nExecStart=/opt/poll2\n# /etc/systemd/system/odd.timer\n[Timer]\nOnCalendar=*-*~07/1 00:00\n",
        ),
    ];
    let all = read(Scheduler::Systemd, &files, "Asia/Shanghai").expect("units");
    assert_eq!(all.len(), 3);
    let dump = item(&all, "dump.timer");
    let document = &dump.document;
    assert_eq!(specs(dump), ["0 30 2 * * *", "0 0 12 * * 6"]);
    assert_eq!(
        (
            document.zone.as_str(),
            document.schedules[0].jitter.as_str()
        ),
        ("UTC", "300")
    );
    assert_eq!(
        document.command,
        "set -e\n/bin/mkdir -p /backup || true\n/usr/bin/pg_dump -Fc app"
    );
    assert_eq!(
        (
            document.execution.run_as.as_str(),
            document.execution.cwd.as_str()
        ),
        ("postgres", "/var/lib")
    );
    assert_eq!(
        (document.execution.env.as_str(), document.timeout.as_str()),
        ("A=b c\nD=e", "7200")
    );
    assert_eq!(
        (document.missed.policy.as_str(), document.name.as_str()),
        ("latest", "dump")
    );
    assert_eq!(
        (codes(dump), dump.outcome),
        (vec!["user", "settings", "settings"], Outcome::Task)
    );
    let poll = item(&all, "poll.timer");
    assert_eq!(
        (specs(poll), poll.document.command.as_str()),
        (vec!["every 90s"], "/opt/poll2")
    );
    let odd = item(&all, "odd.timer");
    assert_eq!(
        (codes(odd), odd.outcome),
        (
            vec!["unreadable", "no_unit", "no_schedule"],
            Outcome::Paused
        )
    );
}

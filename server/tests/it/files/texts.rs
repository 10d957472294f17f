//! Faults of YAML: each with its file, its place and a sentence.

use serde_json::{Value, json};

use super::super::helpers::Browser;
use super::{APPLY, EXPORT, apply, counts, furnished};

/// The sentences about some files.
async fn faults(editor: &Browser, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<Value> = files
        .iter()
        .map(|(path, text)| json!({"path": path, "text": text}))
        .collect();
    let problem = editor
        .post(APPLY, json!({ "files": files }))
        .await
        .expect(422);
    let errors = problem["errors"].as_array().expect("faults");
    let message = |fault: &Value| fault["message"].as_str().expect("a sentence").to_owned();
    errors.iter().map(message).collect()
}

#[tokio::test]
async fn faults_name_the_file_and_the_place_all_at_once() {
    let (_app, editor) = furnished().await;
    let one = "name: a\ncron: '0 9 * * *'\ncommand: true\nexecution:\n  retry:\n    attempt: 3\n---\nname: b\ncron: */5 * * * *\n";
    let two = "name: c\nowner: bob\n---\nname: d\nschedules: every 5m\n";
    let found = faults(&editor, &[("tasks/one.yaml", one), ("tasks/two.yaml", two)]).await;
    assert_eq!(found.len(), 3, "{found:?}");
    // A file that is no YAML has that fault only.
    assert!(
        found[0].starts_with("tasks/one.yaml:9:7: a value that begins with * needs quotes"),
        "{found:?}"
    );
    assert!(found[1].starts_with("tasks/two.yaml:2:1: "), "{found:?}");
    assert!(found[1].contains("did you mean `owners`?"), "{found:?}");
    assert!(found[2].starts_with("tasks/two.yaml:5:1: "), "{found:?}");
    assert!(
        found[2].contains("expected a list, found text"),
        "{found:?}"
    );

    let nested =
        "name: a\ncron: '0 9 * * *'\ncommand: true\nexecution:\n  retry:\n    attempt: 3\n";
    let found = faults(&editor, &[("one.yaml", nested)]).await;
    assert!(found[0].starts_with("one.yaml:6:5: "), "{found:?}");
    assert!(found[0].contains("did you mean `attempts`?"), "{found:?}");

    let checked = "# nightly\nname: a\nschedules:\n  - spec: '61 9 * * *'\ncommand: x\nzone: Mars/Base\n---\nname: a\ncommand: y\ncron: '@daily'\nexecution:\n  limits: {memory: lots}\n";
    let found = faults(&editor, &[("one.yaml", checked)]).await;
    let starts = [
        "one.yaml:4:5: schedules[0].spec: ",
        "one.yaml:6:1: zone: ",
        "one.yaml:8:1: name: ",
        "one.yaml:12:12: execution.limits.memory: ",
    ];
    let at = |start: &str| found.iter().any(|fault| fault.starts_with(start));
    for start in starts {
        assert!(at(start), "{start}: {found:?}");
    }
    assert_eq!(found.len(), starts.len(), "{found:?}");
    let none = editor.get(EXPORT).await.text();
    assert_eq!(none, "");
}

#[tokio::test]
async fn other_encodings_and_tabs_are_named() {
    let (_app, editor) = furnished().await;
    let good = "\u{feff}# 备份\r\nname: 备份\r\ncron: '0 9 * * *'\r\ncommand: |\r\n  echo a\r\n  echo b\r\ntimeout: 300\r\n";
    let made = apply(&editor, "", good).await.expect(200);
    assert_eq!(counts(&made), [1, 0, 0, 0]);
    let id = &made["tasks"][0]["id"];
    let task = editor.get(&format!("/api/v1/tasks/{id}")).await.expect(200);
    assert_eq!(
        (&task["command"], &task["timeout_seconds"]),
        (&json!("echo a\necho b\n"), &json!(300))
    );
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gbk = b"name: \xb1\xb8\xb7\xdd\n".to_vec();
    for (bytes, words) in [
        (utf16, "UTF-16"),
        (gbk, "GBK"),
        (b"name: \xff\xfe\xff\n".to_vec(), "UTF-8"),
    ] {
        let problem = apply(&editor, "", bytes).await.expect(422);
        let title = problem["title"].as_str().expect("a sentence");
        assert!(title.contains(words), "{title}");
    }
    let tabs = apply(&editor, "", "name: a\nexecution:\n\tpool: x\n")
        .await
        .expect(422);
    let title = tabs["title"].as_str().expect("a sentence");
    assert!(
        title.contains("line 3, column 1") && title.contains("tabs"),
        "{title}"
    );
}

#[tokio::test]
async fn bombs_and_floods_are_refused() {
    let (_app, editor) = furnished().await;
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            [before.as_str(); 10].join(", ")
        ));
    }
    assert_eq!(apply(&editor, "", bomb).await.status, 422);
    let flood = "---\nname: a\n".repeat(5_001);
    assert_eq!(apply(&editor, "", flood).await.status, 422);
    let long = "#".repeat(5 * 1024 * 1024);
    assert_eq!(apply(&editor, "", long).await.status, 413);
    assert_eq!(
        apply(&editor, "", "# nothing\n").await.expect(422)["code"],
        "files.none"
    );
}

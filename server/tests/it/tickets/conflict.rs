//! Two people edit the policy of a task: neither loses what was typed, and the second one sees what the first one did.

use app::auth::Role;
use serde_json::{Value, json};

use super::*;

const LADDER: &str = "2h: 李四\r\n4h: 王五\r\n1d: @all";

/// The form of the task `t`, with a policy.
fn form<'a>(version: &'a str, every: &'a str, ladder: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "t"),
        ("version", version),
        ("cron", "0 9 * * *"),
        ("zone", "UTC"),
        ("command", "true"),
        ("owners", "张三"),
        ("tickets.opens", "task"),
        ("tickets.every", every),
        ("tickets.ladder", ladder),
    ]
}

#[tokio::test]
async fn two_people_who_edit_a_policy_lose_neither_words_nor_their_order() {
    let app = TestApp::new().await;
    let ann = app.signed_in("ann", Role::Editor).await;
    let bob = app.signed_in("bob", Role::Editor).await;
    let made = ann.submit("/tasks/new", &form("", "1h", LADDER)).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let (page, path) = ("/tasks/1/edit", "/api/v1/tasks/1");
    let policy = async || {
        let task = ann.get(path).await.expect(200);
        task["tickets"]["policy"].clone()
    };
    // Both open the form; ann changes the middle of the ladder, bob its order and its end.
    let hers = LADDER.replace("4h: 王五", "3h: 赵六\r\n4h: 王五, 钱七");
    assert_eq!(ann.submit(page, &form("1", "1h", &hers)).await.status, 303);
    let his = "2h: 王五\r\n4h: 李四\r\n2d: @all";
    let late = bob.submit(page, &form("1", "30m", his)).await;
    let text = late.text();
    assert_eq!(late.status, 409, "{text}");
    assert!(text.contains("ann"), "{text}");
    let change = "升级：… 4h: 王五 … → … 3h: 赵六\\n4h: 王五, 钱七 …";
    assert!(text.contains(change), "{text}");
    // What he typed is there, line by line.
    assert!(text.contains("2h: 王五\n4h: 李四\n2d: @all"), "{text}");
    assert!(text.contains(r#"value="30m""#), "{text}");
    assert!(text.contains(r#"name="version" value="2""#), "{text}");
    let who = |policy: &Value| {
        let rungs = policy["ladder"].as_array().cloned().unwrap_or_default();
        let rungs = rungs.into_iter().map(|rung| rung["who"].clone());
        rungs.collect::<Vec<_>>()
    };
    let stored = policy().await;
    assert_eq!(
        who(&stored),
        [
            json!(["李四"]),
            json!(["赵六"]),
            json!(["王五", "钱七"]),
            json!(["@all"])
        ]
    );
    assert_eq!(bob.submit(page, &form("2", "30m", his)).await.status, 303);
    let stored = policy().await;
    assert_eq!(
        who(&stored),
        [json!(["王五"]), json!(["李四"]), json!(["@all"])]
    );
    // By fields both succeed.
    let every = json!({"tickets": {"every": "20m"}});
    let ladder = json!({"tickets": {"ladder": "5h: 张三"}});
    let (one, two) = tokio::join!(
        ann.call("PATCH", path, Some(every)),
        bob.call("PATCH", path, Some(ladder)),
    );
    assert_eq!((one.status, two.status), (200, 200));
    let stored = policy().await;
    assert_eq!(who(&stored), [json!(["张三"])]);
    assert_eq!(stored["cadence"]["interval"]["every_seconds"], 1_200);
}

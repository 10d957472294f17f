//! Channels of other kinds from the terminal.

use std::sync::Arc;

use app::channel::ChannelKind;
use server::clock::SystemClock;

use super::super::helpers::place::Place;
use super::super::helpers::program::{Ended, jcrontab_with};
use super::super::helpers::receiver::{Receiver, SECRET};

async fn run(place: &Place, arguments: &[&str], stdin: &str) -> Ended {
    let allow = [("JCRONTAB_OUTBOUND_ALLOW", "127.0.0.0/8")];
    jcrontab_with(place, arguments, &allow, stdin).await
}

#[tokio::test]
async fn a_channel_is_added_tested_and_changed_with_its_secret_from_stdin() {
    let place = Place::new().await;
    let receiver = Receiver::start(ChannelKind::Dingtalk, Arc::new(SystemClock)).await;
    let url = receiver.url();
    let add = [
        "channel", "add", "ops", "--kind", "dingtalk", "--url", &url, "--secret", "-",
    ];
    let added = run(&place, &add, &format!("{SECRET}\n")).await;
    assert_eq!(added.code, 0, "{added:?}");
    let lang = async || {
        let listed = run(&place, &["channel", "list", "--json"], "").await;
        listed.json()["items"][0]["lang"].clone()
    };
    assert!(lang().await.is_null(), "that of the server");
    let tested = run(&place, &["channel", "test", "ops"], "").await;
    assert_eq!(tested.code, 0, "{tested:?}");
    assert!(
        tested
            .out
            .contains("What was sent:\n  POST http://127.0.0.1:")
            && tested.out.contains("\nResponse: "),
        "{tested:?}"
    );
    let changed = run(&place, &["channel", "edit", "ops", "--lang", "en"], "").await;
    assert_eq!(changed.code, 0, "{changed:?}");
    let tested = run(&place, &["channel", "test", "ops"], "").await;
    assert_eq!(tested.code, 0, "the secret stays: {tested:?}");
    let listed = run(&place, &["channel", "list", "--json"], "").await;
    assert_eq!(listed.json()["items"][0]["settings"]["has_secret"], true);
    assert!(!listed.out.contains(SECRET), "{listed:?}");

    let removed = run(&place, &["channel", "edit", "ops", "--secret", ""], "").await;
    assert_eq!(removed.code, 0, "{removed:?}");
    assert_eq!(lang().await, "en", "what is not named stays as it is");
    let tested = run(&place, &["channel", "test", "ops"], "").await;
    assert_eq!(tested.code, 1, "{tested:?}");
    assert!(tested.err.contains("sign not match"), "{tested:?}");

    for (arguments, code, words) in [
        (&["channel", "edit", "ops"][..], 2, "channel edit"),
        (&["channel", "edit", "ops", "--chat", "1"], 2, "chat"),
        (
            &["channel", "add", "t", "--kind", "telegram"],
            2,
            "@BotFather",
        ),
        (
            &["channel", "add", "t", "--url", "-", "--secret", "-"],
            2,
            "--secret",
        ),
        (
            &["channel", "add", "t", "--kind", "pager", "--url", "x"],
            2,
            "dingtalk",
        ),
        (
            &[
                "channel",
                "add",
                "t",
                "--url",
                "https://oapi.dingtalk.com/robot/send?access_token=x",
            ],
            2,
            "DingTalk",
        ),
    ] {
        let ended = run(&place, arguments, "").await;
        assert_eq!(ended.code, code, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(words), "{arguments:?}: {ended:?}");
    }
}

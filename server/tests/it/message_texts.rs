//! The texts of messages, and the excerpt of a result.

use app::auth::Role;
use app::backend::Secrets;
use app::id::ChannelId;
use app::run::RunState;
use app::task::execution::{ExecutionDraft, HttpDraft};
use app::task::{Mode, TaskDraft};

use super::helpers::message::{SELDOM, robot_of, sending};
use super::helpers::robot::Mood;
use super::helpers::{Robot, TestApp, draft};

async fn with_robot(flags: &[&str]) -> (TestApp, Robot, ChannelId) {
    let flags: Vec<&str> = ["--outbound-allow=127.0.0.0/8"]
        .into_iter()
        .chain(flags.iter().copied())
        .collect();
    let app = TestApp::with(&flags).await;
    let (robot, channel) = robot_of(&app).await;
    app.notify();
    (app, robot, channel)
}

/// The text of the message of a run of a task that sends its result.
async fn text_of(app: &TestApp, robot: &Robot, task: TaskDraft) -> String {
    let task = app.add(task).await.id;
    let before = app.messages(task).await.len();
    assert_eq!(before, 1);
    let run = app.start_run(task).await;
    app.ended(run).await;
    app.until("the message to be sent", async || {
        let rows = app.messages(task).await;
        (rows.len() > 1 && rows.iter().all(|row| row.state.as_str() == "sent")).then_some(())
    })
    .await;
    let sent = app.messages(task).await.remove(1).text;
    assert!(
        robot.texts().contains(&sent),
        "the page shows what was sent: {sent}"
    );
    sent
}

fn sends(name: &str, command: &str, channel: ChannelId) -> TaskDraft {
    sending(name, Mode::MessageCommand, command, channel)
}

#[tokio::test]
async fn output_in_a_message_is_what_the_run_page_shows() {
    let (app, robot, channel) = with_robot(&[]).await;
    let hostile = r"printf '\033[31mred\033[0m \000 \r x\n'; printf '\033]0;title\007'; printf ' 10%%\r 50%%\r100%%\n'; printf 'a\007b\tc \342\200\256evil\342\201\246 \302\205\n'";
    let text = text_of(&app, &robot, sends("hostile", hostile, channel)).await;
    assert!(
        text.contains(" xd ␀\n100%\na␇b     c ‹U+202E›evil‹U+2066› ‹U+0085›\n"),
        "{text}"
    );
    let output = text.split_once("结果：\n").expect("the output").1;
    assert!(
        !output.contains("50%") && !output.contains("title"),
        "{output}"
    );
    let is_bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(is_bad), "{text:?}");
}

#[tokio::test]
async fn a_signal_is_named_with_what_it_usually_means() {
    for (flags, words) in [
        (
            &[][..],
            "【执行失败】crash：被信号 SIGSEGV（11）终止：访问了无效内存",
        ),
        (
            &["--message-lang=en"][..],
            "crash: killed by SIGSEGV (11): invalid memory access",
        ),
    ] {
        let (app, robot, channel) = with_robot(flags).await;
        let text = text_of(&app, &robot, sends("crash", "kill -SEGV $$", channel)).await;
        let first = text.lines().next().expect("a line");
        assert!(first.contains(words), "{first}");
    }
}

#[tokio::test]
async fn titles_say_how_it_ended_and_a_failure_is_no_reminder() {
    let (app, robot, channel) = with_robot(&[]).await;
    let good = text_of(&app, &robot, sends("good", "echo fine", channel)).await;
    assert!(good.starts_with("【执行完成】good：退出码 0"), "{good}");
    let failing = sends("bad", "echo why; exit 2", channel);
    let bad = text_of(&app, &robot, failing.clone()).await;
    let first = bad.lines().next().expect("a line");
    assert!(
        first.starts_with("【执行失败】bad") && first.contains("退出码 2"),
        "{bad}"
    );
    assert!(bad.contains("http://cron.test/runs/") && bad.contains("http://cron.test/tasks/"));
    assert!(bad.contains("why\n"), "{bad}");
    // Chasing changes nothing about a failure.
    let urged = TaskDraft {
        name: "urged".into(),
        urging: true,
        urge_cron: SELDOM.into(),
        ..failing
    };
    let urged = text_of(&app, &robot, urged).await;
    assert!(urged.starts_with("【执行失败】urged"), "{urged}");
    let timed = TaskDraft {
        timeout: "1s".into(),
        ..sends("slow", "sleep 30", channel)
    };
    let timed = text_of(&app, &robot, timed).await;
    assert!(
        timed.starts_with("【执行超时】slow：") && timed.contains("超过 1 秒"),
        "{timed}"
    );
    let pictures: Vec<String> = robot
        .taken()
        .iter()
        .filter_map(|body| Some(body["image"]["md5"].as_str()?.to_owned()))
        .collect();
    assert_eq!(pictures.len(), 4);
    assert!(pictures[0] != pictures[1] && pictures[1..].iter().all(|one| *one == pictures[1]));
    let viewer = app.signed_in("vera", Role::Viewer).await;
    let page = viewer.open("/tasks/2").await.text();
    assert!(
        page.contains("执行失败") || page.contains("Run failed"),
        "{page}"
    );
    assert!(
        page.contains("【执行失败】bad") && !page.contains("errcode"),
        "{page}"
    );
}

#[tokio::test]
async fn a_failed_request_names_its_address_without_secrets() {
    let (app, robot, channel) = with_robot(&["--message-lang=en"]).await;
    let target = Robot::start(app.clock.clone()).await;
    target.always(Some(Mood::Status(503)));
    let task = TaskDraft {
        execution: ExecutionDraft {
            http: HttpDraft {
                url: target.url(),
                ..HttpDraft::default()
            },
            ..ExecutionDraft::default()
        },
        ..sends("call", "", channel)
    };
    let text = text_of(&app, &robot, task).await;
    let first = text.lines().next().expect("a line");
    assert!(
        first.starts_with("[Failed] call: ") && first.contains("503"),
        "{text}"
    );
    assert!(
        !text.contains("Command:") && text.contains("Request: GET http://127.0.0.1:"),
        "{text}"
    );
    let request = text.lines().find(|line| line.starts_with("Request: "));
    assert!(
        request.is_some_and(|line| line.ends_with("/send?…")),
        "{text}"
    );
    let run = app.runs(app::id::TaskId(1)).await.remove(0);
    assert_eq!(run.state, RunState::Failed);
    let excerpt = run.excerpt.expect("the end of the response");
    assert!(
        excerpt.ends_with("<html>the proxy is unwell</html>"),
        "{excerpt}"
    );
}

#[tokio::test]
async fn a_cut_is_marked_in_the_messages_language_and_tears_no_character() {
    let (app, robot, channel) = with_robot(&["--message-lang=en"]).await;
    let family = "👨‍👩‍👧‍👦";
    let command = format!("i=0; while [ $i -lt 300 ]; do printf '{family}'; i=$((i+1)); done");
    let text = text_of(&app, &robot, sends("families", &command, channel)).await;
    assert!(
        text.contains("bytes omitted") && !text.contains("省略"),
        "{text}"
    );
    assert!(text.len() <= 2048, "{}", text.len());
    let (_, output) = text.split_once("Output:\n").expect("the output");
    let rest = output.replace(family, "");
    assert!(
        !rest.contains(['👨', '👩', '👧', '👦', '\u{200d}']),
        "{rest}"
    );
}

#[tokio::test]
async fn every_line_of_a_history_shows_the_end_of_its_result() {
    let app = TestApp::new().await;
    let command = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); done; printf '\\033[32mfinal <b>结果</b>\\033[0m\\n'";
    let (run, _) = app.execute(draft("t", SELDOM, command)).await;
    let excerpt = run.excerpt.expect("an excerpt");
    assert!(
        excerpt.ends_with("line 399\nfinal <b>结果</b>"),
        "{excerpt:?}"
    );
    assert!(excerpt.chars().count() <= 200, "{excerpt}");
    let (silent, _) = app.execute(draft("silent", SELDOM, "true")).await;
    assert_eq!(silent.excerpt, None);
    let (bar, _) = app
        .execute(draft(
            "bar",
            SELDOM,
            "for n in 1 2 3; do printf \"\\r$n of 3\"; done; exit 1",
        ))
        .await;
    assert_eq!(bar.excerpt.as_deref(), Some("3 of 3"));

    let viewer = app.signed_in("vera", Role::Viewer).await;
    let listed = viewer.get("/api/v1/tasks/1/runs").await.expect(200);
    assert_eq!(listed["items"][0]["excerpt"], excerpt.as_str());
    let one = viewer
        .get(&format!("/api/v1/runs/{}", run.id))
        .await
        .expect(200);
    assert_eq!(one["excerpt"], excerpt.as_str());
    let page = viewer.open("/tasks/1").await.text();
    assert!(page.contains("final &lt;b&gt;结果&lt;/b&gt;"), "{page}");
}

#[tokio::test]
async fn a_secret_is_masked_in_an_excerpt() {
    let app = TestApp::new().await;
    let task = app
        .add(draft("t", SELDOM, "echo the token is $TOKEN"))
        .await;
    let secret = app::secret::SecretDraft {
        name: "TOKEN".into(),
        value: "s3cret-of-the-bank".into(),
        tasks: vec![task.id.to_string()],
        ..app::secret::SecretDraft::default()
    };
    app.service
        .secret_create(&app.console(), &secret)
        .await
        .expect("a secret");
    let run = app.start_run(task.id).await;
    let run = app.ended(run).await;
    assert_eq!(run.excerpt.as_deref(), Some("the token is ***"));
}

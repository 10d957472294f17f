//! People of chats who stand for the name of an owner, with an account or without one; and people who are not listed.

use app::auth::Role;
use app::backend::Channels;
use app::channel::ChatPersonDraft;
use serde_json::json;

use super::person;
use super::tickets::{card, notify, text, urged_in};
use super::use_cases::Talk;
use crate::helpers::TestApp;
use crate::tickets::ticket;

/// A person stands for an owner, with an account or without one.
async fn stands_for(talk: &Talk, person: &str, user: &str, owner: &str) {
    let draft = ChatPersonDraft {
        channel_id: Some(talk.channel.id.0),
        person: person.to_owned(),
        user: user.to_owned(),
        owner: owner.to_owned(),
    };
    let console = talk.app.console();
    let added = talk.app.service.chat_person_add(&console, &draft).await;
    let added = added.expect("a person");
    assert_eq!((added.user.as_str(), added.owner.as_str()), (user, owner));
}

#[tokio::test]
async fn who_stands_for_an_owner_answers_the_tickets_of_that_name_without_an_account() {
    let mut talk = Talk::start().await;
    stands_for(&talk, "u1", "", "张三").await;
    let own = urged_in(&talk.app, &talk.channel, "rotate", "张三").await;
    let other = urged_in(&talk.app, &talk.channel, "clean", "李四").await;
    let other = talk.app.ticket_of(other.id).await;
    let id = talk.app.ticket_of(own.id).await;
    let quiet = format!("UPDATE ticket SET next_urge_at = expires_at WHERE id = {other}");
    talk.app.place.database.execute(&quiet).await;
    notify(&talk.app).await;
    let (shown, _) = card(&mut talk).await;
    // The phone of that person rings.
    let follows = talk.vendor.wait_for("aibot_send_msg", 2).await;
    let mention = follows["markdown"]["content"].as_str().expect("Markdown");
    assert!(mention.starts_with("<@u1> "), "{follows}");

    let list = talk.ask("u1", "待办").await;
    assert!(list.contains("rotate") && !list.contains("clean"), "{list}");
    let help = talk.ask("u1", "help").await;
    assert!(
        help.contains("张三") && !help.contains("run TASK"),
        "{help}"
    );
    for command in ["status", "log rotate", "run rotate"] {
        let refused = talk.ask("u1", command).await;
        assert!(refused.contains("needs an account"), "{refused}");
    }
    let run = talk.press("u1", "card-9", &format!("run:{}", own.id)).await;
    assert_eq!(run["userids"], json!(["u1"]), "{run}");
    assert!(talk.app.runs(own.id).await.is_empty());
    let refused = talk
        .press("u1", "card-8", &format!("ticket:{other}:done"))
        .await;
    assert_eq!(refused["userids"], json!(["u1"]), "{refused}");
    assert!(!ticket(&talk.app, other).await.ticket.state.is_over());

    let taken = talk.press("u1", &shown, &format!("ticket:{id}:take")).await;
    assert_eq!(text(&taken), "Taken by 张三");
    let done = talk.press("u1", &shown, &format!("ticket:{id}:done")).await;
    assert_eq!(text(&done), "Done by 张三");
    let over = ticket(&talk.app, id).await.ticket;
    assert_eq!(
        (over.owner.as_str(), over.done_by.as_deref()),
        ("张三", Some("张三"))
    );
    let client = format!("wecom_bot#{}:u1", talk.channel.id);
    let noted = format!("SELECT COUNT(*) FROM audit WHERE client = '{client}' AND via = 'chat'");
    assert!(talk.app.place.database.count(&noted).await >= 2);
    assert_eq!(talk.vendor.complaints(), Vec::<String>::new());
    talk.bots.stop().await;
}

#[tokio::test]
async fn tickets_know_a_person_with_an_account_by_the_name_of_the_owner() {
    let mut talk = Talk::start().await;
    person(&talk.app, &talk.channel, "wang", Role::Operator).await;
    stands_for(&talk, "u2", "wang", "王五").await;
    let task = urged_in(&talk.app, &talk.channel, "rotate", "王五").await;
    let id = talk.app.ticket_of(task.id).await;
    let list = talk.ask("u2", "todo").await;
    assert!(list.contains("rotate"), "{list}");
    let taken = talk
        .press("u2", "card-1", &format!("ticket:{id}:take"))
        .await;
    assert_eq!(text(&taken), "Taken by 王五");
    assert_eq!(ticket(&talk.app, id).await.ticket.owner, "王五");
    // Rights and the audit log are those of the account.
    let started = talk.ask("u2", "run rotate").await;
    assert!(started.contains("Started"), "{started}");
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'ticket.acknowledge' AND who = 'wang'";
    assert_eq!(talk.app.place.database.count(noted).await, 1);
    talk.bots.stop().await;
}

#[tokio::test]
async fn people_who_are_not_listed_answer_tickets_of_their_id_where_the_setting_says_so() {
    let app = TestApp::with(&["--outbound-allow=127.0.0.0/8", "--chat-unknown=by-id"]).await;
    let mut talk = Talk::in_app(app).await;
    let own = urged_in(&talk.app, &talk.channel, "rotate", "lisi").await;
    let other = urged_in(&talk.app, &talk.channel, "clean", "张三").await;
    let own = talk.app.ticket_of(own.id).await;
    let other = talk.app.ticket_of(other.id).await;
    let list = talk.ask("lisi", "todo").await;
    assert!(list.contains("rotate") && !list.contains("clean"), "{list}");
    let refused = talk
        .press("lisi", "card-1", &format!("ticket:{other}:done"))
        .await;
    assert_eq!(refused["userids"], json!(["lisi"]), "{refused}");
    let done = talk
        .press("lisi", "card-2", &format!("ticket:{own}:done"))
        .await;
    assert_eq!(text(&done), "Done by lisi");
    // Neither a name for everybody nor a disabled account is such a person.
    person(&talk.app, &talk.channel, "vic", Role::Operator).await;
    let disable = "UPDATE user SET disabled = 1 WHERE name = 'vic'";
    talk.app.place.database.execute(disable).await;
    for who in ["@all", "oncall:db", "id-of-vic"] {
        let list = talk.ask(who, "todo").await;
        assert!(list.contains("has neither an account"), "{list}");
    }
    talk.bots.stop().await;
}

#[tokio::test]
async fn a_person_needs_an_account_or_the_name_of_one_owner() {
    let talk = Talk::start().await;
    let admin = talk.app.signed_in("ada", Role::Admin).await;
    let path = "/api/v1/chat/people";
    let draft = |user: &str, owner: &str| json!({"channel_id": talk.channel.id, "person": "u3", "user": user, "owner": owner});
    for (user, owner, field) in [
        ("", "", "user"),
        ("no-such", "张三", "user"),
        ("", "@all", "owner"),
        ("", "oncall:db", "owner"),
        ("", "张三, 李四", "owner"),
    ] {
        let refused = admin.post(path, draft(user, owner)).await.expect(422);
        assert_eq!(
            refused["errors"][0]["field"], field,
            "{user} {owner}: {refused}"
        );
    }
    let added = admin.post(path, draft("", " @张三 ")).await.expect(201);
    assert_eq!(added["owner"], "张三", "{added}");
    assert_eq!(added["user"], "", "{added}");
    talk.bots.stop().await;
}

//! People belong to a bot: the same ID in the bots of two companies is two people.

use app::auth::Role;
use app::backend::Channels;
use app::channel::{BotState, Channel, ChannelDraft, ChatPersonDraft};
use app::id::ChannelId;
use serde_json::json;

use super::{Bots, bot, in_state, known, person, wecom_draft};
use crate::helpers::wecom_bot::WecomVendor;
use crate::helpers::{TestApp, draft};
use crate::versions_upgrade::instant;

/// The bot of another company.
async fn another(app: &TestApp, vendor: &WecomVendor) -> Channel {
    let other = ChannelDraft {
        name: "bot of another company".to_owned(),
        ..wecom_draft(vendor)
    };
    let made = app.service.channel_create(&app.console(), &other).await;
    made.expect("a channel")
}

async fn asks(vendor: &WecomVendor, who: &str, text: &str) -> String {
    let before = vendor.bodies("aibot_respond_msg").len();
    vendor.say(who, text);
    let reply = vendor.wait_for("aibot_respond_msg", before + 1).await;
    let words = reply["stream"]["content"].as_str();
    words.expect("a text").to_owned()
}

/// Bots, by name, that know people of an ID.
async fn of(app: &TestApp, person: &str) -> Vec<(String, String)> {
    let people = app.service.chat_person_list(&app.console()).await;
    let people = people.expect("people").into_iter();
    people
        .filter(|one| one.person == person)
        .map(|one| (one.channel, one.user))
        .collect()
}

#[tokio::test]
async fn the_same_id_in_the_bots_of_two_companies_is_two_people() {
    let app = TestApp::new().await;
    let (ours, theirs) = (WecomVendor::start().await, WecomVendor::start().await);
    let (own, other) = (bot(&app, &ours).await, another(&app, &theirs).await);
    person(&app, &own, "ann", Role::Operator).await;
    person(&app, &other, "vic", Role::Viewer).await;
    known(&app, &own, "zhang", "ann").await;
    let bots = Bots::of(&app);
    bots.turn().await;
    for bot in [&own, &other] {
        in_state(&app, bot, BotState::Connected).await;
    }
    let task = app.add(draft("t", "0 0 1 1 *", "true")).await;
    let run = format!("run:{}", task.id);

    let stranger = asks(&theirs, "zhang", "run t").await;
    assert!(
        stranger.contains("zhang") && !stranger.contains("Started"),
        "{stranger}"
    );
    // A card of one bot, and a person whom only the other one knows; and the other way round.
    for (vendor, who) in [
        (&ours, "id-of-vic"),
        (&theirs, "zhang"),
        (&theirs, "id-of-ann"),
    ] {
        let before = vendor.bodies("aibot_respond_update_msg").len();
        vendor.press(who, "card-1", &run);
        let refused = vendor
            .wait_for("aibot_respond_update_msg", before + 1)
            .await;
        assert_eq!(refused["userids"], json!([who]), "{refused}");
    }
    assert!(app.runs(task.id).await.is_empty());

    // Both may be known, as two accounts.
    known(&app, &other, "zhang", "vic").await;
    let help = asks(&theirs, "zhang", "help").await;
    assert!(help.contains("vic") && !help.contains("ann"), "{help}");
    let help = asks(&ours, "zhang", "help").await;
    assert!(help.contains("ann") && !help.contains("vic"), "{help}");
    let again = ChatPersonDraft {
        channel_id: Some(other.id.0),
        person: "zhang".to_owned(),
        user: "ann".to_owned(),
        ..ChatPersonDraft::default()
    };
    let taken = app.service.chat_person_add(&app.console(), &again).await;
    assert_eq!(taken.expect_err("a conflict").code, "chat_person.taken");
    let started = asks(&ours, "zhang", "run t").await;
    assert!(started.contains("Started"), "{started}");
    let refused = asks(&theirs, "zhang", "run t").await;
    assert!(!refused.contains("Started"), "{refused}");
    let runs = app.runs(task.id).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].requested_by.as_deref(), Some("ann"));
    app.ended(runs[0].id).await;
    let client = format!(
        "SELECT COUNT(*) FROM audit WHERE client = 'wecom_bot#{}:zhang'",
        own.id
    );
    assert_eq!(app.place.database.count(&client).await, 1);
    bots.stop().await;
}

#[tokio::test]
async fn a_channel_that_becomes_another_bot_or_is_deleted_knows_nobody() {
    let app = TestApp::new().await;
    let vendor = WecomVendor::start().await;
    let (own, other) = (bot(&app, &vendor).await, another(&app, &vendor).await);
    person(&app, &own, "ann", Role::Operator).await;
    known(&app, &other, "id-of-ann", "ann").await;
    let both = [
        ("bot".to_owned(), "ann".to_owned()),
        (other.name.clone(), "ann".to_owned()),
    ];
    let edit = async |draft: &ChannelDraft| {
        let edited = app
            .service
            .channel_update(&app.console(), own.id, None, draft)
            .await;
        edited.expect("an edit");
    };
    // The same bot: another secret, language or chat.
    let mut draft = ChannelDraft {
        secret: Some("ANOTHER-SECRET".to_owned()),
        chat: Some("group-2".to_owned()),
        lang: Some("zh".to_owned()),
        ..wecom_draft(&vendor)
    };
    edit(&draft).await;
    assert_eq!(of(&app, "id-of-ann").await, both);
    draft.bot = Some("bot-of-a-third-company".to_owned());
    edit(&draft).await;
    assert_eq!(of(&app, "id-of-ann").await, both[1..]);
    let third = app.service.channel_get(&app.console(), own.id).await;
    known(&app, &third.expect("the channel"), "id-of-ann", "ann").await;
    let elsewhere = WecomVendor::start().await;
    draft.url = elsewhere.url();
    edit(&draft).await;
    assert_eq!(of(&app, "id-of-ann").await, both[1..]);

    let deleted = app
        .service
        .channel_delete(&app.console(), other.id, None)
        .await;
    deleted.expect("deleted");
    let left = "SELECT COUNT(*) FROM chat_person";
    assert_eq!(app.place.database.count(left).await, 0);
}

#[tokio::test]
async fn people_from_before_stay_known_to_the_bots_that_exist() {
    let (place, clock) = TestApp::new().await.die();
    let database = &place.database;
    database.go_back_before("m20261130_000051").await;
    let columns = database.columns("chat_person").await;
    assert!(!columns.contains(&"channel_id".to_owned()), "{columns:?}");
    let then = instant("2026-11-21T07:00:00Z");
    let bot = |id: i64, kind: &str| {
        format!("({id}, 'bot {id}', '{kind}', '', '', {then}, {then}, 0, '{{\"bot\":\"b-{id}\"}}')")
    };
    let bots = [
        bot(1, "wecom_bot"),
        bot(2, "wecom_bot"),
        bot(3, "dingtalk_bot"),
    ]
    .join(", ");
    let people = |channel: &str, person: &str| {
        format!(
            "INSERT INTO chat_person (vendor, person, user_id, created_at) VALUES \
             ('{channel}', '{person}', 1, {then})"
        )
    };
    for rows in [
        format!(
            "INSERT INTO user (id, name, password_hash, role, disabled, created_at) VALUES \
             (1, 'ann', 'no-hash', 'operator', 0, {then})"
        ),
        format!(
            "INSERT INTO channel (id, name, kind, url_sealed, url_masked, created_at, updated_at, refuses, settings) \
             VALUES {bots}"
        ),
        people("wecom_bot", "zhang"),
        people("dingtalk_bot", "zhang"),
        people("feishu_bot", "ou_zhang"),
    ] {
        database.execute(&rows).await;
    }

    let app = TestApp::start(place.clone(), clock, None, &[]).await;
    let known_to = |ids: &[i64]| -> Vec<(String, String)> {
        let one = |id: &i64| (format!("bot {id}"), "ann".to_owned());
        ids.iter().map(one).collect()
    };
    assert_eq!(of(&app, "zhang").await, known_to(&[1, 2, 3]));
    // There is no bot that it could mean.
    assert!(of(&app, "ou_zhang").await.is_empty());
    let count = "SELECT COUNT(*) FROM chat_person";
    assert_eq!(database.count(count).await, 3);
    for bot in [1, 2, 3] {
        let account = app
            .components
            .store
            .chat_identity(ChannelId(bot), "zhang")
            .await;
        let account = account.expect("an answer").expect("an account");
        assert_eq!(account.name, "ann");
    }
    // A row that a server of before writes meanwhile is nobody's.
    database.execute(&people("wecom_bot", "late")).await;
    assert!(of(&app, "late").await.is_empty());
    let account = app
        .components
        .store
        .chat_identity(ChannelId(1), "late")
        .await;
    assert!(account.expect("an answer").is_none());
    let one = app.service.channel_get(&app.console(), ChannelId(1)).await;
    known(&app, &one.expect("the channel"), "late", "ann").await;
    assert_eq!(of(&app, "late").await, known_to(&[1]));
}

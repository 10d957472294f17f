//! One of everything, and all of it as text.

use app::auth::Role;
use app::backend::{Capacity, People, Rules, Secrets, Summaries};
use app::pool::PoolDraft;
use app::rule::RuleDraft;
use app::secret::SecretDraft;
use app::summary::SummaryDraft;

use crate::helpers::{TestApp, draft};

/// Everything that an unauthenticated user or a viewer must not change, as text.
pub(crate) async fn everything(app: &TestApp) -> Vec<String> {
    let user = if app.place.database.url.is_empty() {
        "\"user\""
    } else {
        "`user`"
    };
    let queries = [
        "SELECT CONCAT_WS(' ', id, name, command, state, urging, version) FROM task".to_owned(),
        "SELECT CONCAT_WS(' ', id, expression) FROM schedule".to_owned(),
        "SELECT CONCAT_WS(' ', id, state) FROM run".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, url_sealed) FROM channel".to_owned(),
        "SELECT CONCAT_WS(' ', id, prefix) FROM api_token".to_owned(),
        "SELECT CONCAT_WS(' ', id, state) FROM message".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, note, value_sealed) FROM secret".to_owned(),
        "SELECT CONCAT_WS(' ', id, state, owner, version) FROM ticket".to_owned(),
        "SELECT CONCAT_WS(' ', id, link, act) FROM link_use".to_owned(),
        "SELECT CONCAT_WS(' ', secret_id, task_id) FROM secret_grant".to_owned(),
        "SELECT CONCAT_WS(' ', name, slots) FROM pool".to_owned(),
        "SELECT CONCAT_WS(' ', name, zone, version) FROM person".to_owned(),
        "SELECT CONCAT_WS(' ', id, name, hour, minute) FROM message_summary".to_owned(),
        format!("SELECT CONCAT_WS(' ', id, name, role, password_hash, disabled) FROM {user}"),
    ];
    let mut all = Vec::new();
    for query in queries {
        all.extend(app.place.database.rows(&query).await);
    }
    all
}

/// One of everything, so that an id of 1 always names something.
pub(crate) async fn furnished() -> TestApp {
    furnish(TestApp::new().await).await
}

/// The same in an installation that is new.
pub(crate) async fn furnish(app: TestApp) -> TestApp {
    app.channel(
        "ops",
        app::channel::ChannelKind::Webhook,
        "http://127.0.0.1:9/",
    )
    .await;
    let mut plan = draft("secret plan", "0 0 1 1 *", "echo secret output");
    plan.tickets.opens = "task".to_owned();
    app.execute(plan).await;
    app.token("owner", Role::Admin).await;
    let secret = SecretDraft {
        name: "SECRET_NAME".to_owned(),
        value: "secret value".to_owned(),
        note: "secret note".to_owned(),
        tasks: vec!["secret plan".to_owned()],
    };
    let pool = PoolDraft {
        name: "cn".to_owned(),
        slots: "5".to_owned(),
    };
    let console = app.console();
    app.service
        .secret_create(&console, &secret)
        .await
        .expect("a secret");
    app.service
        .pool_set(&console, None, &pool)
        .await
        .expect("a pool");
    let rule = RuleDraft {
        channel_id: Some(1),
        events: vec!["too_long".to_owned()],
        ..RuleDraft::default()
    };
    let added = app.service.rule_create(&console, &rule).await;
    added.expect("a rule");
    let summary = SummaryDraft {
        name: "secret summary".to_owned(),
        channel_id: Some(1),
        time: "09:00".to_owned(),
        ..SummaryDraft::default()
    };
    let made = app.service.summary_create(&console, &summary).await;
    made.expect("a summary");
    let rota = app::oncall::RotaDraft {
        people: vec!["ann".to_owned()],
        ..app::oncall::RotaDraft::default()
    };
    let set = app.service.rota_set(&console, "cn", None, &rota).await;
    set.expect("a rota");
    let person = app::person::PersonDraft {
        zone: "Europe/Berlin".to_owned(),
        ..app::person::PersonDraft::default()
    };
    let set = app.service.person_set(&console, "cn", None, &person).await;
    set.expect("a person");
    app
}

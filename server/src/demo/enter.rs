//! Enters what people enter: everything that tasks name, and the tasks.

use std::collections::HashMap;

use app::auth::Principal;
use app::backend::{Answer, Calendars, Caller, Capacity, Channels, Rules, Summaries, Tasks};
use app::calendar::{CalendarDraft, CalendarImport};
use app::channel::ChannelSettings;
use app::id::{ChannelId, TaskId};
use app::oncall::RotaDraft;
use app::rule::{RuleDraft, RuleQuery};
use app::summary::SummaryDraft;
use app::task::{TaskDocument, TaskQuery};
use chrono::{DateTime, Utc};

use super::world::{ChannelOf, World};
use super::{DemoError, Stage};
use crate::messages::target::{masked, proxy_seal_name, seal_name, settings_seal_name};
use crate::service::{ApplyRequest, Service};
use crate::store::{Act, ChannelSecret, NewChannel};

/// Whether there is nothing that people enter.
pub(super) async fn is_empty(service: &Service, caller: &Caller) -> Answer<bool> {
    let query = TaskQuery {
        limit: Some(1),
        ..TaskQuery::default()
    };
    let calendars = service.calendar_list(caller).await?;
    Ok(service.task_list(caller, &query).await?.items.is_empty()
        && service.channel_list(caller).await?.is_empty()
        && service
            .rule_list(caller, &RuleQuery::default())
            .await?
            .is_empty()
        && service.pool_list(caller).await?.is_empty()
        && service.blackout_list(caller).await?.is_empty()
        && service.summary_list(caller).await?.is_empty()
        && service.rotas(caller).await?.is_empty()
        && calendars.iter().all(|calendar| calendar.builtin))
}

/// Enters everything that tasks name.
pub(super) async fn enter(
    stage: &Stage<'_>,
    world: &World,
    admin: &Caller,
    now: DateTime<Utc>,
) -> Result<(), DemoError> {
    let service = stage.service;
    let calendar = CalendarDraft {
        name: world.calendar.name.clone(),
        ..CalendarDraft::default()
    };
    service.calendar_create(admin, &calendar).await?;
    let days = CalendarImport {
        text: serde_json::to_string(&world.days(now))?,
        ..CalendarImport::default()
    };
    service
        .calendar_import(admin, &world.calendar.name, None, &days)
        .await?;
    service.pool_set(admin, None, &world.pool).await?;
    service.blackout_create(admin, &world.blackout).await?;
    let rota = RotaDraft {
        people: world.rota.people.clone(),
        ..RotaDraft::default()
    };
    service
        .rota_set(admin, &world.rota.name, None, &rota)
        .await?;
    let mut channels = Vec::with_capacity(world.channels.len());
    for channel in &world.channels {
        channels.push(enter_channel(stage, channel, admin).await?);
    }
    let channel = |index: usize| channels.get(index).map(|id| id.0);
    for rule in &world.rules {
        let draft = RuleDraft {
            channel_id: channel(rule.channel),
            ..rule.draft.clone()
        };
        service.rule_create(admin, &draft).await?;
    }
    let summary = SummaryDraft {
        channel_id: channel(world.summary.channel),
        ..world.summary.draft.clone()
    };
    service.summary_create(admin, &summary).await?;
    Ok(())
}

/// Enters a channel below the use case, which refuses an address of this machine, and which would look others up.
async fn enter_channel(
    stage: &Stage<'_>,
    channel: &ChannelOf,
    admin: &Caller,
) -> Result<ChannelId, DemoError> {
    let parts = stage.components;
    let url = channel.url();
    let settings = ChannelSettings::default();
    let new = NewChannel {
        name: channel.name.clone(),
        kind: channel.kind,
        masked: Some(masked(channel.kind, &url)),
        proxy: None,
        lang: Some(Some(stage.lang)),
        settings: Some(settings.details()),
        fallback: None,
    };
    let settings = serde_json::to_string(&settings)?;
    let seal = |id, what| {
        let sealed = match what {
            ChannelSecret::Url => parts.sealer.seal(&seal_name(id), &url),
            ChannelSecret::Proxy => parts.sealer.seal(&proxy_seal_name(id), ""),
            ChannelSecret::Settings => parts.sealer.seal(&settings_seal_name(id), &settings),
        };
        sealed.ok()
    };
    let who = admin.principal.clone().unwrap_or_else(Principal::console);
    let act = Act::by(&who, "channel.create", parts.clock.now()).detail(new.name.as_str());
    Ok(parts.store.insert_channel(&act, &new, seal).await?)
}

/// Enters all tasks at once; returns the index of each in the world.
pub(super) async fn enter_tasks(
    stage: &Stage<'_>,
    world: &World,
    admin: &Caller,
) -> Result<HashMap<TaskId, usize>, DemoError> {
    let documents: Vec<TaskDocument> = (world.tasks.iter())
        .map(|task| TaskDocument {
            channel: (world.channels.get(task.channel))
                .map_or_else(String::new, |channel| channel.name.clone()),
            ..task.document.clone()
        })
        .collect();
    let names: Vec<String> = documents.iter().map(|task| task.name.clone()).collect();
    let request = ApplyRequest {
        documents,
        ..ApplyRequest::default()
    };
    stage.service.apply_tasks(admin, &request).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let entered = stage.components.store.tasks_named(&names).await?;
    let index = |name: &str| names.iter().position(|known| *known == name);
    Ok(entered
        .iter()
        .filter_map(|task| Some((task.id, index(&task.name)?)))
        .collect())
}

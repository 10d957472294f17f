//! The database's history. A file here is never edited once a release holds it; changes come as
//! new files, and a new column must suit the release before it (expand, then contract).

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod columns;
mod m20261122_000001_create_accounts;
mod m20261122_000002_create_tasks;
mod m20261122_000003_create_ledger;
mod m20261122_000004_schedule_rules;
mod m20261122_000005_execution;
mod m20261123_000006_narrow_origins;
mod m20261123_000007_message_run;
mod m20261129_000008_task_search;
mod m20261129_000010_results_and_refusals;
mod m20261129_000013_run_streak;
mod m20261129_000014_audit_version;
mod m20261129_000015_task_notes;
mod m20261129_000016_channel_proxy;
mod m20261129_000017_outbox_facts;
mod m20261129_000018_channel_settings;
mod m20261129_000020_audit_client;
mod m20261129_000022_message_history;
mod m20261129_000023_message_rules;
mod m20261129_000024_channel_of_task;
mod m20261129_000026_events;
mod m20261129_000027_announced;
mod m20261129_000028_message_template;
mod m20261129_000029_picture;
mod m20261129_000031_message_summary;
mod m20261129_000032_channel_fallback;
mod m20261129_000033_ticket;
mod m20261129_000034_task_tickets;
mod m20261129_000035_message_ticket;
mod m20261129_000036_chat_bots;
mod m20261129_000037_link_use;
mod m20261129_000040_message_template_name;
mod m20261129_000041_channel_version;
mod m20261130_000042_task_streak;
mod m20261130_000044_versions;
mod m20261130_000046_ticket_check;
mod m20261130_000047_urge_default;
mod m20261130_000048_oncall;
mod m20261130_000050_mask_links;
mod m20261130_000051_people_of_bots;
mod m20261130_000054_imported_line;
mod m20261130_000056_run_lists;
mod m20261130_000057_retention;
mod m20261130_000058_start_url;
mod m20261130_000064_message_of_ticket;
mod m20261130_000066_message_maybe_twice;
mod m20261130_000068_tickets_of_task;
mod m20261130_000071_upkeep;
mod m20261130_000072_channel_limited;
mod m20261130_000074_person;
mod m20261130_000076_audit_chain;
mod m20261130_000077_repairs;
mod m20261130_000078_scopes_and_sessions;
mod m20261130_000079_token_limits;
mod m20261130_000082_message_pace;
mod m20261130_000084_owner_of_chat;
mod m20261201_000080_message_limited;
mod m20261201_000083_calendar_refresh;
mod words;

pub use words::{OWNER_MARK, TAG_MARK, fold, search_text};

/// Runs what the database does not have yet.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_accounts::Migration),
            Box::new(m20261122_000002_create_tasks::Migration),
            Box::new(m20261122_000003_create_ledger::Migration),
            Box::new(m20261122_000004_schedule_rules::Migration),
            Box::new(m20261122_000005_execution::Migration),
            Box::new(m20261123_000006_narrow_origins::Migration),
            Box::new(m20261123_000007_message_run::Migration),
            Box::new(m20261129_000008_task_search::Migration),
            Box::new(m20261129_000010_results_and_refusals::Migration),
            Box::new(m20261129_000013_run_streak::Migration),
            Box::new(m20261129_000014_audit_version::Migration),
            Box::new(m20261129_000015_task_notes::Migration),
            Box::new(m20261129_000016_channel_proxy::Migration),
            Box::new(m20261129_000017_outbox_facts::Migration),
            Box::new(m20261129_000018_channel_settings::Migration),
            Box::new(m20261129_000020_audit_client::Migration),
            Box::new(m20261129_000022_message_history::Migration),
            Box::new(m20261129_000023_message_rules::Migration),
            Box::new(m20261129_000024_channel_of_task::Migration),
            Box::new(m20261129_000026_events::Migration),
            Box::new(m20261129_000027_announced::Migration),
            Box::new(m20261129_000028_message_template::Migration),
            Box::new(m20261129_000029_picture::Migration),
            Box::new(m20261129_000031_message_summary::Migration),
            Box::new(m20261129_000032_channel_fallback::Migration),
            Box::new(m20261129_000033_ticket::Migration),
            Box::new(m20261129_000034_task_tickets::Migration),
            Box::new(m20261129_000035_message_ticket::Migration),
            Box::new(m20261129_000036_chat_bots::Migration),
            Box::new(m20261129_000037_link_use::Migration),
            Box::new(m20261129_000040_message_template_name::Migration),
            Box::new(m20261129_000041_channel_version::Migration),
            Box::new(m20261130_000042_task_streak::Migration),
            Box::new(m20261130_000044_versions::Migration),
            Box::new(m20261130_000046_ticket_check::Migration),
            Box::new(m20261130_000047_urge_default::Migration),
            Box::new(m20261130_000048_oncall::Migration),
            Box::new(m20261130_000050_mask_links::Migration),
            Box::new(m20261130_000051_people_of_bots::Migration),
            Box::new(m20261130_000054_imported_line::Migration),
            Box::new(m20261130_000056_run_lists::Migration),
            Box::new(m20261130_000057_retention::Migration),
            Box::new(m20261130_000058_start_url::Migration),
            Box::new(m20261130_000064_message_of_ticket::Migration),
            Box::new(m20261130_000066_message_maybe_twice::Migration),
            Box::new(m20261130_000068_tickets_of_task::Migration),
            Box::new(m20261130_000071_upkeep::Migration),
            Box::new(m20261130_000072_channel_limited::Migration),
            Box::new(m20261130_000074_person::Migration),
            Box::new(m20261130_000076_audit_chain::Migration),
            Box::new(m20261130_000077_repairs::Migration),
            Box::new(m20261130_000078_scopes_and_sessions::Migration),
            Box::new(m20261130_000079_token_limits::Migration),
            Box::new(m20261130_000082_message_pace::Migration),
            Box::new(m20261130_000084_owner_of_chat::Migration),
            Box::new(m20261201_000080_message_limited::Migration),
            Box::new(m20261201_000083_calendar_refresh::Migration),
        ]
    }
}

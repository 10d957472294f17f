//! One file per page.

pub(super) mod about;
pub(super) mod account;
pub(super) mod admin;
pub(super) mod blackouts;
pub(super) mod calendar;
pub(super) mod calendars;
pub(super) mod channels;
mod listing;
pub(super) mod messages;
pub(super) mod nodes;
pub(super) mod not_found;
pub(super) mod occurrences;
pub(super) mod overview;
pub(super) mod pictures;
pub(super) mod pools;
pub(super) mod rules;
pub(super) mod run;
pub(super) mod secrets;
pub(super) mod sign_in;
pub(super) mod start;
pub(super) mod summaries;
pub(super) mod task;
pub(super) mod task_form;
pub(super) mod task_list;
pub(super) mod templates;
pub(super) mod users;

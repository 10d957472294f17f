//! One file per page.

pub(super) mod about;
mod account;
mod admin;
mod blackouts;
mod calendar;
mod calendars;
mod channels;
mod listing;
mod messages;
mod nodes;
pub(super) mod not_found;
mod occurrences;
pub(super) mod overview;
pub(super) mod parts;
mod pictures;
mod pools;
mod rules;
mod run;
mod secrets;
pub(super) mod sign_in;
mod start;
mod summaries;
mod task;
mod task_form;
pub(super) mod task_list;
mod templates;
mod users;

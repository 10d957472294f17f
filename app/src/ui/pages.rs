//! One file a page.

pub(super) mod admin;
pub(super) mod channels;
pub(super) mod not_found;
pub(super) mod overview;
pub(super) mod run;
pub(super) mod sign_in;
pub(super) mod task;
pub(super) mod task_form;
pub(super) mod task_list;
pub(super) mod users;

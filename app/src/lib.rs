//! Everything that the browser and the server share.
//!
//! - [`task`], [`run`], [`channel`], [`message`], [`summary`], [`user`]: the types of the product, and the rules on
//!   input;
//! - [`schedule`]: when a task fires; [`calendar`]: working days, days off and blackouts; [`occurrence`]: planned
//!   firings, previews, explanations;
//! - [`oncall`]: rotas, and who is on call;
//! - [`person`]: zones and hours of people;
//! - [`ticket`]: what people are asked for until it is done, and how often and when they are asked;
//! - [`retention`]: how long history is kept; [`upkeep`]: whether it is still deleted, and backups are made;
//! - [`start_url`]: addresses that start a task;
//! - [`secret`], [`pool`], [`node`]: secrets of runs, limits on simultaneous runs, and servers;
//! - [`ansi`]: terminal output of commands, made harmless;
//! - [`cron`]: cron expressions, their faults and their descriptions in two languages;
//! - [`import`]: crontabs that become tasks;
//! - [`name`]: names that are visible and distinguishable;
//! - [`auth`]: authorization; [`error`]: the error that clients see;
//! - [`backend`]: what the product can do, a trait that `server` implements;
//! - [`server_fns`]: the pages' access to it; [`page`]: the data of each page;
//! - [`reader`]: who reads a page; [`response`]: the answer being made;
//! - [`ui`]: the pages; [`mod@texts`]: their texts; [`i18n`]: the languages; [`routes`]: paths;
//! - [`transition`]: states and the steps between them;
//! - [`time`]: instants; [`duration`]: lengths of time; [`wire`]: how data reaches the browser.
//!
//! This crate never depends on tokio, axum, sea-orm or reqwest (`server/tests/it/arrows.rs`).

pub mod ansi;
pub mod audit;
pub mod auth;
pub mod backend;
pub mod calendar;
pub mod channel;
pub mod cron;
pub mod done;
pub mod duration;
pub mod error;
pub mod i18n;
pub mod id;
pub mod import;
pub mod message;
pub mod name;
pub mod node;
pub mod occurrence;
pub mod oncall;
pub mod page;
pub mod person;
pub mod pool;
pub mod reader;
pub mod response;
pub mod retention;
pub mod routes;
pub mod rule;
pub mod run;
pub mod schedule;
pub mod secret;
pub mod server_fns;
pub mod start_url;
pub mod summary;
pub mod task;
pub mod texts;
pub mod ticket;
pub mod time;
pub mod transition;
pub mod ui;
pub mod upkeep;
pub mod user;
pub mod wire;

pub use ui::{App, refused, shell};

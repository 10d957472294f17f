//! The server: everything native.
//!
//! One scheduled run, from the clock to the chat: [`scheduler`] writes the firing into the ledger ahead of time,
//! claims it at its instant (one transaction, [`store`]), and hands it to the [`executor`], which has the [`runner`]
//! carry out its order ([`dispatch`]) and passes the result to the [`recorder`]; that writes results in groups, each
//! with the messages it causes, which [`messages`] sends.
//!
//! Three thin doors lead to one [`service`]: [`api`] (REST), [`pages`] (pages and server functions) and [`cli`]. The
//! first two share [`http`]; [`router`] puts them together, and [`lifecycle`] opens them. No module imports one above
//! it (`server/tests/it/arrows/rooms.rs`).

// The futures of the whole server, its pages included, are one nested type.
#![recursion_limit = "256"]

pub mod admission;
pub mod api;
pub mod archive;
pub mod audit;
pub mod auth;
pub mod brief;
pub mod calendar;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod dispatch;
pub mod error;
pub mod events;
pub mod executor;
pub mod facts;
pub mod failpoints;
pub mod firings;
pub mod help;
pub mod http;
pub mod importers;
pub mod lifecycle;
pub mod loops;
pub mod messages;
pub mod oncall;
pub mod outbound;
pub mod output;
pub mod pages;
pub mod quiet;
pub mod recorder;
pub mod retention;
pub mod router;
pub mod run;
pub mod scheduler;
pub mod service;
pub mod store;
pub mod takeover;
pub mod telemetry;
pub mod template;
pub mod text;
pub mod texts;
pub mod timetable;
pub mod urge;
pub mod yaml;

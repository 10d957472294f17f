//! What the server does, seen from outside: one binary, one file an area of behaviour.
//!
//! Every test has its own database, made by the real migrator: an SQLite file, or, when
//! `JCRONTAB_TEST_DATABASE=mysql://USER:PASSWORD@HOST:PORT` is set, a database of its own on that
//! server. Time is a manual clock, chat robots are local, commands are real. Nothing waits by
//! sleeping: every wait is for a signal, with an overall limit that means failure.

mod helpers;

mod access;
mod accounts;
mod acts;
mod admission;
mod arrows;
mod audit_client;
mod brief;
mod channels;
mod chat;
mod cli;
mod cli_admin;
mod cli_edit;
mod cli_people;
mod cli_usage;
mod clock_back;
mod clock_steps;
mod connections;
mod containment;
mod defences;
mod delete_elsewhere;
mod delivery;
mod doors_time;
mod events;
mod events_ahead;
mod events_heard;
mod execution_input;
mod execution_success;
mod executor;
mod failed_forms;
mod fallback_channels;
mod faults;
mod glossary;
mod health;
mod hostile_names;
mod http_task;
mod inputs;
mod isolation;
mod kept_list;
mod loops;
mod manual;
mod message_golden;
mod message_history;
mod message_texts;
mod messages;
mod model;
mod named_templates;
mod node_heartbeat;
mod outbound;
mod outbox_facts;
mod outbox_pace;
mod output;
mod own_password;
mod pictures;
mod pools;
mod process;
mod query_plans;
mod refused_database;
mod restart;
mod rules;
mod said;
mod scheduling;
mod secrets;
mod sessions;
mod sign_in_limits;
mod slow_receivers;
mod streams;
mod summaries;
mod task_runbook;
mod tasks;
mod tasks_input;
mod telemetry;
mod templates;
mod time_edits;
mod time_explained;
mod time_missed;
mod time_pages;
mod time_rules;
mod vendors;

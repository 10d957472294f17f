//! What the server does, seen from outside: one binary, one file an area of behaviour.
//!
//! Every test has its own database, made by the real migrator: an SQLite file, or, when
//! `JCRONTAB_TEST_DATABASE=mysql://USER:PASSWORD@HOST:PORT` is set, a database of its own on that
//! server. Time is a manual clock, chat robots are local, commands are real. Nothing waits by
//! sleeping: every wait is for a signal, with an overall limit that means failure.

mod helpers;

mod access;
mod accounts;
mod arrows;
mod channels;
mod cli;
mod cli_usage;
mod clock_back;
mod clock_steps;
mod containment;
mod defences;
mod delete_elsewhere;
mod doors_time;
mod execution_input;
mod executor;
mod faults;
mod http_task;
mod isolation;
mod kept_list;
mod manual;
mod messages;
mod model;
mod output;
mod pools;
mod process;
mod query_plans;
mod restart;
mod room;
mod scheduling;
mod secrets;
mod sessions;
mod tasks;
mod tasks_input;
mod time_edits;
mod time_missed;
mod time_pages;
mod time_rules;

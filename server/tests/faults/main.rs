//! The fault suite: real servers, real databases, real commands, and things that go wrong.
//!
//! Each row of the fault matrix is applied to an installation of its own. The commands under test append a line to a
//! ledger; afterwards a judge (`checker`) matches targets, lines and the database: every occurrence exactly once, or
//! a row that says why not. Without arguments this is the short version on SQLite, and on the MariaDB of
//! `JCRONTAB_TEST_DATABASE` if that is set; see `docs/FAULTS.md`.

mod args;
mod checker;
mod database;
mod faketime;
mod history;
mod lot;
mod maria;
mod node;
mod proxy;
mod row;
mod rows;
mod selfcheck;
mod site;
mod wait;
#[path = "../it/helpers/wecom_bot.rs"]
#[expect(dead_code, reason = "a row needs a part of this vendor only")]
mod wecom_bot;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::signal::unix::{SignalKind, signal};

use args::{Asked, Options};
use checker::Counts;
use lot::Lot;
use maria::Maria;
use row::{Outcome, Row, Setting};
use site::Engine;
use wait::in_time;

/// The message and place of the last panic: the first line of a row's failure.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let options = match args::read(std::env::args().skip(1)) {
        Asked::Run(options) => options,
        Asked::Say(text) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Asked::Refuse(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = panic.to_string();
        }
    }));
    // reqwest is built without a crypto provider.
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("installed once");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let code = runtime.block_on(async {
        tokio::select! {
            code = suite(options) => code,
            code = interrupted() => code,
        }
    });
    // Rows that were interrupted end their servers as they are dropped.
    drop(runtime);
    code
}

/// Ctrl-C or a kill: everything that was started ends with us.
async fn interrupted() -> ExitCode {
    let mut listeners = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ]
    .map(|kind| signal(kind).expect("a signal handler"));
    let [int, term, hup] = &mut listeners;
    tokio::select! {
        _ = int.recv() => {}
        _ = term.recv() => {}
        _ = hup.recv() => {}
    }
    eprintln!("interrupted; ending all servers");
    ExitCode::from(130)
}

async fn suite(options: Options) -> ExitCode {
    println!(
        "fault suite: seed {}{}",
        options.seed,
        if options.short { " (short cut)" } else { "" }
    );
    match selfcheck::run_all() {
        Ok(faults) => println!("judge: sound; it found {faults} faults in histories made by hand"),
        Err(wrong) => {
            println!("judge: FAIL {wrong}");
            return ExitCode::FAILURE;
        }
    }
    let mut tally = Tally::default();
    for engine in [Engine::Sqlite, Engine::Mariadb] {
        if options.only.is_some_and(|only| only != engine) {
            continue;
        }
        let rows: Vec<Row> = rows::all()
            .into_iter()
            .filter(|row| wanted(row, engine, &options))
            .collect();
        if rows.is_empty() {
            continue;
        }
        let maria = match engine {
            Engine::Sqlite => None,
            Engine::Mariadb => match mariadb(&options).await {
                Ok(maria) => Some(Arc::new(maria)),
                Err(why) => {
                    println!("mariadb: not run: {why}");
                    // A full run requires it.
                    tally.failed += u32::from(!options.short);
                    continue;
                }
            },
        };
        for row in rows {
            tally.row(&row, engine, maria.clone(), &options).await;
        }
    }
    tally.print(&options)
}

fn wanted(row: &Row, engine: Engine, options: &Options) -> bool {
    row.on.contains(&engine)
        && (row.short || !options.short)
        && (options.rows.is_empty() || options.rows.contains(&row.number))
}

async fn mariadb(options: &Options) -> Result<Maria, String> {
    if options.short {
        return Maria::given().ok_or_else(|| "JCRONTAB_TEST_DATABASE is not set".to_owned());
    }
    Maria::start_own().await.map_err(|error| error.to_string())
}

/// The results of all rows.
#[derive(Default)]
struct Tally {
    counts: Counts,
    passed: u32,
    failed: u32,
    not_run: u32,
    again: Vec<String>,
}

impl Tally {
    async fn row(
        &mut self,
        row: &Row,
        engine: Engine,
        maria: Option<Arc<Maria>>,
        options: &Options,
    ) {
        let setting = Setting {
            options: options.clone(),
            engine,
            maria,
            lot: Lot::new(options.seed, row.number),
        };
        let since = Instant::now();
        // A task of its own, so that a failed assertion ends only that task.
        let mut running = Guard(tokio::spawn((row.run)(setting)));
        let outcome = (&mut running.0).await;
        let head = format!("row {:>2} {engine:<7} {}", row.number, row.title);
        let seconds = since.elapsed().as_secs_f64();
        match outcome {
            Ok(Outcome::Passed { counts, notes }) => {
                println!(
                    "{head}: PASS {seconds:.1} s: {}",
                    [vec![counts.to_string()], notes].concat().join("; ")
                );
                self.counts.sum(&counts);
                self.passed += 1;
            }
            Ok(Outcome::NotRun(why)) => {
                println!("{head}: not run: {why}");
                self.not_run += 1;
            }
            Err(error) => {
                let said = LAST_PANIC
                    .lock()
                    .map(|said| said.clone())
                    .unwrap_or_default();
                println!("{head}: FAIL {seconds:.1} s: {error}\n      {said}");
                self.failed += 1;
                let cut = if options.short { " --short" } else { "" };
                self.again.push(format!(
                    "--rows {} --only {engine} --seed {}{cut}",
                    row.number, options.seed
                ));
            }
        }
    }

    fn print(&self, options: &Options) -> ExitCode {
        println!(
            "fault suite: {} passed, {} failed, {} not run; {}",
            self.passed, self.failed, self.not_run, self.counts
        );
        for again in &self.again {
            println!("again: cargo test --test faults -- {again}");
        }
        if self.failed > 0 {
            println!("seed {}", options.seed);
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}

/// Ends a row when it is dropped.
struct Guard<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for Guard<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

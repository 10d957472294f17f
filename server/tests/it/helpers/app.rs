//! The server's parts on a database of a test's own, with a manual clock.

mod outbox;

use std::sync::Arc;

use app::auth::{Principal, Proof, Role, Scopes, Via};
use app::backend::{Caller, Channels, Runs, Tasks, Tickets};
use app::channel::{Channel, ChannelDraft, ChannelKind};
use app::i18n::Lang;
use app::id::{RunId, TaskId, TicketId};
use app::run::{HistoryItem, Run};
use app::schedule::Schedule;
use app::task::{TaskDraft, TaskSpec, TaskView};
use app::ticket::TicketQuery;
use axum::Router;
use chrono::TimeDelta;
use clap::Parser;
use runner::Identity;
use server::auth::token::{API_PREFIX, hash, new_secret, random_id};
use server::clock::{Clock, SharedClock};
use server::config::Config;
use server::http::Web;
use server::http::rate::RateLimits;
use server::http::site::Site;
use server::lifecycle::{self, Assembled, DataDir};
use server::recorder::Spool;
use server::scheduler::reap_dead_nodes;
use server::service::{Components, Service};
use server::store::{Act, NewSession, NewTokenRow, NodeRow, Origin, Store, TokenPut};

use super::clock::{ManualClock, at};
use super::node::{Node, until};
use super::place::Place;
use super::{Browser, browser};

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// One server process, without its loops: tests drive those step by step.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) components: Components,
    pub(crate) service: Arc<Service>,
    pub(crate) me: NodeRow,
    router: Router,
    notifying: std::sync::Mutex<Vec<tokio::task::JoinHandle<()>>>,
    _parts: Assembled,
    // Last, so that everything else has let go of it.
    pub(crate) place: Arc<Place>,
}

impl TestApp {
    /// A new installation at 2026-11-22T08:00:00Z, a Sunday, which may send to this machine.
    pub(crate) async fn new() -> Self {
        Self::with(&["--outbound-allow=127.0.0.0/8"]).await
    }

    /// A new installation with other settings.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let clock = Arc::new(ManualClock::new(at("2026-11-22T08:00:00Z")));
        Self::start(Place::new().await, clock, None, flags).await
    }

    /// A process on an installation; `url` replaces the database's address.
    pub(crate) async fn start(
        place: Arc<Place>,
        clock: Arc<ManualClock>,
        url: Option<&str>,
        flags: &[&str],
    ) -> Self {
        Self::start_with(place, clock, url, flags, |_| {}).await
    }

    /// A process on an installation, with something done to its store before anybody has it.
    pub(crate) async fn start_with(
        place: Arc<Place>,
        clock: Arc<ManualClock>,
        url: Option<&str>,
        flags: &[&str],
        prepare: impl FnOnce(&mut Store),
    ) -> Self {
        let url = format!("--database-url={}", url.unwrap_or(&place.database.url));
        let data_dir = format!("--data-dir={}", place.data().display());
        let scratch_dir = format!("--scratch-dir={}", place.scratch().display());
        let fixed = [
            "test",
            &url,
            &data_dir,
            &scratch_dir,
            "--default-zone=UTC",
            "--message-lang=zh",
            "--public-url=http://cron.test",
            "--listen=127.0.0.1:8000",
            "--run-as=nobody",
            "--allow-root=0",
            // Tests walk through all routes in no time, and their clock stands still.
            "--requests-per-minute=0",
            // Whatever the disk of the machine that tests has left.
            "--output-min-free=0",
        ];
        let name = |flag: &str| flag.split('=').next().unwrap_or_default().to_owned();
        let replaced = |fixed: &&str| flags.iter().any(|flag| name(flag) == name(fixed));
        let arguments = fixed
            .into_iter()
            .filter(|flag| !replaced(flag))
            .chain(flags.iter().copied());
        let config = Arguments::try_parse_from(arguments)
            .unwrap_or_else(|error| panic!("{error}"))
            .config;
        let open = || DataDir::open(&config.data_dir).expect("the data folder");
        let data = place.folder.get_or_init(open);
        let mut store = Store::open(&config.database_url, data.path())
            .await
            .expect("the database");
        store.migrate().await.expect("migrations");
        prepare(&mut store);
        let identity = Identity::new(
            config.run_as(),
            config.allows_root(),
            data.path(),
            data.host_key(),
            &config.scratch_dir,
        )
        .expect("a user to run commands as")
        .allowing(&config.run_as_allow)
        .pooled(config.run_as_pool().expect("a pool"))
        .expect("users");
        let shared: SharedClock = clock.clone();
        let parts =
            lifecycle::assemble(&config, data, store, &shared, Some(identity)).expect("the parts");
        let (components, service) = (parts.components.clone(), Arc::clone(&parts.service));
        let me = parts.node.clone();
        let web = Web {
            turns: server::http::turns::Turns::default(),
            rates: RateLimits::new(config.requests_per_minute, clock.clone()),
            service: Arc::clone(&service),
            site: Site::find(),
            base_url: config.base_url().into(),
            stop: tokio_util::sync::CancellationToken::new(),
        };
        let router = browser::router(&web).await;
        // As `lifecycle::serve` does it, without the loops.
        let spool = Spool::new(data.path().join("results.spool"));
        server::recorder::replay(&components.store, &spool, |_, _| {})
            .await
            .expect("what waited on disk");
        reap_dead_nodes(
            &components.store,
            &shared,
            &me,
            server::scheduler::HeartbeatEvidence::Inconclusive,
        )
        .await
        .expect("burying");
        components
            .store
            .insert_node(&me, clock.now())
            .await
            .expect("the node's row");
        Self {
            clock,
            components,
            service,
            me,
            router,
            notifying: std::sync::Mutex::default(),
            _parts: parts,
            place,
        }
    }

    /// The process dies without notice; its installation remains.
    pub(crate) fn die(self) -> (Arc<Place>, Arc<ManualClock>) {
        (Arc::clone(&self.place), Arc::clone(&self.clock))
    }

    /// The console, reading English.
    pub(crate) fn console(&self) -> Caller {
        Caller {
            principal: Some(Principal::console()),
            lang: Lang::En,
        }
    }

    /// A user with a role and a session.
    pub(crate) fn person(&self, name: &str, role: Role) -> Caller {
        let who = Principal {
            user_id: None,
            name: name.to_owned(),
            role,
            via: Via::Session,
            from: None,
            press: None,
            proof: Proof::Other,
        };
        Caller {
            principal: Some(who),
            lang: Lang::En,
        }
    }

    /// An act of the console, for calls that use the store directly.
    pub(crate) fn act(&self) -> Act {
        Act::by(&Principal::console(), "test", self.clock.now())
    }

    /// A browser in which a user with this role is signed in.
    pub(crate) async fn signed_in(&self, name: &str, role: Role) -> Browser {
        let now = self.clock.now();
        let user = self
            .components
            .store
            .insert_user(&self.act(), name, role, "no password")
            .await
            .expect("a user");
        let secret = new_secret();
        let key = hash(&secret);
        let session = NewSession {
            hash: &key,
            expires_at: now + TimeDelta::days(30),
            origin: Origin::default(),
        };
        self.components
            .store
            .insert_session(&self.act(), &session, (user, "no password"))
            .await
            .expect("a session");
        let browser = self.browser();
        browser.put_cookie("jcrontab_session", &secret);
        browser
    }

    /// Serves it to other processes until the test ends; gives its address.
    pub(crate) async fn served(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("its address");
        let router = self.router.clone();
        let serving = tokio::spawn(async move {
            // It ends with the test.
            axum::serve(listener, router).await.ok();
        });
        self.notifying.lock().expect("handles").push(serving);
        format!("http://{address}")
    }

    /// A browser without a session.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A token with all scopes of a new account with this role.
    pub(crate) async fn token(&self, name: &str, role: Role) -> String {
        self.token_with(name, role, Scopes::all()).await
    }

    /// A token with these scopes of a new account with this role.
    pub(crate) async fn token_with(&self, name: &str, role: Role, scopes: Scopes) -> String {
        let user = self
            .components
            .store
            .insert_user(&self.act(), name, role, "no password")
            .await
            .expect("a user");
        let token = format!("{API_PREFIX}{}", new_secret());
        let key = hash(&token);
        let row = NewTokenRow {
            name: "test",
            prefix: API_PREFIX,
            hash: &key,
            scopes,
            limits: None,
            expires_at: None,
        };
        let put = self
            .components
            .store
            .insert_token(&self.act(), None, user, &row)
            .await;
        let put = put.expect("the database");
        assert!(matches!(put, TokenPut::Done(_)), "{put:?}");
        token
    }

    pub(crate) async fn add(&self, draft: TaskDraft) -> TaskView {
        self.service
            .task_create(&self.console(), &draft)
            .await
            .expect("a task")
    }

    /// Creates many tasks in UTC that run a command, directly in the store.
    pub(crate) async fn add_many(&self, count: usize, cron: &str, command: &str) {
        for number in 0..count {
            let spec = TaskSpec {
                name: format!("task {number}"),
                command: command.to_owned(),
                schedules: vec![Schedule::plain(cron)],
                ..TaskSpec::example()
            };
            let act = self.act();
            let inserted = self
                .components
                .store
                .insert_task(&act, &spec, |_| Vec::new());
            inserted.await.expect("a task");
        }
    }

    pub(crate) async fn channel(&self, name: &str, kind: ChannelKind, url: &str) -> Channel {
        let draft = ChannelDraft {
            name: name.to_owned(),
            kind,
            url: url.to_owned(),
            ..ChannelDraft::default()
        };
        self.service
            .channel_create(&self.console(), &draft)
            .await
            .expect("a channel")
    }

    /// Starts a task manually.
    pub(crate) async fn start_run(&self, task: TaskId) -> RunId {
        self.service
            .task_run(&self.console(), task, &Default::default())
            .await
            .expect("a start")
            .id
    }

    /// Runs a command manually and waits for its end.
    pub(crate) async fn execute(&self, draft: TaskDraft) -> (Run, Vec<u8>) {
        let task = self.add(draft).await;
        let run = self.start_run(task.id).await;
        let run = self.ended(run).await;
        let output = self
            .service
            .run_output_raw(&self.console(), run.id)
            .await
            .expect("its output");
        (run, output)
    }

    /// Waits for the end of a run.
    pub(crate) async fn ended(&self, id: RunId) -> Run {
        self.until("the end of a run", async || {
            let run = self
                .service
                .run_get(&self.console(), id)
                .await
                .expect("the run");
            run.state.is_over().then_some(run)
        })
        .await
    }

    /// The latest ticket of a task.
    pub(crate) async fn ticket_of(&self, task: TaskId) -> TicketId {
        let query = TicketQuery {
            task: Some(task),
            state: "all".to_owned(),
            ..TicketQuery::default()
        };
        let listed = self.service.ticket_list(&self.console(), &query).await;
        listed.expect("tickets").items.first().expect("a ticket").id
    }

    /// Runs of a task, oldest first.
    pub(crate) async fn runs(&self, task: TaskId) -> Vec<Run> {
        let mut runs = self
            .components
            .store
            .task_runs(task, None, 1000)
            .await
            .expect("runs");
        runs.reverse();
        runs
    }

    /// The history of a task, newest first, in words: `succeeded`, `skipped(overlap)`, ….
    pub(crate) async fn history(&self, task: TaskId) -> Vec<String> {
        let page = self
            .service
            .task_history(&self.console(), task, None, 200)
            .await
            .expect("history");
        page.items
            .iter()
            .map(|item| match item {
                HistoryItem::Run(run) => run.state.as_str().to_owned(),
                HistoryItem::Unrun(unrun) => {
                    format!(
                        "{}({})",
                        format!("{:?}", unrun.state).to_lowercase(),
                        unrun.reason
                    )
                }
            })
            .collect()
    }

    /// Waits for something that a signal announces.
    pub(crate) async fn until<T>(&self, what: &str, check: impl AsyncFnMut() -> Option<T>) -> T {
        until(&self.service, what, check).await
    }

    /// This process's loop.
    pub(crate) async fn node(&self) -> Node {
        Node::start(self, self.components.store.clone(), self.me.clone()).await
    }

    /// Another process's loop on the same database.
    pub(crate) async fn second_node(&self) -> Node {
        let url = &self.place.database.url;
        // SQLite allows one process only, so there both share its connections.
        let store = if url.is_empty() {
            self.components.store.clone()
        } else {
            Store::open(url, &self.place.data())
                .await
                .expect("the database")
        };
        let row = NodeRow {
            id: random_id(16),
            host_key: random_id(16),
            ..self.me.clone()
        };
        store
            .insert_node(&row, self.clock.now())
            .await
            .expect("the node's row");
        Node::start(self, store, row).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        for looping in self.notifying.lock().expect("handles").drain(..) {
            looping.abort();
        }
    }
}

/// A task in UTC that runs a command.
pub(crate) fn draft(name: &str, cron: &str, command: &str) -> TaskDraft {
    TaskDraft {
        name: name.to_owned(),
        cron: cron.to_owned(),
        command: command.to_owned(),
        zone: "UTC".to_owned(),
        ..TaskDraft::default()
    }
}

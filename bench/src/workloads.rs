//! The workloads, P1 to P20.

mod ballast;
mod brief;
mod claims;
mod edit;
mod fill;
pub(crate) mod fires;
mod history;
mod idle;
mod limits;
mod messages;
mod nodes;
mod outage;
mod output;
mod pages;
mod planning;
mod preview;
mod retention;
mod start;
mod sustained;
mod tickets;
mod visit;
mod webhooks;

use crate::Failure;
use crate::report::Report;
use crate::stage::Stage;

/// A section of the page.
pub(crate) struct Title {
    pub(crate) workload: &'static str,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

const fn title(workload: &'static str, name: &'static str, what: &'static str) -> Title {
    Title {
        workload,
        name,
        what,
    }
}

/// All sections, in their order.
pub(crate) const TITLES: &[Title] = &[
    title(
        "limits",
        "What this machine can do",
        "Programs started and commits made by bare loops: what no scheduler here can exceed.",
    ),
    title(
        "P1",
        "One task due",
        "One task is due while 1,101 are loaded, at several instants.",
    ),
    title(
        "P2",
        "100 tasks due at once",
        "100 of 1,101 tasks are due on one second.",
    ),
    title(
        "P3",
        "1,000 tasks due at once",
        "1,000 of 1,101 tasks are due on one second; the rate is that of the 1,000 starts.",
    ),
    title(
        "P4",
        "CPU time of a fire",
        "Of the instants of P3: CPU time of the scheduler and all it started, divided by 1,000.",
    ),
    title(
        "P5",
        "Memory and count over many instants",
        "1,000 tasks due at once, again and again; memory is watched, each instant is counted.",
    ),
    title(
        "P6",
        "Idle",
        "Nothing is due; memory, and CPU time as a share of one core.",
    ),
    title(
        "P7",
        "Start",
        "From starting the program until it answers, and until the first command that it starts stamps; the database has 1,000 tasks.",
    ),
    title(
        "P8",
        "The list of 1,000 tasks",
        "Its page (50 tasks on it, made on the server) and the JSON of all tasks, from one connection; the rate from four (wrk).",
    ),
    title(
        "P9",
        "The first visit",
        "What a browser downloads, as compressed by the server, and the time until a page answers to a click in headless Chromium.",
    ),
    title(
        "P10",
        "An edit takes effect",
        "From an edit of a task until the loop of a node has planned it anew.",
    ),
    title(
        "P11",
        "Pages with much history",
        "The list of tasks and a task's page with its history, with an empty database and with 1 and 10 million runs.",
    ),
    title(
        "P12",
        "The claim",
        "The transaction that claims 1,000 due firings, from its begin to its commit, and how many commits an instant takes: both from the server's own log.",
    ),
    title(
        "P13",
        "Several nodes",
        "1,000 tasks due at once on one MariaDB with one, two and three nodes on these cores; then one of them is killed.",
    ),
    title(
        "P14",
        "1,000 webhooks at once",
        "Tasks that send a request, to a server on the loopback.",
    ),
    title(
        "P15",
        "100 fires a second, sustained",
        "100 tasks due each second.",
    ),
    title(
        "P16",
        "After an outage",
        "1,000 tasks that are to catch up once; the server was down over their instant.",
    ),
    title(
        "P17",
        "Output",
        "100 commands that write 1 MB each at once, and one that writes 1 GB.",
    ),
    title(
        "P18",
        "A large server",
        "1,000 starts by a server that holds 500 MB more: a server that forks is slow then.",
    ),
    title(
        "P20",
        "Planning",
        "The next firing of 100,000 schedules, and the next hour of 10,000, on one core and without a database.",
    ),
    title(
        "preview",
        "The preview of a schedule",
        "Sixteen expressions, easy and hard, over REST.",
    ),
    title(
        "messages",
        "Messages",
        "1,000 messages to 50 channels, starts while they are sent, and a send while 100,000 wait.",
    ),
    title(
        "tickets",
        "Tickets",
        "1,000 urges due at one instant, the share of a core that 10,000 open tickets cost while nothing is due, and a button that is pressed in a chat.",
    ),
    title(
        "retention",
        "Retention",
        "A million runs are deleted while 20 tasks are due on each second.",
    ),
    title(
        "brief",
        "The failure brief",
        "Of a run that wrote nearly 8 MiB and failed, beside a success that wrote as much, over REST.",
    ),
];

/// Runs the requested workloads, or all if none is named. One that fails is recorded, and the next one continues.
pub(crate) async fn run(
    stage: &mut Stage,
    report: &mut Report,
    wanted: &[&str],
) -> Result<(), Failure> {
    let known = |name: &str| GROUPS.iter().any(|group| group.contains(&name));
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        return Err(format!("there is no workload {unknown}").into());
    }
    stage.start_mariadb()?;
    for group in GROUPS {
        if !wanted.is_empty() && !group.iter().any(|name| wanted.contains(name)) {
            continue;
        }
        let first = group[0];
        progress(group);
        if let Err(error) = one(first, stage, report).await {
            progress_failed(first, &error);
            report.failed.push((first.to_owned(), error.to_string()));
        }
    }
    Ok(())
}

/// These workloads and those that are measured together with them.
pub(crate) fn whole_groups(wanted: &[&str]) -> Vec<&'static str> {
    let groups = GROUPS
        .iter()
        .filter(|group| group.iter().any(|name| wanted.contains(name)));
    groups.flat_map(|group| group.iter().copied()).collect()
}

/// Workloads that are measured together, by the first of them.
const GROUPS: &[&[&str]] = &[
    &["limits"],
    &["P1", "P2", "P3", "P4"],
    &["peers"],
    &["P5", "P12"],
    &["P6"],
    &["P7"],
    &["P8"],
    &["P9"],
    &["P10"],
    &["P11"],
    &["P13"],
    &["P14"],
    &["P15"],
    &["P16"],
    &["P17"],
    &["P18"],
    &["preview"],
    &["brief"],
    &["messages"],
    &["tickets"],
    &["retention"],
    // Last: it leaves a grown heap in this process.
    &["P20"],
];

async fn one(name: &str, stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    match name {
        "limits" => limits::measure(stage, report),
        "P1" => fires::measure(stage, report).await,
        "peers" => crate::peers::measure(stage, report).await,
        "P5" => claims::measure(stage, report).await,
        "P8" => pages::measure(stage, report).await,
        "P9" => visit::measure(stage, report).await,
        "P11" => history::measure(stage, report).await,
        "P6" => idle::measure(stage, report).await,
        "P7" => start::measure(stage, report).await,
        "P10" => edit::measure(stage, report).await,
        "P13" => nodes::measure(stage, report).await,
        "P14" => webhooks::measure(stage, report).await,
        "P15" => sustained::measure(stage, report).await,
        "P16" => outage::measure(stage, report).await,
        "P17" => output::measure(stage, report).await,
        "P18" => ballast::measure(stage, report).await,
        "P20" => planning::measure(report),
        "brief" => brief::measure(stage, report).await,
        "messages" => messages::measure(stage, report).await,
        "tickets" => tickets::measure(stage, report).await,
        "preview" => preview::measure(stage, report).await,
        "retention" => retention::measure(stage, report).await,
        _ => Err(format!("{name} has no code").into()),
    }
}

#[expect(clippy::print_stderr, reason = "who waits wants to know for what")]
fn progress(group: &[&str]) {
    eprintln!("measuring {} …", group.join(", "));
}

#[expect(clippy::print_stderr, reason = "who waits wants to know for what")]
fn progress_failed(name: &str, error: &Failure) {
    eprintln!("{name} failed: {error}");
}

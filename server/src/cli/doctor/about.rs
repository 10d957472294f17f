//! Checks the report of a server, or of its parts opened here, about itself.

use app::calendar::Calendar;
use app::page::About;
use chrono::Datelike;

use super::report::Report;
use crate::clock::{Clock, SystemClock};
use crate::service::UNNAMED_ZONE;
use crate::timetable::{bundled_version, zone};

/// Whether the server and this program have the same version.
pub(super) fn version(about: &About, report: &mut Report) {
    let ours = env!("CARGO_PKG_VERSION");
    if about.version == ours {
        return report.ours();
    }
    let theirs = &about.version;
    let text = report.lang().pick(
        format!("服务器是 {theirs}，本程序是 {ours}"),
        format!("the server is {theirs}, this program {ours}"),
    );
    report.warn(
        "version",
        text,
        (
            "重启服务器，让它使用新程序",
            "restart the server to run the new version",
        ),
    );
}

/// What to do where commands can reach the server's files.
pub(super) const NEXT_ISOLATION: (&str, &str) = (
    "见 docs/OPERATIONS.md 的“What a command can reach”",
    "see \"What a command can reach\" in docs/OPERATIONS.md",
);
/// What to do about an output store that fails.
pub(super) const NEXT_OUTPUT: (&str, &str) = (
    "检查 JCRONTAB_OUTPUT_URL、桶和它的密钥",
    "check JCRONTAB_OUTPUT_URL, the bucket and its keys",
);

/// Checks zones and calendars, and reports the server's own notices.
pub(super) fn check(about: &About, report: &mut Report) {
    zone_data(&about.tz_version, &about.tz_source, report);
    default_zone(&about.default_zone, report);
    let mut notices = about.notices.iter();
    if let Some(notice) = notices.find(|notice| notice.code == UNNAMED_ZONE) {
        unnamed_zone(notice.text.clone(), report);
    }
    calendars(&about.calendars, report);
    if let Some(of_run) = about.memory_limit_of_run {
        memory_limit(of_run, report);
    }
    if let Some(state) = &about.upkeep {
        super::upkeep::check(state, &about.notices, report);
    }
    for notice in &about.notices {
        if notice.code == "isolation" {
            report.warn("isolation", notice.text.clone(), NEXT_ISOLATION);
        }
        if notice.code == "output_store" {
            report.fail("output_store", notice.text.clone(), NEXT_OUTPUT);
        }
        // The others are covered by the checks above.
        if notice.code == "clock_step" {
            report.warn(
                "clock_step",
                notice.text.clone(),
                (
                    "检查 chrony 或 systemd-timesyncd",
                    "check chrony or systemd-timesyncd",
                ),
            );
        }
    }
}

/// Whether the zone data in use is at least as new as the copy that came with this program.
pub(super) fn zone_data(version: &str, source: &str, report: &mut Report) {
    let newest = bundled_version();
    let next = (
        "更新系统的 tzdata 软件包（或 TZDIR 里的数据），再重启服务器",
        "update the package tzdata (or the data in TZDIR) and restart the server",
    );
    // Releases are named so that text order is their order: 2025b, 2026a, 2026f.
    if version == "unknown" || version < newest {
        let text = report.lang().pick(
            format!("{version}（{source}），已知最新的是 {newest}"),
            format!("{version} ({source}); the newest one known is {newest}"),
        );
        report.warn("zone_data", text, next);
    } else {
        report.ok(
            "zone_data",
            (
                format!("{version}（{source}）"),
                format!("{version} ({source})"),
            ),
        );
    }
}

/// Whether the default zone is known.
pub(super) fn default_zone(name: &str, report: &mut Report) {
    if zone(name).is_ok() {
        report.ok("default_zone", (name.to_owned(), name.to_owned()));
    } else {
        let text = report.lang().pick(
            format!("没有“{name}”这个时区"),
            format!("there is no time zone \"{name}\""),
        );
        report.fail(
            "default_zone",
            text,
            (
                "把 JCRONTAB_ZONE 设为 IANA 名称，例如 Asia/Shanghai",
                "set JCRONTAB_ZONE to an IANA name such as Asia/Shanghai",
            ),
        );
    }
}

/// Whether memory limits hold per run or per process. Never a failure: without root and control groups
/// no more is possible.
fn memory_limit(of_run: bool, report: &mut Report) {
    let words = if of_run {
        ("对一次执行的所有进程合计生效", "hold for a run as a whole")
    } else if nix::unistd::Uid::effective().is_root() {
        // Its server is root's: a user of its own is asked about as that user.
        (
            "只对每个进程分别生效，不限制一次执行的合计；需要可用的 cgroup v2 内存控制器：/sys/fs/cgroup 要可写，cgroup.controllers 里要有 memory",
            "hold for each process, not for a run as a whole; that needs the memory controller of cgroup v2: /sys/fs/cgroup writable, and memory in its cgroup.controllers",
        )
    } else {
        (
            "只对每个进程分别生效，不限制一次执行的合计；需要可用的 cgroup v2 内存控制器（以 root 运行，或在 systemd 单元里设 Delegate=yes）",
            "hold for each process, not for a run as a whole; that needs the memory controller of cgroup v2 (run as root, or with Delegate=yes in the systemd unit)",
        )
    };
    report.ok("memory_limit", (words.0.to_owned(), words.1.to_owned()));
}

/// Reports a system zone that has no name in the zone data.
pub(super) fn unnamed_zone(text: String, report: &mut Report) {
    report.warn(
        "system_zone",
        text,
        (
            "把 JCRONTAB_ZONE 设为 IANA 名称，例如 Asia/Shanghai",
            "set JCRONTAB_ZONE to an IANA name such as Asia/Shanghai",
        ),
    );
}

/// Whether the calendars in use have data for this year and the next one.
fn calendars(calendars: &[Calendar], report: &mut Report) {
    let now = SystemClock.now();
    let (year, month) = (now.year(), now.month());
    let mut coverage = Vec::new();
    let mut missing = Vec::new();
    for calendar in calendars {
        if calendar.used_by == 0 && !calendar.builtin {
            continue;
        }
        let lacks = |year: i32| !calendar.years.contains(&year);
        // The State Council announces next year's days in November.
        let due = month == 12 && lacks(year + 1);
        if calendar.used_by > 0 && (lacks(year) || due) {
            let lacking = if lacks(year) { year } else { year + 1 };
            missing.push(report.lang().pick(
                format!(
                    "{} 没有 {lacking} 年的数据，按周一至周五计算",
                    calendar.name
                ),
                format!(
                    "{} has no data for {lacking} and takes Monday to Friday",
                    calendar.name
                ),
            ));
        }
        let known = [year, year + 1].map(|year| {
            let known = if lacks(year) {
                ("无", "no")
            } else {
                ("有", "yes")
            };
            format!("{year} {}", report.lang().pick(known.0, known.1))
        });
        coverage.push(format!("{} ({})", calendar.name, known.join(", ")));
    }
    let next = (
        "jcrontab calendar import 或 refresh；新版本也会带来新数据",
        "jcrontab calendar import or refresh; a new release brings new data, too",
    );
    if missing.is_empty() {
        let coverage = coverage.join("; ");
        report.ok("calendars", (coverage.clone(), coverage));
    } else {
        report.warn("calendars", missing.join("; "), next);
    }
}

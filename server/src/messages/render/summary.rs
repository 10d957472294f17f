//! The words of a summary. Each part says its count, whatever it has room to name.

#[cfg(test)]
mod tests;

use app::i18n::{Lang, plural};
use app::routes;
use app::summary::Selection;
use app::time::{Stamp, ZoneRules};
use chrono::{DateTime, Utc};

use super::{Words, zone_rules};
use crate::facts::Summary;
use crate::facts::summary::{
    ChasedTask, Entry, FailedTask, IdleTask, MissedTask, Part, SlowTask, TicketedTask,
};
use crate::text::{head, one_line};

/// Characters of the summary's name, of an owner or of a tag.
const NAME_SHOWN: usize = 40;
/// Characters of a task's name: so few that each part has room for a task.
const TASK_SHOWN: usize = 24;

/// A part in words: its heading, and a line for each task that is named.
struct Lines {
    heading: String,
    tasks: u64,
    lines: Vec<String>,
}

impl Words<'_> {
    /// What needed attention in a day or in a week.
    pub(super) fn summary(&self, summary: &Summary) -> String {
        let lang = self.lang;
        let zone = zone_rules(&summary.zone, summary.to);
        let title = match summary.weekly {
            true => lang.pick("【周报】", "[Weekly summary] "),
            false => lang.pick("【日报】", "[Daily summary] "),
        };
        let name = shown(&summary.name, NAME_SHOWN);
        let (from, to) = (minute(&zone, summary.from), minute(&zone, summary.to));
        let zone_name = &zone.name;
        let scope = match &summary.selection {
            Selection::All => lang.pick("全部任务", "all tasks").to_owned(),
            Selection::Owner(owner) => {
                let owner = shown(owner, NAME_SHOWN);
                lang.pick(format!("负责人 {owner}"), format!("owner {owner}"))
            }
            Selection::Tag(tag) => {
                let tag = shown(tag, NAME_SHOWN);
                lang.pick(format!("标签 {tag}"), format!("tag {tag}"))
            }
        };
        let mut body = lang.pick(
            format!("{title}{name}\n{from} 至 {to}（{zone_name}），{scope}\n"),
            format!("{title}{name}\n{from} to {to} ({zone_name}), {scope}\n"),
        );
        let parts = self.parts(summary, &zone);
        if parts.is_empty() {
            body += lang.pick("没有需要关注的任务\n", "Nothing needs attention\n");
        }
        let mut room = self.room;
        for (at, part) in parts.iter().enumerate() {
            // What a part does not need is left to those behind it.
            let own = room / (parts.len() - at);
            room -= self.part(part, own, &mut body);
        }
        let link = format!("{}{}", self.base_url, routes::TASKS);
        body + &lang.pick(format!("任务列表：{link}"), format!("Tasks: {link}"))
    }

    /// The parts that have something to report.
    fn parts(&self, summary: &Summary, zone: &ZoneRules) -> Vec<Lines> {
        let all = [
            self.lines(
                &summary.failed,
                ("执行失败", "Failed"),
                ("次", "run", "runs"),
                |one: &FailedTask| {
                    self.counted(&one.name, one.count, zone, one.last, self.run(one.run))
                },
            ),
            self.lines(
                &summary.missed,
                ("错过执行", "Missed"),
                ("次", "planned run", "planned runs"),
                |one: &MissedTask| {
                    self.counted(&one.name, one.count, zone, one.last, self.task(one.task))
                },
            ),
            self.lines(
                &summary.idle,
                ("应执行而一次都没有执行", "Planned, but never started"),
                ("次", "planned run", "planned runs"),
                |one: &IdleTask| {
                    self.counted(&one.name, one.count, zone, one.last, self.task(one.task))
                },
            ),
            self.lines(
                &summary.slow,
                ("明显变慢", "Much slower than usual"),
                ("", "", ""),
                |one: &SlowTask| self.slow(one),
            ),
            self.lines(
                &summary.chased,
                ("催单中", "Being chased"),
                ("", "", ""),
                |one: &ChasedTask| {
                    let name = shown(&one.name, TASK_SHOWN);
                    format!("{name} {}", self.task(one.task))
                },
            ),
            self.lines(
                &summary.tickets,
                ("未完成的待办", "Open tickets"),
                ("个", "ticket", "tickets"),
                |one: &TicketedTask| self.tickets(one, zone),
            ),
        ];
        all.into_iter().flatten().collect()
    }

    /// One part; `None` for one without tasks. The unit of its count is empty where that says no more than the tasks.
    fn lines<T: Entry>(
        &self,
        part: &Part<T>,
        (zh, en): (&str, &str),
        (zh_unit, one, many): (&str, &str, &str),
        line: impl Fn(&T) -> String,
    ) -> Option<Lines> {
        let (tasks, count) = (part.tasks, part.count);
        if tasks == 0 {
            return None;
        }
        let words = plural(tasks, "task", "tasks");
        let heading = match (self.lang, one.is_empty()) {
            (Lang::Zh, true) => format!("{zh}：{tasks} 个任务"),
            (Lang::En, true) => format!("{en}: {tasks} {words}"),
            (Lang::Zh, false) => {
                let least = if part.at_least { "至少" } else { "共" };
                format!("{zh}：{tasks} 个任务，{least} {count} {zh_unit}")
            }
            (Lang::En, false) => {
                let least = if part.at_least { "at least " } else { "" };
                let unit = plural(count, one, many);
                format!("{en}: {tasks} {words}, {least}{count} {unit}")
            }
        };
        Some(Lines {
            heading,
            tasks,
            lines: part.named.iter().map(line).collect(),
        })
    }

    /// Adds a part; returns the bytes of its lines, at most `room`.
    fn part(&self, part: &Lines, room: usize, body: &mut String) -> usize {
        body.push_str(&part.heading);
        body.push('\n');
        let (mut used, mut named) = (0, 0_u64);
        for line in &part.lines {
            let line = match self.lang {
                Lang::Zh => format!("· {line}\n"),
                Lang::En => format!("- {line}\n"),
            };
            // No less important one is named behind one that had no room.
            if used + line.len() > room {
                break;
            }
            used += line.len();
            named += 1;
            body.push_str(&line);
        }
        let rest = part.tasks - named;
        if rest > 0 && named > 0 {
            let words = plural(rest, "task", "tasks");
            body.push_str(&self.lang.pick(
                format!("· 其他 {rest} 个任务\n"),
                format!("- {rest} more {words}\n"),
            ));
        }
        used
    }

    /// `backup ×3, last 11-29 08:50 https://…`.
    fn counted(
        &self,
        name: &str,
        count: u64,
        zone: &ZoneRules,
        last: DateTime<Utc>,
        link: String,
    ) -> String {
        let name = shown(name, TASK_SHOWN);
        let last = minute(zone, last);
        // The year and the day of the period are above.
        let last = last.get(5..).unwrap_or(&last);
        self.lang.pick(
            format!("{name} ×{count}，最近 {last} {link}"),
            format!("{name} ×{count}, last {last} {link}"),
        )
    }

    /// `backup ×3, since 11-29 08:50 https://…`.
    fn tickets(&self, one: &TicketedTask, zone: &ZoneRules) -> String {
        let (name, count) = (shown(&one.name, TASK_SHOWN), one.count);
        let since = minute(zone, one.since);
        let link = self.task(one.task);
        self.lang.pick(
            format!("{name} ×{count}，最早 {since} {link}"),
            format!("{name} ×{count}, since {since} {link}"),
        )
    }

    /// `report took 10 minutes, usually up to 2 minutes (p95) https://…`.
    fn slow(&self, one: &SlowTask) -> String {
        let seconds = |millis: i64| match millis {
            ..10_000 => {
                let (whole, tenth) = (millis / 1000, millis % 1000 / 100);
                self.lang.pick(
                    format!("{whole}.{tenth} 秒"),
                    format!("{whole}.{tenth} seconds"),
                )
            }
            _ => app::duration::duration_words(millis / 1000, self.lang),
        };
        let (name, link) = (shown(&one.name, TASK_SHOWN), self.run(one.run));
        let (took, usual) = (seconds(one.millis), seconds(one.usual_millis));
        self.lang.pick(
            format!("{name} 用时 {took}，平时不超过 {usual}（p95）{link}"),
            format!("{name} took {took}, usually up to {usual} (p95) {link}"),
        )
    }

    fn run(&self, run: app::id::RunId) -> String {
        format!("{}{}", self.base_url, routes::run(run))
    }

    fn task(&self, task: app::id::TaskId) -> String {
        format!("{}{}", self.base_url, routes::task(task))
    }
}

/// A name as one line, cut.
fn shown(name: &str, max: usize) -> String {
    let name = one_line(name);
    let mut shown = head(&name, max).to_owned();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}

/// `2026-11-29 08:50` in a zone.
fn minute(zone: &ZoneRules, at: DateTime<Utc>) -> String {
    let local = zone.local(Stamp(at));
    local
        .rsplit_once(':')
        .map_or(local.as_str(), |(minute, _)| minute)
        .to_owned()
}

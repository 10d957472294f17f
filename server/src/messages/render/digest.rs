//! The words of a digest: its counts by event and task add up to its total, whatever it has room for.

use app::i18n::{Lang, plural};
use app::routes;
use app::time::Stamp;

use super::{Words, zone_rules};
use crate::facts::{Digest, DigestGroup, DigestRest};
use crate::store::NO_TASK;
use crate::text::{head, one_line};

/// Characters of a task's name in a digest.
const NAME_SHOWN: usize = 40;

impl Words<'_> {
    /// Several messages as one.
    pub(super) fn digest(&self, digest: &Digest) -> String {
        let (lang, total) = (self.lang, digest.total);
        let mut body = app::message::Event::Digest.title(lang).to_owned();
        let is_all_held = digest.held == total;
        body += &if is_all_held {
            let words = plural(
                i64::try_from(total).unwrap_or(i64::MAX),
                "message was",
                "messages were",
            );
            lang.pick(
                format!("{total} 条消息因限频未单独发送\n"),
                format!("{total} {words} held back, to limit their rate\n"),
            )
        } else {
            lang.pick(
                format!("{total} 条消息合并发送，避免超出渠道的频率限制\n"),
                format!("{total} messages sent as one, to stay within the channel's rate limit\n"),
            )
        };
        if digest.held > 0 && !is_all_held {
            let held = digest.held;
            let were = plural(i64::try_from(held).unwrap_or(i64::MAX), "was", "were");
            body += &lang.pick(
                format!("其中 {held} 条因限频未单独发送\n"),
                format!("{held} of them {were} held back before, to limit their rate\n"),
            );
        }
        let mut room = self.room;
        for event in digest.events() {
            let mut more: Vec<DigestRest> = Vec::new();
            more.extend(
                digest
                    .more
                    .iter()
                    .filter(|rest| rest.event == event)
                    .cloned(),
            );
            let mut lines = String::new();
            let of_event = digest.groups.iter().filter(|group| group.event == event);
            let mut count: u64 = more.iter().map(|rest| rest.count).sum();
            for group in of_event {
                count += group.count;
                let line = self.group(group);
                match room.checked_sub(line.len()) {
                    Some(left) => {
                        room = left;
                        lines += &line;
                    }
                    None => {
                        // No smaller one is named behind one that had no room.
                        room = 0;
                        Digest::add_rest(&mut more, group);
                    }
                }
            }
            let words = event.words(lang);
            body += &lang.pick(
                format!("{words}：{count} 条\n"),
                format!("{words}: {count}\n"),
            );
            body += &lines;
            for rest in &more {
                body += &self.rest(rest);
            }
        }
        let admin = format!("{}{}", self.base_url, routes::ADMIN);
        body + &lang.pick(format!("管理后台：{admin}"), format!("Admin: {admin}"))
    }

    /// The messages of one event about one task: `- name ×3, 2026-11-29 09:00:00 – 09:00:10 (UTC), link`.
    fn group(&self, group: &DigestGroup) -> String {
        let name = one_line(&group.name);
        // What is about a server is about no task, and has no page.
        let is_system = group.task == NO_TASK;
        let mut name = if is_system {
            self.lang.pick("服务器", "servers").to_owned()
        } else if name.is_empty() {
            format!("#{}", group.task)
        } else {
            let mut shown = head(&name, NAME_SHOWN).to_owned();
            if shown.len() < name.len() {
                shown.push('…');
            }
            shown
        };
        name += &format!(" ×{}", group.count);
        let rules = zone_rules(&group.zone, group.first);
        let first = rules.local(Stamp(group.first));
        let last = rules.local(Stamp(group.last));
        let when = if first == last {
            first
        } else {
            // The date once, where it is the same.
            let last = match (first.split_once(' '), last.split_once(' ')) {
                (Some((day, _)), Some((same, time))) if day == same => time.to_owned(),
                _ => last,
            };
            format!("{first} – {last}")
        };
        let zone = &rules.name;
        let link = match is_system {
            true => String::new(),
            false => format!(" {}{}", self.base_url, routes::task(group.task)),
        };
        match self.lang {
            Lang::Zh => format!("· {name}，{when} ({zone}){link}\n"),
            Lang::En => format!("- {name}, {when} ({zone}){link}\n"),
        }
    }

    /// What has no line of its own.
    fn rest(&self, rest: &DigestRest) -> String {
        let (tasks, count) = (rest.tasks, rest.count);
        let words = plural(i64::try_from(tasks).unwrap_or(i64::MAX), "task", "tasks");
        self.lang.pick(
            format!("· 其他 {tasks} 个任务 ×{count}\n"),
            format!("- {tasks} more {words} ×{count}\n"),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use app::channel::ChannelKind;
    use app::id::TaskId;
    use app::message::Event;
    use chrono::DateTime;

    use super::*;
    use crate::facts::{DigestEntry, Facts, TaskName};
    use crate::messages::render::NAMED_MIN;
    use crate::messages::render::Renderer;

    /// The numbers behind `×`.
    fn counts(text: &str) -> Vec<u64> {
        text.lines()
            .filter_map(|line| line.split_once('×'))
            .map(|(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse().expect("a count")
            })
            .collect()
    }

    #[test]
    fn a_digest_fits_into_a_message_and_its_counts_add_up() {
        let renderer = Renderer {
            lang: Lang::Zh,
            base_url: "https://cron.example.com".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        };
        for tasks in [1, 3, 40, 400] {
            for length in [0, 5, 200] {
                let entries: Vec<DigestEntry> = (0..1_000_i64)
                    .map(|number| {
                        let event = Event::ALL[usize::try_from(number).expect("small") % 8];
                        let at = DateTime::from_timestamp(1_800_000_000 + number * 60, 0);
                        let task = TaskId(number % tasks);
                        let mut entry = DigestEntry::new(event, task, at.expect("time"));
                        entry.held = 9;
                        entry
                    })
                    .collect();
                let named = TaskName {
                    name: "名".repeat(length),
                    zone: "America/Argentina/Buenos_Aires".to_owned(),
                };
                let names: HashMap<TaskId, TaskName> =
                    (0..tasks).map(|id| (TaskId(id), named.clone())).collect();
                let digest = Digest::of(&entries, &names).expect("a digest");
                for lang in [Lang::Zh, Lang::En] {
                    let text = renderer.text(&Facts::Digest(digest.clone()), Some(lang));
                    assert!(text.len() <= 2048, "{} bytes: {text}", text.len());
                    assert_eq!(counts(&text).iter().sum::<u64>(), 10_000, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_digest_names_as_many_tasks_as_its_channel_takes() {
        let renderer = Renderer {
            lang: Lang::Zh,
            base_url: "https://cron.example.com".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        };
        let entries: Vec<DigestEntry> = (0..100_i64)
            .map(|number| {
                let at = DateTime::from_timestamp(1_800_000_000 + number, 0);
                DigestEntry::new(Event::Failed, TaskId(number + 1), at.expect("time"))
            })
            .collect();
        let names = (1..=100).map(|id| {
            let name = format!("备份任务 {id}");
            let zone = "Asia/Shanghai".to_owned();
            (TaskId(id), TaskName { name, zone })
        });
        let facts = Digest::of(&entries, &names.collect()).expect("a digest");
        let facts = Facts::Digest(facts);
        for (kind, at_least) in [
            (ChannelKind::Wecom, 8),
            (ChannelKind::Telegram, 16),
            (ChannelKind::Dingtalk, 75),
            (ChannelKind::Feishu, 75),
            (ChannelKind::Slack, 90),
            (ChannelKind::Teams, 90),
            (ChannelKind::Email, 90),
        ] {
            let text = renderer.for_kind(kind).text(&facts, None);
            let named = text.lines().filter(|line| line.contains("/tasks/")).count();
            assert!(named >= at_least, "{kind:?}: {named}");
            assert_eq!(counts(&text).iter().sum::<u64>(), 100, "{text}");
            let shown = crate::messages::vendor::shown_text(kind, &text, Lang::Zh);
            assert_eq!(shown, text, "{kind:?}");
        }
    }

    #[test]
    fn a_digest_names_tasks_times_and_links() {
        let at = |text: &str| {
            DateTime::parse_from_rfc3339(text)
                .expect("an instant")
                .to_utc()
        };
        let entry = |event, task, time: &str| DigestEntry::new(event, TaskId(task), at(time));
        let entries = [
            entry(Event::Completed, 2, "2026-11-29T16:00:05Z"),
            entry(Event::Failed, 1, "2026-11-29T16:00:00Z"),
            entry(Event::Failed, 1, "2026-11-29T16:00:59Z"),
            entry(Event::Failed, 3, "2026-11-29T16:00:30Z"),
        ];
        let name = |name: &str, zone: &str| TaskName {
            name: name.to_owned(),
            zone: zone.to_owned(),
        };
        let names = HashMap::from([
            (TaskId(1), name("backup\n", "Asia/Shanghai")),
            (TaskId(2), name("report", "UTC")),
        ]);
        let facts = Facts::Digest(Digest::of(&entries, &names).expect("a digest"));
        let renderer = Renderer {
            lang: Lang::Zh,
            base_url: "http://cron.test".to_owned(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        };
        assert_eq!(
            renderer.text(&facts, None),
            "【消息汇总】4 条消息合并发送，避免超出渠道的频率限制\n\
             执行失败：3 条\n\
             · backup  ×2，2026-11-30 00:00:00 – 00:00:59 (Asia/Shanghai) http://cron.test/tasks/1\n\
             · #3 ×1，2026-11-29 16:00:30 (UTC) http://cron.test/tasks/3\n\
             执行完成：1 条\n\
             · report ×1，2026-11-29 16:00:05 (UTC) http://cron.test/tasks/2\n\
             管理后台：http://cron.test/admin"
        );
        assert_eq!(
            renderer.text(&facts, Some(Lang::En)),
            "[Digest] 4 messages sent as one, to stay within the channel's rate limit\n\
             Run failed: 3\n\
             - backup  ×2, 2026-11-30 00:00:00 – 00:00:59 (Asia/Shanghai) http://cron.test/tasks/1\n\
             - #3 ×1, 2026-11-29 16:00:30 (UTC) http://cron.test/tasks/3\n\
             Run completed: 1\n\
             - report ×1, 2026-11-29 16:00:05 (UTC) http://cron.test/tasks/2\n\
             Admin: http://cron.test/admin"
        );
    }
}

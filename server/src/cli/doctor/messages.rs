//! Whether messages were given up, by channel.

use app::channel::Channel;

use super::report::Report;

/// Channels that the check names.
const NAMED_MAX: usize = 5;

/// Checks the channels that a running server lists; no check where there are none.
pub(super) fn check(channels: &[Channel], report: &mut Report) {
    if channels.is_empty() {
        return;
    }
    let lang = report.lang();
    let mut dead: Vec<&Channel> = channels.iter().filter(|one| one.dead > 0).collect();
    dead.sort_by_key(|channel| std::cmp::Reverse(channel.dead));
    if dead.is_empty() {
        let count = channels.len();
        return report.ok(
            "messages",
            (
                format!("{count} 个渠道，没有发送失败的消息"),
                format!("{count} channels, no undelivered messages"),
            ),
        );
    }
    let count: i64 = dead.iter().map(|channel| channel.dead).sum();
    let mut names: Vec<String> = dead
        .iter()
        .take(NAMED_MAX)
        .map(|channel| format!("{} {}", channel.name, channel.dead))
        .collect();
    if dead.len() > NAMED_MAX {
        names.push("…".to_owned());
    }
    let text = lang.pick(
        format!("{count} 条消息发送失败（{}）", names.join("、")),
        format!("{count} undelivered ({})", names.join(", ")),
    );
    report.warn(
        "messages",
        text,
        (
            "用 jcrontab message list --state dead 查看原因，message resend 重发",
            "see why with jcrontab message list --state dead, and send them again with message resend",
        ),
    );
}

#[cfg(test)]
mod tests {
    use app::i18n::Lang;
    use serde_json::json;

    use super::*;
    use crate::cli::doctor::report::Status;

    fn channel(name: &str, dead: i64) -> Channel {
        serde_json::from_value(json!({
            "id": 1, "name": name, "kind": "webhook", "url_masked": "", "tasks": 0,
            "created_at": "2026-11-22T08:00:00Z", "pending": 0, "dead": dead, "last_answer": null,
            "failing_since": null, "refuses": false,
        }))
        .expect("a channel")
    }

    #[test]
    fn messages_that_were_given_up_are_a_warning() {
        let mut report = Report::new(Lang::En);
        check(&[], &mut report);
        assert!(!report.has("messages"));
        check(&[channel("ops", 0)], &mut report);
        assert!(report.has("messages"));
        assert_eq!(report.count(Status::Warn), 0);
        let all: Vec<Channel> = (1..=7)
            .map(|dead| channel(&format!("c{dead}"), dead))
            .collect();
        check(&all, &mut report);
        assert_eq!(report.count(Status::Warn), 1);
        let line = report.lines().pop().expect("a line");
        assert!(
            line.contains("28 undelivered (c7 7, c6 6, c5 5, c4 4, c3 3, …)"),
            "{line}"
        );
    }
}

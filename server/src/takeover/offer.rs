//! Wrappers around a command that a task has a field for: offered, never taken silently.

use app::import::OfferKind;
use app::task::TaskDraft;

/// A wrapper that was recognised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct RecognizedWrapper {
    /// What a task could do instead.
    pub(super) kind: OfferKind,
    /// The text that would go.
    pub(super) text: String,
    /// The value of the field; empty where there is none.
    pub(super) value: String,
}

/// Addresses of heartbeat services.
const HEARTBEATS: [&str; 7] = [
    "hc-ping.com/",
    "healthchecks.io/",
    "/api/push/",
    "cronitor.link/",
    "cronitor.io/",
    "heartbeat.uptimerobot.com/",
    "betterstack.com/api/v1/heartbeat",
];
/// The most wrappers that are taken off.
const DEPTH_MAX: usize = 8;
/// Niceness is 0–19 here: only root may be faster.
const NICE_MAX: u32 = 19;

/// The command without the wrappers that are accepted, and all that were recognised. Sets the fields of the draft.
pub(super) fn unwrap(
    command: &str,
    accept: &[OfferKind],
    draft: &mut TaskDraft,
) -> (String, Vec<RecognizedWrapper>) {
    let mut all = Vec::new();
    let (mut kept, mut rest) = (String::new(), command.trim_start());
    for _ in 0..DEPTH_MAX {
        let Some((found, after)) = prefix(rest) else {
            break;
        };
        match accept.contains(&found.kind) {
            true => set(&found, draft),
            false => kept.push_str(rest.get(..rest.len() - after.len()).unwrap_or_default()),
        }
        all.push(found);
        rest = after;
    }
    let mut rest = rest.to_owned();
    if let Some((found, before)) = heartbeat(&rest) {
        if accept.contains(&found.kind) {
            rest = before;
        }
        all.push(found);
    }
    (format!("{kept}{rest}"), all)
}

fn set(found: &RecognizedWrapper, draft: &mut TaskDraft) {
    let value = found.value.clone();
    match found.kind {
        OfferKind::Overlap => "skip".clone_into(&mut draft.execution.overlap),
        OfferKind::Limit => draft.timeout = value,
        OfferKind::Nice => draft.execution.limits.nice = value,
        OfferKind::Jitter => {
            for schedule in &mut draft.schedules {
                schedule.jitter.clone_from(&value);
            }
        }
        OfferKind::Quiet | OfferKind::Heartbeat => {}
    }
}

/// The first word and what follows it, without blanks.
fn word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start_matches([' ', '\t']))
}

/// Whether a text is one simple command, so that a wrapper in front of it concerns all of it. `2>&1` and the like are
/// part of one.
fn is_simple(text: &str) -> bool {
    let (mut quote, mut before) = (None::<char>, ' ');
    for c in text.chars() {
        match quote {
            Some(open) => {
                if c == open && before != '\\' {
                    quote = None;
                }
            }
            None => match c {
                '\'' | '"' => quote = Some(c),
                ';' | '|' | '\n' | '(' | ')' | '`' => return false,
                '&' if before != '>' && before != '<' => return false,
                _ => {}
            },
        }
        before = c;
    }
    quote.is_none() && !text.trim().is_empty()
}

/// Whether all quotes of a text are closed.
fn is_closed(text: &str) -> bool {
    let mut quote = None;
    for c in text.chars().filter(|c| matches!(c, '\'' | '"')) {
        quote = match quote {
            None => Some(c),
            Some(open) if open == c => None,
            open => open,
        };
    }
    quote.is_none()
}

fn program(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn prefix(text: &str) -> Option<(RecognizedWrapper, &str)> {
    let (first, rest) = word(text);
    let (kind, value, after) = match program(first) {
        "flock" => (OfferKind::Overlap, String::new(), flock(rest)?),
        "timeout" => {
            let (value, after) = timeout(rest)?;
            (OfferKind::Limit, value, after)
        }
        "nice" => {
            let (value, after) = nice(rest)?;
            (OfferKind::Nice, value, after)
        }
        "chronic" => (OfferKind::Quiet, String::new(), rest),
        "sleep" => {
            let (value, after) = sleep(rest)?;
            let text = text.get(..text.len() - after.len()).unwrap_or_default();
            let found = RecognizedWrapper {
                kind: OfferKind::Jitter,
                text: text.trim_end().to_owned(),
                value,
            };
            return Some((found, after));
        }
        _ => return None,
    };
    if !is_simple(after) {
        return None;
    }
    let wrapper = text.get(..text.len() - after.len()).unwrap_or_default();
    let found = RecognizedWrapper {
        kind,
        text: wrapper.trim_end().to_owned(),
        value,
    };
    Some((found, after))
}

/// `-n FILE command`, with `-x` or `-e` at most.
fn flock(mut rest: &str) -> Option<&str> {
    let mut gives_up = false;
    loop {
        let (option, after) = word(rest);
        match option {
            "-n" | "-xn" | "-nx" | "--nonblock" | "--nb" => gives_up = true,
            "-x" | "-e" | "--exclusive" => {}
            option if option.starts_with('-') => return None,
            _ => break,
        }
        rest = after;
    }
    let (file, after) = word(rest);
    // A descriptor is a number, and `-c` has one more shell.
    let is_file = !file.is_empty() && !file.bytes().all(|byte| byte.is_ascii_digit());
    (gives_up && is_file && !file.contains(['\'', '"', '$', '`']) && !after.starts_with('-'))
        .then_some(after)
}

/// `30m command`, with the options about signals.
fn timeout(mut rest: &str) -> Option<(String, &str)> {
    loop {
        let (option, after) = word(rest);
        match option {
            "-k" | "-s" => rest = word(after).1,
            "--foreground" | "--preserve-status" | "-v" | "--verbose" => rest = after,
            _ if option.starts_with("--kill-after=") || option.starts_with("--signal=") => {
                rest = after;
            }
            // `-k5`, `-s9`.
            _ if option.starts_with("-k") || option.starts_with("-s") => rest = after,
            _ if option.starts_with('-') => return None,
            _ => break,
        }
    }
    let (length, after) = word(rest);
    let (digits, unit) = match length.char_indices().next_back()? {
        (at, 's' | 'm' | 'h' | 'd') => length.split_at(at),
        _ => (length, "s"),
    };
    let number: u32 = digits.parse().ok().filter(|number| *number > 0)?;
    Some((format!("{number}{unit}"), after))
}

/// `-n 10 command`, or without a number, which is 10.
fn nice(rest: &str) -> Option<(String, &str)> {
    let (option, after) = word(rest);
    let (number, after) = if option == "-n" {
        word(after)
    } else if let Some(number) = option
        .strip_prefix("-n")
        .or_else(|| option.strip_prefix("--adjustment="))
    {
        (number, after)
    } else if let Some(number) = option.strip_prefix('-') {
        (number, after)
    } else {
        ("10", rest)
    };
    let number: u32 = number.parse().ok().filter(|number| *number <= NICE_MAX)?;
    Some((number.to_string(), after))
}

/// `$((RANDOM % 60)); command`, in the forms that people write.
fn sleep(rest: &str) -> Option<(String, &str)> {
    const FORMS: [(&str, &str); 4] = [
        ("$((", "))"),
        ("$[", "]"),
        ("`expr ", "`"),
        ("$(expr ", ")"),
    ];
    let (opens, closes) = FORMS.iter().find(|(opens, _)| rest.starts_with(opens))?;
    let (inside, after) = rest.get(opens.len()..)?.split_once(closes)?;
    let plain: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    let number = plain.strip_prefix('$').unwrap_or(&plain);
    let number = number.strip_prefix("RANDOM")?.trim_start_matches('\\');
    let seconds: u32 = number.strip_prefix('%')?.parse().ok()?;
    let after = after.trim_start();
    let after = after
        .strip_prefix("&&")
        .or_else(|| after.strip_prefix(';'))?;
    let after = after.trim_start();
    (seconds > 0 && !after.is_empty()).then(|| (format!("{seconds}s"), after))
}

/// `command && curl … https://hc-ping.com/…` at the end, and what is before it.
fn heartbeat(command: &str) -> Option<(RecognizedWrapper, String)> {
    let at = command.rfind("&&").or_else(|| command.rfind(';'))?;
    let (before, ping) = command.split_at(at);
    let ping_command = ping.trim_start_matches(['&', ';']).trim();
    let is_client = matches!(program(word(ping_command).0), "curl" | "wget");
    let is_heartbeat = HEARTBEATS
        .iter()
        .any(|address| ping_command.contains(address));
    if !is_client || !is_heartbeat || before.trim().is_empty() || !is_closed(before) {
        return None;
    }
    let found = RecognizedWrapper {
        kind: OfferKind::Heartbeat,
        text: ping.trim().to_owned(),
        value: String::new(),
    };
    Some((found, before.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use app::schedule::ScheduleDraft;

    use super::*;

    const ALL: [OfferKind; 6] = OfferKind::ALL;

    fn draft() -> TaskDraft {
        TaskDraft {
            schedules: vec![ScheduleDraft::plain("* * * * *")],
            ..TaskDraft::default()
        }
    }

    #[test]
    fn wrappers_become_fields_only_where_they_are_accepted() {
        use OfferKind::{Heartbeat, Jitter, Limit, Nice, Overlap, Quiet};
        for (command, rest, kinds) in [
            (
                "flock -n /tmp/l x -y > /dev/null 2>&1",
                "x -y > /dev/null 2>&1",
                &[Overlap][..],
            ),
            (
                "/usr/bin/flock -xn /run/l timeout 30m x",
                "x",
                &[Overlap, Limit],
            ),
            ("timeout -k 5 -s INT 1h x", "x", &[Limit]),
            ("timeout --signal=9 90 x", "x", &[Limit]),
            ("nice -n 10 x", "x", &[Nice]),
            ("nice -19 x", "x", &[Nice]),
            ("nice x", "x", &[Nice]),
            ("chronic x", "x", &[Quiet]),
            ("sleep $((RANDOM % 300)); x", "x", &[Jitter]),
            ("sleep $[RANDOM%90] && x | y", "x | y", &[Jitter]),
            ("sleep `expr $RANDOM \\% 60` ; x", "x", &[Jitter]),
            (
                "x && curl -fsS https://hc-ping.com/1 > /dev/null",
                "x",
                &[Heartbeat],
            ),
            (
                "sleep $(( RANDOM % 9 )) && nice chronic x && wget -q https://cronitor.link/a",
                "",
                &[Jitter, Heartbeat],
            ),
        ] {
            let mut taken = draft();
            let (left, found) = unwrap(command, &ALL, &mut taken);
            let names: Vec<OfferKind> = found.iter().map(|found| found.kind).collect();
            assert_eq!(names, kinds, "{command}");
            if !rest.is_empty() {
                assert_eq!(left, rest, "{command}");
                assert!(
                    rest == command || taken != draft() || matches!(kinds, [Quiet | Heartbeat]),
                    "{command}"
                );
            }
            let mut kept = draft();
            let (left, again) = unwrap(command, &[], &mut kept);
            assert_eq!(
                (left.as_str(), again, kept),
                (command, found, draft()),
                "{command}"
            );
        }
    }

    #[test]
    fn values_are_those_of_the_wrapper() {
        let mut taken = draft();
        let command = "sleep $((RANDOM % 300)); flock -n /l nice -n 5 timeout 2h x";
        assert_eq!(unwrap(command, &ALL, &mut taken).0, "x");
        assert_eq!(taken.schedules[0].jitter, "300s");
        assert_eq!(taken.execution.overlap, "skip");
        assert_eq!(taken.execution.limits.nice, "5");
        assert_eq!(taken.timeout, "2h");
        // One of two.
        let mut one = draft();
        let (left, _) = unwrap("flock -n /l timeout 2h x", &[OfferKind::Limit], &mut one);
        assert_eq!(
            (left.as_str(), one.timeout.as_str()),
            ("flock -n /l x", "2h")
        );
    }

    #[test]
    fn what_means_something_else_is_left_alone() {
        for command in [
            "flock /tmp/l x",
            "flock -w 10 /tmp/l x",
            "flock -n /tmp/l -c 'x'",
            "flock -n 9 x",
            "flock -n /tmp/l x && y",
            "timeout 5m x; y",
            "timeout 0 x",
            "timeout 1.5h x",
            "nice -n -5 x",
            "sleep 30; x",
            "sleep $((RANDOM % 9))",
            "x; curl https://example.org/",
            "flocks -n /l x",
            "x 'a && curl hc-ping.com/'",
        ] {
            let mut taken = draft();
            let (left, found) = unwrap(command, &ALL, &mut taken);
            assert_eq!((left.as_str(), found), (command, Vec::new()), "{command}");
            assert_eq!(taken, draft());
        }
    }
}

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
    /// Whether it was accepted and taken off.
    pub(super) is_taken: bool,
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
///
/// The heartbeat at the end is looked at first: only without it is the rest one simple command, which the wrappers in
/// front concern as a whole. Where it stays, so do they.
pub(super) fn unwrap(
    command: &str,
    accept: &[OfferKind],
    draft: &mut TaskDraft,
) -> (String, Vec<RecognizedWrapper>) {
    let mut all = Vec::new();
    let command = command.trim_start();
    let ping = heartbeat(command);
    let without_ping = ping.is_none() || accept.contains(&OfferKind::Heartbeat);
    let (mut kept, mut rest) = (String::new(), command);
    let mut tail = "";
    if let &Some((_, before)) = &ping {
        rest = before;
        tail = command.get(before.len()..).unwrap_or_default();
    }
    for _ in 0..DEPTH_MAX {
        let Some((mut found, after)) = prefix(rest) else {
            break;
        };
        // A delay comes before everything, whatever follows.
        let fits = without_ping || found.kind == OfferKind::Jitter;
        found.is_taken = fits && accept.contains(&found.kind);
        match found.is_taken {
            true => set(&found, draft),
            false => kept.push_str(rest.get(..rest.len() - after.len()).unwrap_or_default()),
        }
        all.push(found);
        rest = after;
    }
    if let Some((mut found, _)) = ping {
        found.is_taken = without_ping;
        all.push(found);
    }
    match without_ping {
        true => (format!("{kept}{rest}"), all),
        false => (format!("{kept}{rest}{tail}"), all),
    }
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
                is_taken: false,
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
        is_taken: false,
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
fn heartbeat(command: &str) -> Option<(RecognizedWrapper, &str)> {
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
        is_taken: false,
    };
    Some((found, before.trim_end()))
}

#[cfg(test)]
mod tests;

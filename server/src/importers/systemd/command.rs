//! `ExecStart=` as a command of a shell: words are split as systemd does it, and quoted as a shell needs them.

use super::super::{Item, Remark};
use super::unit::Unit;

/// Signs in front of a program: its failure is ignored (`-`), others are about its rights and its name.
const PREFIXES: [char; 6] = ['-', '@', ':', '+', '!', '|'];

/// Sets the command of a service: all its lines, one after the other.
pub(super) fn set(item: &mut Item, service: &Unit) {
    let mut lines = Vec::new();
    for name in ["ExecStartPre", "ExecStart", "ExecStartPost"] {
        for text in service.all(name) {
            match line(item, text) {
                Some(line) => lines.push(line),
                None => item.pause(Remark::Unexpanded {
                    text: super::super::item::shown(text),
                }),
            }
        }
    }
    if service.all("ExecStart").is_empty() {
        item.refuse(Remark::NoCommand);
        return;
    }
    item.document.command = match lines.as_slice() {
        [only] => only.clone(),
        lines => format!("set -e\n{}", lines.join("\n")),
    };
}

/// A line of a shell; `None` where its quotes do not end.
fn line(item: &mut Item, text: &str) -> Option<String> {
    let bare = text.trim_start_matches(PREFIXES);
    let signs = &text[..text.len() - bare.len()];
    if signs.contains(['@', '+', '!', '|']) {
        item.lost("ExecStart", Some(text));
    }
    let words = words(bare)?;
    if let Some(word) = words
        .iter()
        .find(|word| word.replace("%%", "").contains('%'))
    {
        item.pause(Remark::Unexpanded {
            text: super::super::item::shown(word),
        });
    }
    // `/bin/sh -c '…'` needs no second shell.
    let command = match words.as_slice() {
        [shell, option, script] if option == "-c" && is_sh(shell) => script.replace("%%", "%"),
        words => {
            let word = |word: &String| match word.as_str() {
                // One that stands alone ends a command.
                ";" if !bare.contains("\\;") => "&&".to_owned(),
                word => quoted(&word.replace("%%", "%")),
            };
            words.iter().map(word).collect::<Vec<_>>().join(" ")
        }
    };
    Some(match signs.contains('-') {
        true => format!("{command} || true"),
        false => command,
    })
}

fn is_sh(shell: &str) -> bool {
    matches!(shell, "/bin/sh" | "/usr/bin/sh" | "sh")
}

/// The words of a setting, without their quotes; `None` where these do not end.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', _) => {
                let next = chars.next()?;
                word.get_or_insert_default().push(match next {
                    'n' => '\n',
                    't' => '\t',
                    's' => ' ',
                    other => other,
                });
            }
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A word as a shell takes it literally; a variable in it stays one.
pub(in super::super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    match word.contains('$') && !word.contains(['"', '\\', '`', '(']) {
        true => format!("\"{word}\""),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_and_quoted() {
        let line = |text: &str| {
            let mut item = Item::new("a.timer", 1, "a");
            super::line(&mut item, text)
        };
        for (text, expected) in [
            ("/usr/bin/rsync -a '/a b' /c", "/usr/bin/rsync -a '/a b' /c"),
            ("-/bin/rm -f /tmp/*.log", "/bin/rm -f '/tmp/*.log' || true"),
            ("/bin/sh -c 'a | b > /c; date +%%F'", "a | b > /c; date +%F"),
            ("/opt/x --to=$TO \"it's\"", "/opt/x \"--to=$TO\" 'it'\\''s'"),
            ("/opt/x ; /opt/y", "/opt/x && /opt/y"),
            (
                "/bin/find /a -exec ls {} \\;",
                "/bin/find /a -exec ls '{}' ';'",
            ),
        ] {
            assert_eq!(line(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(line("/opt/x 'open"), None);
    }
}

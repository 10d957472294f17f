//! Comments lines of a crontab out, with the task that runs them now, and puts them back. Byte by byte: whatever is in
//! the other lines stays as it is.

use std::collections::HashMap;

/// In front of a line that a task has taken over, with the id of the task and `# ` behind it.
const MARK: &str = "#jcrontab:";
/// Between the id and the line.
const END: &str = "# ";

/// The task that took a line over, and the line as it was.
#[must_use]
pub fn taken_line(line: &str) -> Option<(i64, &str)> {
    let (id, rest) = line.strip_prefix(MARK)?.split_once(END)?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let id = id.parse().ok().filter(|_| is_id)?;
    Some((id, rest))
}

/// The text with these lines, by their numbers from 1, commented out.
#[must_use]
pub fn comment_out(text: &[u8], lines: &HashMap<u32, i64>) -> Vec<u8> {
    let mut new = Vec::with_capacity(text.len() + 32 * lines.len());
    for (number, line) in numbered(text) {
        if let Some(task) = lines.get(&number) {
            new.extend_from_slice(format!("{MARK}{task}{END}").as_bytes());
        }
        new.extend_from_slice(line);
    }
    new
}

/// The text with the lines of these tasks as they were, and the tasks whose lines were found.
#[must_use]
pub fn put_back(text: &[u8], tasks: &[i64]) -> (Vec<u8>, Vec<i64>) {
    let mut new = Vec::with_capacity(text.len());
    let mut found = Vec::new();
    for (_, line) in numbered(text) {
        // The mark is ASCII; what follows need not be UTF-8.
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(0);
        let head = line
            .get(..=end)
            .and_then(|head| std::str::from_utf8(head).ok());
        match head.and_then(taken_line) {
            Some((task, _)) if tasks.contains(&task) => {
                found.push(task);
                new.extend_from_slice(line.get(end + 1..).unwrap_or_default());
            }
            _ => new.extend_from_slice(line),
        }
    }
    (new, found)
}

/// The lines with their ends, numbered from 1.
fn numbered(text: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    (1..).zip(text.split_inclusive(|byte| *byte == b'\n'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_says_who_took_it() {
        for (line, wanted) in [
            ("#jcrontab:12# * * * * * x", Some((12, "* * * * * x"))),
            ("#jcrontab:12#  x", Some((12, " x"))),
            ("# jcrontab:12# x", None),
            ("#jcrontab:# x", None),
            ("#jcrontab:+1# x", None),
            ("#jcrontab:1#x", None),
            ("#jcrontab is good", None),
        ] {
            assert_eq!(taken_line(line), wanted, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_was_commented_out_comes_back_byte_by_byte(
            text in proptest::collection::vec(any::<u8>(), 0..400),
            chosen in proptest::collection::hash_map(1_u32..20, 1_i64..1000, 0..8),
        ) {
            let taken = comment_out(&text, &chosen);
            let lines = numbered(&text).count();
            prop_assert_eq!(numbered(&taken).count(), lines);
            let tasks: Vec<i64> = chosen.values().copied().collect();
            // A text that has such a mark already is another case.
            prop_assume!(put_back(&text, &tasks).1.is_empty());
            let (back, found) = put_back(&taken, &tasks);
            prop_assert_eq!(back, text);
            let wanted = chosen.keys().filter(|number| (**number as usize) <= lines).count();
            prop_assert_eq!(found.len(), wanted);
        }
    }
}

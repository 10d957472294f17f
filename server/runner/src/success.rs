//! Searches the output of a run for texts while it is read: across reads, and in memory that does not
//! grow with the output.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, BuildError, MatchError, MatchKind};

use crate::order::OutputTexts;
use crate::report::Broken;

/// Whether the output must or must not contain a text.
#[derive(Clone, Copy)]
enum Kind {
    Needed,
    Banned,
}

/// Why the texts of an order cannot be searched for. Those of a saved task always can.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RuleError {
    /// They are too long.
    #[error("the texts of success_when cannot be looked for")]
    Build(#[from] BuildError),
    /// The automaton has no start.
    #[error("the texts of success_when cannot be looked for")]
    Start(#[from] MatchError),
}

/// The texts that decide about a run, and which of them its output has contained so far. Clones share
/// this state.
#[derive(Clone)]
pub(crate) struct OutputRule(Arc<Inner>);

struct Inner {
    when: OutputTexts,
    /// Finds all texts in one pass, a byte at a time. The smallest automaton of its crate, because each
    /// active run holds one.
    nfa: NFA,
    /// The state before the first byte.
    start: StateID,
    /// The meaning of each pattern of `nfa`.
    kinds: Vec<Kind>,
    has_needed: AtomicBool,
    has_banned: AtomicBool,
}

impl OutputRule {
    /// The rule of an order; `None` where it has none.
    ///
    /// # Errors
    /// When they cannot be searched for.
    pub(crate) fn new(when: &OutputTexts) -> Result<Option<Self>, RuleError> {
        if when.is_empty() {
            return Ok(None);
        }
        let texts = [
            (Kind::Needed, when.must_contain.as_str()),
            (Kind::Banned, when.must_not_contain.as_str()),
        ];
        let texts = texts.iter().filter(|(_, text)| !text.is_empty());
        let (kinds, texts): (Vec<Kind>, Vec<&str>) = texts.copied().unzip();
        // Overlapping texts all count.
        let nfa = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(&texts)?;
        Ok(Some(Self(Arc::new(Inner {
            when: when.clone(),
            start: nfa.start_state(Anchored::No)?,
            nfa,
            kinds,
            has_needed: AtomicBool::new(false),
            has_banned: AtomicBool::new(false),
        }))))
    }

    /// A scan of one stream of the run.
    pub(crate) fn scan(&self) -> Scan {
        Scan {
            rule: self.clone(),
            state: self.0.start,
        }
    }

    /// Why the output makes the run a failure, once all of it was scanned.
    pub(crate) fn broken(&self) -> Option<Broken> {
        let Inner { when, .. } = &*self.0;
        let is_in = |flag: &AtomicBool| flag.load(Ordering::SeqCst);
        if is_in(&self.0.has_banned) {
            return Some(Broken::Contains(when.must_not_contain.clone()));
        }
        let lacks = !when.must_contain.is_empty() && !is_in(&self.0.has_needed);
        lacks.then(|| Broken::Lacks(when.must_contain.clone()))
    }
}

impl Inner {
    /// Whether further output cannot change the result.
    fn is_settled(&self) -> bool {
        let settled =
            |text: &str, flag: &AtomicBool| text.is_empty() || flag.load(Ordering::SeqCst);
        settled(&self.when.must_contain, &self.has_needed)
            && settled(&self.when.must_not_contain, &self.has_banned)
    }
}

/// One stream of a run while it is read.
pub(crate) struct Scan {
    rule: OutputRule,
    /// The state of the automaton.
    state: StateID,
}

impl Scan {
    /// Takes the next bytes.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        let Inner {
            nfa,
            kinds,
            has_needed,
            has_banned,
            ..
        } = &*self.rule.0;
        if self.rule.0.is_settled() {
            return;
        }
        let mut state = self.state;
        for byte in bytes {
            state = nfa.next_state(Anchored::No, state, *byte);
            if nfa.is_special(state) && nfa.is_match(state) {
                for at in 0..nfa.match_len(state) {
                    match kinds[nfa.match_pattern(state, at).as_usize()] {
                        Kind::Needed => has_needed.store(true, Ordering::SeqCst),
                        Kind::Banned => has_banned.store(true, Ordering::SeqCst),
                    }
                }
            }
        }
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(must_contain: &str, must_not_contain: &str) -> OutputRule {
        let when = OutputTexts {
            must_contain: must_contain.to_owned(),
            must_not_contain: must_not_contain.to_owned(),
        };
        OutputRule::new(&when).expect("a rule").expect("one")
    }

    fn lacks(text: &str) -> Option<Broken> {
        Some(Broken::Lacks(text.to_owned()))
    }

    fn contains(text: &str) -> Option<Broken> {
        Some(Broken::Contains(text.to_owned()))
    }

    #[test]
    fn a_text_is_found_however_the_output_is_cut() {
        let output = "lines before\nbackup aaab 完成\nlines behind".as_bytes();
        for size in 1..=output.len() {
            for (text, is_there) in [
                ("backup aaab 完成", true),
                ("aab", true),
                ("before\nbackup", true),
                ("lines behind", true),
                ("aaaab", false),
                ("Backup", false),
                ("完好", false),
            ] {
                let (needed, banned) = (rule(text, ""), rule("", text));
                let mut scans = [needed.scan(), banned.scan()];
                for piece in output.chunks(size) {
                    scans.iter_mut().for_each(|scan| scan.take(piece));
                }
                let (one, other) = match is_there {
                    true => (None, contains(text)),
                    false => (lacks(text), None),
                };
                assert_eq!(needed.broken(), one, "{text} in pieces of {size}");
                assert_eq!(banned.broken(), other, "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn both_outputs_count_and_are_not_joined() {
        let both = rule("ready", "error");
        let (mut out, mut err) = (both.scan(), both.scan());
        out.take(b"rea");
        err.take(b"dy er");
        assert_eq!(both.broken(), lacks("ready"));
        out.take(b"dy");
        assert_eq!(both.broken(), None);
        err.take(b"ror");
        assert_eq!(both.broken(), contains("error"));
    }

    #[test]
    fn of_texts_within_each_other_both_count() {
        let both = rule("2 errors", "errors found");
        let mut scan = both.scan();
        scan.take(b"2 errors fou");
        assert_eq!(both.broken(), None);
        scan.take(b"nd");
        assert_eq!(both.broken(), contains("errors found"));
        assert!(
            OutputRule::new(&OutputTexts::default())
                .expect("none")
                .is_none()
        );
    }

    #[test]
    fn any_bytes_are_output() {
        let needed = rule("\u{fffd}x", "");
        let mut scan = needed.scan();
        scan.take(&[0xff, 0xef, 0xbf]);
        scan.take(&[0xbd, b'x', 0xff]);
        assert_eq!(needed.broken(), None);
    }
}

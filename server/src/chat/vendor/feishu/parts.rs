//! Events that come in several frames: put together, with limits on all that a vendor may leave unfinished.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// Parts of one event.
const PARTS_MAX: usize = 64;
/// Events of which parts are missing.
const OPEN_MAX: usize = 16;
/// Bytes of all parts that wait.
const BYTES_MAX: usize = 1024 * 1024;
/// An event is given up when its parts do not come within this time, as in the vendor's client.
const COMES_WITHIN: Duration = Duration::from_secs(10);

struct Open {
    parts: Vec<Option<Vec<u8>>>,
    since: Instant,
}

impl Open {
    fn bytes(&self) -> usize {
        self.parts.iter().flatten().map(Vec::len).sum()
    }
}

/// Events of which parts are missing, by their ID.
#[derive(Default)]
pub(super) struct Parts(HashMap<String, Open>);

impl Parts {
    /// Takes a part: the number `at` of `of`, from 0. Gives the event when it is whole.
    pub(super) fn take(
        &mut self,
        (id, of, at): (&str, &str, &str),
        part: Vec<u8>,
        now: Instant,
    ) -> Option<Vec<u8>> {
        let of: usize = of.parse().ok().filter(|of| (1..=PARTS_MAX).contains(of))?;
        let at: usize = at.parse().ok().filter(|at| *at < of)?;
        if of == 1 {
            return Some(part);
        }
        self.0
            .retain(|_, open| now.duration_since(open.since) <= COMES_WITHIN);
        let waiting: usize = self.0.values().map(Open::bytes).sum();
        let is_full = self.0.len() >= OPEN_MAX && !self.0.contains_key(id);
        if is_full || waiting + part.len() > BYTES_MAX {
            tracing::warn!(id, "an event in parts is dropped: too many wait");
            return None;
        }
        let open = self.0.entry(id.to_owned()).or_insert_with(|| Open {
            parts: vec![None; of],
            since: now,
        });
        // A part that disagrees about their number has no place.
        if open.parts.len() != of {
            return None;
        }
        open.parts[at] = Some(part);
        if open.parts.iter().any(Option::is_none) {
            return None;
        }
        let whole = self.0.remove(id)?;
        Some(whole.parts.into_iter().flatten().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(parts: &mut Parts, part: (&str, &str, &str), text: &str) -> Option<String> {
        let whole = parts.take(part, text.as_bytes().to_vec(), Instant::now())?;
        Some(String::from_utf8(whole).expect("UTF-8"))
    }

    #[test]
    fn parts_are_put_together_in_any_order() {
        let mut parts = Parts::default();
        for (part, text, whole) in [
            (("a", "1", "0"), "x", Some("x")),
            (("a", "3", "2"), "c", None),
            (("b", "2", "0"), "y", None),
            (("a", "3", "0"), "a", None),
            (("a", "3", "1"), "b", Some("abc")),
            (("b", "2", "1"), "z", Some("yz")),
        ] {
            assert_eq!(take(&mut parts, part, text).as_deref(), whole, "{part:?}");
        }
        assert!(parts.0.is_empty());
    }

    #[test]
    fn what_is_odd_late_or_too_much_is_dropped() {
        let mut parts = Parts::default();
        for (of, at) in [("0", "0"), ("2", "2"), ("x", "0"), ("65", "0"), ("2", "-1")] {
            assert_eq!(take(&mut parts, ("a", of, at), "x"), None, "{of} {at}");
        }
        assert!(parts.0.is_empty());
        assert_eq!(take(&mut parts, ("a", "2", "0"), "x"), None);
        assert_eq!(take(&mut parts, ("a", "3", "1"), "x"), None);
        for id in 0..40 {
            let id = id.to_string();
            assert_eq!(take(&mut parts, (&id, "2", "0"), "x"), None);
        }
        assert_eq!(parts.0.len(), OPEN_MAX);
        let later = Instant::now() + COMES_WITHIN * 2;
        assert_eq!(parts.take(("new", "2", "0"), vec![0], later), None);
        assert_eq!(parts.0.len(), 1);
        let giant = vec![0; BYTES_MAX];
        assert_eq!(parts.take(("giant", "2", "0"), giant, later), None);
        assert_eq!(parts.0.len(), 1);
    }
}

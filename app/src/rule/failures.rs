//! Which of consecutive failures a rule sends.

/// Which of consecutive failures a rule sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Failures {
    /// Each.
    #[default]
    All,
    /// The n-th alone.
    Nth(u32),
    /// Every n-th.
    Every(u32),
}

/// The largest number in it.
const MAX: u32 = 1_000;

impl Failures {
    /// Reads `3` (the third alone), `*/3` (every third), or nothing (each); `None` for anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = |text: &str| {
            let number: u32 = text.trim().parse().ok()?;
            (1..=MAX).contains(&number).then_some(number)
        };
        match (text, text.strip_prefix("*/")) {
            ("" | "*", _) => Some(Self::All),
            (_, Some(every)) => number(every).map(|every| match every {
                1 => Self::All,
                every => Self::Every(every),
            }),
            (nth, None) => number(nth).map(Self::Nth),
        }
    }

    /// The text that [`Self::read`] reads.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::All => String::new(),
            Self::Nth(nth) => nth.to_string(),
            Self::Every(every) => format!("*/{every}"),
        }
    }

    /// Whether the failure with this number is sent. One whose number is not known is.
    #[must_use]
    pub fn includes(self, streak: Option<i64>) -> bool {
        let Some(streak) = streak else {
            return true;
        };
        match self {
            Self::All => true,
            Self::Nth(nth) => streak == i64::from(nth),
            Self::Every(every) => streak > 0 && streak % i64::from(every) == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failures;

    #[test]
    fn what_is_read_is_written_the_same() {
        for (text, meant) in [
            ("", Some(Failures::All)),
            ("*/1", Some(Failures::All)),
            ("3", Some(Failures::Nth(3))),
            (" */5 ", Some(Failures::Every(5))),
            ("0", None),
            ("*/0", None),
            ("1001", None),
            ("-1", None),
            ("third", None),
        ] {
            let read = Failures::read(text);
            assert_eq!(read, meant, "{text}");
            if let Some(read) = read {
                assert_eq!(Failures::read(&read.text()), Some(read));
            }
        }
    }

    #[test]
    fn consecutive_failures_are_counted() {
        let sent = |failures: Failures| -> Vec<i64> {
            (1..=7).filter(|n| failures.includes(Some(*n))).collect()
        };
        assert_eq!(sent(Failures::All), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(sent(Failures::Nth(3)), [3]);
        assert_eq!(sent(Failures::Every(3)), [3, 6]);
    }
}

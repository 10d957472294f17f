//! What a link may do to its ticket.

/// What a link may do to its ticket.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum LinkAct {
    /// Mark it done.
    Done,
    /// Take it over.
    Take,
    /// Have it rest for a time.
    Snooze,
    /// Hand it to another person.
    Assign,
    /// Change how often it is asked for.
    Cycle,
    /// Run the task again.
    Run,
    /// See the end of the log.
    Log,
}

impl LinkAct {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Take,
        Self::Snooze,
        Self::Assign,
        Self::Cycle,
        Self::Run,
        Self::Log,
    ];

    /// The word in forms, settings and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Take => "take",
            Self::Snooze => "snooze",
            Self::Assign => "assign",
            Self::Cycle => "cycle",
            Self::Run => "run",
            Self::Log => "log",
        }
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl std::str::FromStr for LinkAct {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|act| act.as_str() == text)
            .ok_or(())
    }
}

/// A set of acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LinkActs(pub(super) u8);

impl LinkActs {
    /// Whether it contains the act.
    #[must_use]
    pub const fn allows(self, act: LinkAct) -> bool {
        self.0 & act.bit() != 0
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<LinkAct> for LinkActs {
    fn from_iter<T: IntoIterator<Item = LinkAct>>(acts: T) -> Self {
        Self(acts.into_iter().fold(0, |all, act| all | act.bit()))
    }
}

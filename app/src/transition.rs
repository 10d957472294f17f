//! States and the steps between them: the word for each state, and the states in which a step is allowed.
//!
//! The store writes `UPDATE … SET state = step.to() WHERE … AND state IN step.from()`, so the tables in
//! `{occurrence,run,message,task}/state.rs` govern all changes in the database.

use std::fmt::Debug;

/// A closed set of values, each with one word in the database and the API.
pub trait Word: Copy + Eq + Debug + 'static {
    /// All values, in display order.
    fn all() -> Vec<Self>;

    /// The word.
    fn word(self) -> &'static str;

    /// The value of a word; `None` for any other text.
    #[must_use]
    fn read(text: &str) -> Option<Self> {
        Self::all().into_iter().find(|value| value.word() == text)
    }

    /// The value of a word that a person entered, with blanks around it or not; the default for none.
    #[must_use]
    fn read_or_default(text: &str) -> Option<Self>
    where
        Self: Default,
    {
        match text.trim() {
            "" => Some(Self::default()),
            word => Self::read(word),
        }
    }
}

impl<T> Word for T
where
    T: strum::VariantArray + Copy + Eq + Debug + Into<&'static str>,
{
    fn all() -> Vec<Self> {
        T::VARIANTS.to_vec()
    }

    fn word(self) -> &'static str {
        self.into()
    }
}

/// A step from one state to the next.
pub trait Step: Copy + Debug {
    /// The state that it changes.
    type State: Word;

    /// Whether it is allowed in this state.
    fn leaves(self, state: Self::State) -> bool;

    /// The state after it.
    fn to(self) -> Self::State;

    /// All states in which it is allowed; at least one.
    fn from(self) -> Vec<Self::State> {
        let all = Self::State::all().into_iter();
        all.filter(|state| self.leaves(*state)).collect()
    }

    /// Takes the step.
    ///
    /// # Errors
    /// When it is not allowed in this state.
    fn take(self, state: Self::State) -> Result<Self::State, RefusedTransition> {
        if self.leaves(state) {
            Ok(self.to())
        } else {
            Err(RefusedTransition {
                state: state.word(),
                step: format!("{self:?}"),
            })
        }
    }
}

/// A step that a state does not allow.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{step} is not possible in the state {state:?}")]
pub struct RefusedTransition {
    /// The state.
    pub state: &'static str,
    /// The step.
    pub step: String,
}

/// Compares the steps with a table: each step with all states in which it is allowed and the one it leads to, as
/// words. Every other pair must be refused.
#[cfg(test)]
pub(crate) fn check<S: Step>(table: &[(S, &[&str], &str)]) {
    for (step, from, to) in table {
        for state in S::State::all() {
            let expected = from.contains(&state.word()).then_some(*to);
            let taken = step.take(state).map(Word::word);
            assert_eq!(taken.clone().ok(), expected, "{step:?} in {state:?}");
            if let Err(refused) = taken {
                let said = refused.to_string();
                assert!(said.contains(state.word()), "{said}");
            }
        }
        let words: Vec<&str> = step.from().into_iter().map(Word::word).collect();
        assert_eq!(words.len(), from.len(), "{step:?}: {words:?}");
    }
    for state in S::State::all() {
        assert_eq!(S::State::read(state.word()), Some(state));
    }
    for foreign in ["", " ", "Planned", "unknown"] {
        assert_eq!(S::State::read(foreign), None, "{foreign:?}");
    }
}

//! Scopes of API tokens: what a program may do with one, within the rights of its owner.

use serde::{Deserialize, Serialize};

/// A kind of operation. Each operation of the API needs one; the description of the API names it as `x-token-scope`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reads tasks, runs, output and settings.
    Read,
    /// Runs, stops, pauses, closes, resumes and chases; answers tickets.
    Run,
    /// Creates, edits and deletes tasks and the rules about them.
    Write,
    /// Manages channels, secrets, calendars and settings, and reads accounts and the audit log.
    Admin,
    /// Asks whether the servers work; [`Scope::Read`] includes it.
    Ping,
    /// Reads metrics.
    Metrics,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Run,
        Self::Write,
        Self::Admin,
        Self::Ping,
        Self::Metrics,
    ];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Run => "run",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::Ping => "ping",
            Self::Metrics => "metrics",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl std::str::FromStr for Scope {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(())
    }
}

/// The scopes of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// All scopes: those of tokens that were created before there were any.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether they allow what needs `scope`.
    #[must_use]
    pub const fn allow(self, scope: Scope) -> bool {
        let also = match scope {
            Scope::Ping => Scope::Read.bit(),
            _ => 0,
        };
        self.0 & (scope.bit() | also) != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Scope::ALL`].
    #[must_use]
    pub fn list(self) -> Vec<Scope> {
        let has = |scope: &Scope| self.0 & scope.bit() != 0;
        Scope::ALL.into_iter().filter(has).collect()
    }

    /// The form that is stored: `read,run`.
    #[must_use]
    pub fn stored(self) -> String {
        let names: Vec<&str> = self.list().into_iter().map(Scope::as_str).collect();
        names.join(",")
    }

    /// Reads the form that is stored. A name that this version does not know grants nothing.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        text.split(',')
            .filter_map(|name| name.parse().ok())
            .collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |all, scope| all | scope.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scopes};

    #[test]
    fn a_scope_allows_itself_and_reading_includes_asking_whether_servers_work() {
        for own in Scope::ALL {
            let scopes: Scopes = [own].into_iter().collect();
            for scope in Scope::ALL {
                let expected = own == scope || (own, scope) == (Scope::Read, Scope::Ping);
                assert_eq!(scopes.allow(scope), expected, "{own:?} {scope:?}");
            }
        }
        assert!(Scope::ALL.into_iter().all(|one| Scopes::all().allow(one)));
        assert!(
            !Scope::ALL
                .into_iter()
                .any(|one| Scopes::default().allow(one))
        );
    }

    #[test]
    fn stored_scopes_are_read_again_and_unknown_ones_grant_nothing() {
        let scopes: Scopes = [Scope::Run, Scope::Read].into_iter().collect();
        assert_eq!(scopes.stored(), "read,run");
        assert_eq!(Scopes::from_stored("read,run"), scopes);
        assert_eq!(Scopes::from_stored(&Scopes::all().stored()), Scopes::all());
        assert_eq!(Scopes::from_stored("deploy,run").list(), [Scope::Run]);
        assert!(Scopes::from_stored("").is_empty());
    }
}

//! Authorization: pure rules, the same for pages, API and CLI.

mod limits;
mod scope;

pub use limits::TaskLimits;
pub use scope::{Scope, Scopes};

use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::id::{ChannelId, TicketId, UserId};
use crate::time::Stamp;

/// The rights of a person; each role includes those before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads tasks, runs and output.
    Viewer,
    /// Also runs, stops, pauses, closes, resumes and chases.
    Operator,
    /// Also creates and edits tasks. Editing a command equals a shell on the server.
    Editor,
    /// Also manages users, tokens and channels.
    Admin,
}

impl Role {
    /// All roles, weakest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Operator, Self::Editor, Self::Admin];

    /// The name used in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(())
    }
}

/// An operation that needs a right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// See tasks, runs, output, overview.
    Read,
    /// Run, stop, pause, close, resume, chase.
    Operate,
    /// Create, edit, delete tasks.
    Edit,
    /// Manage users, tokens, channels.
    Administer,
}

impl Action {
    /// The weakest role that may do this.
    #[must_use]
    pub const fn needs(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Operate => Role::Operator,
            Self::Edit => Role::Editor,
            Self::Administer => Role::Admin,
        }
    }
}

/// How a caller authenticated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A signed-in browser.
    Session,
    /// An API token.
    Token,
    /// A bot of a chat, whose vendor names the person.
    Chat,
    /// The server's own host: the Unix socket, or the database opened by the command line.
    Console,
    /// A signed link in a message: the person it was issued to, without an account.
    Link,
    /// A start URL of a task: a program without an account.
    StartUrl,
}

impl Via {
    /// The name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Chat => "chat",
            Self::Console => "console",
            Self::Link => "link",
            Self::StartUrl => "start_url",
        }
    }
}

/// A caller whose identity is known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Principal {
    /// The account; `None` for the console.
    pub user_id: Option<UserId>,
    /// The name shown in history and audit.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they authenticated.
    pub via: Via,
    /// Where the request comes from: the client's address, or [`SOCKET`](Self::SOCKET); `None` where
    /// there is no request. For the audit log; it does not leave the server.
    #[serde(skip)]
    pub from: Option<String>,
    /// The button that was pressed, for the holder of a signed link and for people of chats; `None` for everybody else.
    /// It does not leave the server.
    #[serde(skip)]
    pub press: Option<ButtonPress>,
    /// What they authenticated with. It does not leave the server.
    #[serde(skip)]
    pub proof: Proof,
}

/// What a caller authenticated with, as far as it decides what they may do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Proof {
    /// Anything else: the console, a chat, a link.
    #[default]
    Other,
    /// A session, by the hash of its secret.
    Session(String),
    /// An API token.
    Token(TokenRights),
}

/// What an API token allows, within the rights of its owner.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TokenRights {
    /// Its scopes.
    pub scopes: Scopes,
    /// The tasks that it is limited to, if it is.
    pub limits: Option<TaskLimits>,
}

impl TokenRights {
    /// Scopes of a token that may be limited to some tasks: the others allow what is not about single tasks.
    pub const LIMITED: [Scope; 2] = [Scope::Read, Scope::Run];

    /// Whether they allow what needs `scope`.
    #[must_use]
    pub fn allow(&self, scope: Scope) -> bool {
        let is_possible = self.limits.is_none() || Self::LIMITED.contains(&scope);
        is_possible && self.scopes.allow(scope)
    }
}

/// A press of a button. It is stored in the transaction of what it causes: both exist, or neither.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ButtonPress {
    /// Behind a signed link.
    Link(LinkPress),
    /// On a card in a chat.
    Chat(ChatPress),
}

/// A press of a button on a card in a chat. Its event is marked in the transaction of what it causes: one that is
/// delivered again acts if the first one did not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatPress {
    /// The bot's channel.
    pub channel: ChannelId,
    /// The vendor's ID of the event.
    pub event: String,
}

/// A press of a button behind a signed link. It is stored in the transaction of what it causes, so that each act works
/// once for each link, and a press that fails uses nothing up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkPress {
    /// The link's id.
    pub link: String,
    /// The act, as it is named in the database.
    pub act: &'static str,
    /// The ticket that the link is for.
    pub ticket: TicketId,
    /// When the link expires, and so for how long the use is kept.
    pub expires: Stamp,
}

impl Principal {
    /// Stands for the Unix socket, in place of an address.
    pub const SOCKET: &str = "socket";

    /// The name of the console.
    pub const CONSOLE: &'static str = "console";

    /// The console of the server's own host, which may do everything.
    #[must_use]
    pub fn console() -> Self {
        Self {
            user_id: None,
            name: Self::CONSOLE.to_owned(),
            role: Role::Admin,
            via: Via::Console,
            from: None,
            press: None,
            proof: Proof::Other,
        }
    }

    /// The same, asking from there.
    #[must_use]
    pub fn asking_from(self, place: impl Into<String>) -> Self {
        Self {
            from: Some(place.into()),
            ..self
        }
    }

    /// Whether the scopes of the caller's token allow it; everybody without a token needs none.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        match &self.proof {
            Proof::Token(rights) => rights.allow(scope),
            Proof::Session(_) | Proof::Other => true,
        }
    }

    /// The tasks that the caller's token is limited to, if it is.
    #[must_use]
    pub fn limits(&self) -> Option<&TaskLimits> {
        match &self.proof {
            Proof::Token(rights) => rights.limits.as_ref(),
            Proof::Session(_) | Proof::Other => None,
        }
    }

    /// The session of the request, by the hash of its secret.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match &self.proof {
            Proof::Session(hash) => Some(hash),
            Proof::Token(_) | Proof::Other => None,
        }
    }

    /// Whether the caller may do `action`.
    #[must_use]
    pub fn can(&self, action: Action) -> bool {
        self.role >= action.needs()
    }
}

/// The caller, and the language they read.
#[derive(Clone, Debug)]
pub struct Caller {
    /// `None` for a request without a session or token.
    pub principal: Option<Principal>,
    /// The language of messages and texts.
    pub lang: Lang,
}

#[cfg(test)]
mod tests {
    use super::{Action, Principal, Proof, Role, Scope, Scopes, TaskLimits, TokenRights, Via};

    #[test]
    fn a_token_that_is_limited_to_tasks_reads_and_runs_and_no_more() {
        let rights = TokenRights {
            scopes: Scopes::all(),
            limits: Some(TaskLimits::default()),
        };
        for scope in Scope::ALL {
            let expected = matches!(scope, Scope::Read | Scope::Run);
            assert_eq!(rights.allow(scope), expected, "{scope:?}");
        }
    }

    #[test]
    fn each_role_includes_the_ones_before_it() {
        let may = |role: Role| {
            let principal = Principal {
                user_id: None,
                name: "x".into(),
                role,
                via: Via::Token,
                from: None,
                press: None,
                proof: Proof::Other,
            };
            [
                Action::Read,
                Action::Operate,
                Action::Edit,
                Action::Administer,
            ]
            .map(|action| principal.can(action))
        };
        assert_eq!(may(Role::Viewer), [true, false, false, false]);
        assert_eq!(may(Role::Operator), [true, true, false, false]);
        assert_eq!(may(Role::Editor), [true, true, true, false]);
        assert_eq!(may(Role::Admin), [true, true, true, true]);
    }
}

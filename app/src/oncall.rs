//! On-call rotas (值班表): a person each week, in turn, who stands where an owner stands: `oncall:NAME`.

mod draft;

pub(crate) use draft::is_person;
pub use draft::{OverrideDraft, RotaDraft, SwapDraft};

use serde::{Deserialize, Serialize};

use crate::summary::Weekday;
use crate::time::Stamp;

/// What the name of an owner begins with that stands for the person on call.
pub const PREFIX: &str = "oncall:";
/// The most rotas.
pub const ROTAS_MAX: u64 = 100;
/// The most people of a rota.
pub const PEOPLE_MAX: usize = 50;
/// The most overrides of a rota; those that are over are removed when another one is added.
pub const OVERRIDES_MAX: usize = 100;
/// Characters that a name may have.
pub const ROTA_NAME_MAX: usize = 40;
/// Weeks that are shown of a rota, the current one included.
pub const WEEKS_SHOWN: usize = 8;

/// The rota that an owner names; `None` for a person.
#[must_use]
pub fn rota_of(owner: &str) -> Option<&str> {
    owner.strip_prefix(PREFIX)
}

/// A rota as owners name it.
#[must_use]
pub fn owner_of_rota(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// A rota.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rota {
    /// Its name, as owners name it.
    pub name: String,
    /// IANA zone of the hand-over.
    pub zone: String,
    /// The day of the week on which the next person takes over.
    pub weekday: Weekday,
    /// The minute of that day.
    pub minute: u16,
    /// The people, in their order.
    pub people: Vec<String>,
    /// A date, `YYYY-MM-DD`: the first person's first week begins with the hand-over on or before it.
    pub since: String,
    /// Who stands in for whom, and when. None overlaps another one, except for those that former versions stored: of these
    /// the later ones win.
    pub overrides: Vec<Override>,
}

/// Another person is on call for a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Override {
    /// From then on.
    pub from: Stamp,
    /// Until then.
    pub until: Stamp,
    /// Who.
    pub who: String,
}

/// A week of a rota.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RotaWeek {
    /// Its hand-over.
    pub from: Stamp,
    /// The next one.
    pub until: Stamp,
    /// Whose week it is, or who stands in for the whole of it.
    pub who: String,
}

/// A rota, and who is on call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RotaView {
    /// Its name.
    pub name: String,
    /// IANA zone of the hand-over.
    pub zone: String,
    /// The day of the hand-over.
    pub weekday: Weekday,
    /// Its time of day, `HH:MM`.
    pub time: String,
    /// The people, in their order.
    pub people: Vec<String>,
    /// The date from which the turns are counted.
    pub since: String,
    /// Overrides that are not over, by their beginning.
    pub overrides: Vec<Override>,
    /// Who is on call now.
    pub now: String,
    /// Until when.
    pub until: Stamp,
    /// Who is on call then.
    pub next: String,
    /// The current week and the seven after it. Overrides of a part of a week are in `overrides` only.
    pub weeks: Vec<RotaWeek>,
    /// Counts its changes.
    pub version: i64,
}

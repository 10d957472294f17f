//! The channel that stands in for another one: it exists, and there are no circles.

use std::collections::HashSet;

use app::backend::Answer;
use app::channel::ChannelDraft;
use app::error::{AppError, FieldError};
use app::i18n::Lang;
use app::id::ChannelId;

use super::super::Service;
use crate::error::OrInternal;
use crate::store::FallbackOf;
use crate::texts::Fault;
use crate::texts::channel_uses::FallbackFault;

/// What a draft says about the fallback: `None` leaves the stored one, `Some(None)` removes it.
pub(super) type Chosen = Option<Option<ChannelId>>;

impl Service {
    /// Reads the fallback of a draft, for a new channel or for the stored one `own`.
    pub(super) async fn read_fallback(
        &self,
        lang: Lang,
        draft: &ChannelDraft,
        own: Option<ChannelId>,
    ) -> Answer<Result<Chosen, FieldError>> {
        let wanted = match draft.fallback.as_deref().map(str::trim) {
            None => return Ok(Ok(None)),
            Some("") => return Ok(Ok(Some(None))),
            Some(wanted) => wanted,
        };
        let all = self.store.fallbacks().await.or_internal(lang)?;
        let chosen = choose(&all, wanted, own);
        Ok(chosen
            .map(|id| Some(Some(id)))
            .map_err(|fault| fault.on("fallback", lang)))
    }
}

/// The channel of this name as the fallback of `own`.
fn choose(
    all: &[FallbackOf],
    wanted: &str,
    own: Option<ChannelId>,
) -> Result<ChannelId, FallbackFault> {
    let chosen = all
        .iter()
        .find(|one| one.name == wanted)
        .ok_or(FallbackFault::Unknown)?;
    if chosen.task.is_some() {
        return Err(FallbackFault::OfTask);
    }
    let chosen = chosen.id;
    if Some(chosen) == own {
        return Err(FallbackFault::Itself);
    }
    // Along the fallbacks, each channel once: what is stored may have a circle that two people made at the same time.
    let mut seen = HashSet::new();
    let mut next = Some(chosen);
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        if Some(id) == own {
            return Err(FallbackFault::Circle);
        }
        let found = all.iter().find(|one| one.id == id);
        next = found.and_then(|one| one.fallback);
    }
    Ok(chosen)
}

/// Adds a fault of the fallback to those of the rest of a draft.
pub(super) fn with_fallback<T>(
    lang: Lang,
    checked: Answer<T>,
    fallback: Result<Chosen, FieldError>,
) -> Answer<(T, Chosen)> {
    match (checked, fallback) {
        (Ok(checked), Ok(fallback)) => Ok((checked, fallback)),
        (Ok(_), Err(fault)) => Err(AppError::invalid(lang, vec![fault])),
        (Err(error), Ok(_)) => Err(error),
        (Err(mut error), Err(fault)) => {
            error.fields.push(fault);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels(fallbacks: &[(i64, Option<i64>)]) -> Vec<FallbackOf> {
        fallbacks
            .iter()
            .map(|(id, fallback)| FallbackOf {
                id: ChannelId(*id),
                name: format!("c{id}"),
                fallback: fallback.map(ChannelId),
                task: None,
            })
            .collect()
    }

    #[test]
    fn a_fallback_leads_to_no_circle() {
        let all = channels(&[
            (1, None),
            (2, Some(3)),
            (3, Some(1)),
            (4, Some(5)),
            (5, Some(4)),
        ]);
        let choose = |wanted: &str, own: Option<i64>| choose(&all, wanted, own.map(ChannelId));
        assert_eq!(choose("c9", Some(1)), Err(FallbackFault::Unknown));
        assert_eq!(choose("c1", Some(1)), Err(FallbackFault::Itself));
        assert_eq!(choose("c3", Some(1)), Err(FallbackFault::Circle));
        assert_eq!(choose("c2", Some(1)), Err(FallbackFault::Circle));
        assert_eq!(choose("c2", None), Ok(ChannelId(2)));
        assert_eq!(choose("c1", Some(2)), Ok(ChannelId(1)));
        let mut own_robot = all.clone();
        own_robot[0].task = Some(app::id::TaskId(7));
        let refused = super::choose(&own_robot, "c1", None);
        assert_eq!(refused, Err(FallbackFault::OfTask));
        // A circle of others is walked once.
        assert_eq!(choose("c4", Some(1)), Ok(ChannelId(4)));
    }
}

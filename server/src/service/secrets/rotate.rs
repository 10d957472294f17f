//! Changing the key that everything is sealed with. On the server's host, with every server down:
//! a running one knows the old key only.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};

use super::super::Service;
use super::super::key::KEY_CHECK;
use crate::auth::seal::Sealer;
use crate::error::{OrInternal, internal};
use crate::messages::target::{proxy_seal_name, seal_name, settings_seal_name};
use crate::run::parameters;
use crate::scheduler::LOST_AFTER;
use crate::store::{SealedAt, SealedSecret, StoreError};
use crate::texts::Refusal;
use crate::texts::secrets::{SecretRefusal, new_key_not_in_place};

/// What a change of the key came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotated {
    /// Values that are sealed with the new key now.
    pub resealed: u64,
}

/// What a value kept there is sealed for.
fn place(at: SealedAt) -> String {
    match at {
        SealedAt::KeyCheck => KEY_CHECK.to_owned(),
        SealedAt::Channel(id) => seal_name(id),
        SealedAt::ChannelProxy(id) => proxy_seal_name(id),
        SealedAt::ChannelSettings(id) => settings_seal_name(id),
        SealedAt::Secret(id) => SealedSecret::place(id),
        SealedAt::Parameters(_, task) => parameters::place(task),
    }
}

/// From the old key to the new one; `None` for what does not open.
fn reseal(old: &Sealer, new: &Sealer, at: SealedAt, sealed: &str) -> Option<String> {
    let place = place(at);
    let value = old.open(&place, sealed).ok()?;
    new.seal(&place, &value).ok()
}

impl Service {
    /// Makes a new key, seals everything with it, and puts it in the place of the old one. The
    /// caller holds the data folder and has checked the key, which also finishes a change that was
    /// cut short. Whatever happens in between, the next start finds a key that fits.
    ///
    /// # Errors
    /// When servers are up, something does not open with the old key, or database or files fail.
    pub async fn rotate_key(&self, caller: &Caller) -> Answer<Rotated> {
        let who: &Principal = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let next = self.sealer.prepare_next().or_internal(lang)?;
        let act = self.act(who, "key.rotate");
        let sealed = self
            .store
            .reseal_all(&act, LOST_AFTER * 3 / 2, |at, sealed| {
                reseal(&self.sealer, &next, at, sealed)
            })
            .await;
        let resealed = match sealed {
            Ok(Ok(count)) => count,
            Ok(Err(hosts)) => return Err(SecretRefusal::ServersUp { hosts }.answer(lang)),
            Err(StoreError::Seal { what }) => {
                return Err(SecretRefusal::DoesNotOpen { what }.answer(lang));
            }
            Err(error) => return Err(internal(lang, &error)),
        };
        // From here on the new key is the right one, whether or not the files follow now.
        self.sealer
            .adopt(&next)
            .map_err(|error| internal(lang, &error).with_hint(new_key_not_in_place().of(lang)))?;
        Ok(Rotated { resealed })
    }
}

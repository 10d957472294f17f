//! Rotates the key that encrypts all secrets. Runs on the server's host with all servers stopped: a
//! running one would keep the old key.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};

use super::super::Service;
use super::super::key::KEY_CHECK;
use super::super::start_urls;
use crate::audit::KEY_PLACE;
use crate::auth::seal::Sealer;
use crate::error::{OrInternal, internal};
use crate::messages::target::{proxy_seal_name, seal_name, settings_seal_name};
use crate::run::parameters;
use crate::scheduler::LOST_AFTER;
use crate::store::{SealedAt, SealedSecret, StoreError};
use crate::texts::Refusal;
use crate::texts::secrets::{SecretRefusal, new_key_not_in_place};

/// The result of a key rotation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotated {
    /// The number of values that were encrypted with the new key.
    pub resealed: u64,
}

/// The purpose that a value at this place is sealed for.
fn place(at: SealedAt) -> String {
    match at {
        SealedAt::KeyCheck => KEY_CHECK.to_owned(),
        SealedAt::Channel(id) => seal_name(id),
        SealedAt::ChannelProxy(id) => proxy_seal_name(id),
        SealedAt::ChannelSettings(id) => settings_seal_name(id),
        SealedAt::Secret(id) => SealedSecret::place(id),
        SealedAt::Parameters(_, task) => parameters::place(task),
        SealedAt::StartUrl(task) => start_urls::place(task),
        SealedAt::AuditKey => KEY_PLACE.to_owned(),
    }
}

/// Encrypts a value with the new key; `None` if the old one does not decrypt it.
fn reseal(old: &Sealer, new: &Sealer, at: SealedAt, sealed: &str) -> Option<String> {
    let place = place(at);
    let value = old.open(&place, sealed).ok()?;
    new.seal(&place, &value).ok()
}

impl Service {
    /// Creates a new key, encrypts everything with it, and replaces the old one. The caller holds the
    /// data folder and has checked the key, which also finishes an interrupted rotation. After an
    /// interruption at any point the next start finds a matching key.
    ///
    /// # Errors
    /// When servers are running, a value cannot be decrypted with the old key, or database or files fail.
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
        // From here on the new key is the valid one, even if replacing the files fails now.
        self.sealer
            .adopt(&next, self.clock.now())
            .map_err(|error| internal(lang, &error).with_hint(new_key_not_in_place().of(lang)))?;
        Ok(Rotated { resealed })
    }
}

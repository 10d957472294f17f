//! Changing the key that everything is sealed with. On the server's host, with every server down:
//! a running one knows the old key only.

use app::auth::{Action, Principal};
use app::backend::{Answer, Caller};
use app::error::{AppError, ErrorKind};
use app::i18n::Lang;

use super::super::Service;
use super::super::key::KEY_CHECK;
use crate::auth::seal::Sealer;
use crate::error::{OrInternal, internal};
use crate::messages::target::{proxy_seal_name, seal_name, settings_seal_name};
use crate::run::parameters;
use crate::scheduler::LOST_AFTER;
use crate::store::{SealedAt, SealedSecret, StoreError};

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

fn servers_up(lang: Lang, hosts: &[String]) -> AppError {
    let hosts = hosts.join(lang.pick("、", ", "));
    AppError::new(
        ErrorKind::Conflict,
        "key.servers_up",
        lang.pick(
            format!("有服务器正在运行（{hosts}），它们只认得旧密钥"),
            format!("Servers are running ({hosts}) that only have the old key"),
        ),
    )
    .with_hint(lang.pick(
        "先停掉使用同一数据库的所有服务器；刚被强制结束的要等半分钟",
        "Stop all servers on this database first; after a kill, wait half a minute",
    ))
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
            Ok(Err(hosts)) => return Err(servers_up(lang, &hosts)),
            Err(StoreError::Seal { what }) => {
                return Err(AppError::new(
                    ErrorKind::Conflict,
                    "key.does_not_open",
                    lang.pick(
                        format!("有一个值无法用现在的密钥解密：{what}；没有做任何修改"),
                        format!("One value cannot be decrypted with the current key: {what}; nothing was changed"),
                    ),
                )
                .with_hint(lang.pick(
                    "重新填写或删除它，再换密钥",
                    "Enter it again or delete it, then rotate the key",
                )));
            }
            Err(error) => return Err(internal(lang, &error)),
        };
        // From here on the new key is the right one, whether or not the files follow now.
        self.sealer.adopt(&next).map_err(|error| {
            internal(lang, &error).with_hint(lang.pick(
                "数据库已经换用 secret.key.new 里的新密钥；不要删除它，下次启动会自动就位",
                "The database already uses the new key in secret.key.new: keep that file; the next start puts it in place",
            ))
        })?;
        Ok(Rotated { resealed })
    }
}

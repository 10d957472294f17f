//! Pictures that follow messages: built-in, or uploaded in their place.

use app::auth::Action;
use app::backend::{Answer, Caller, Pictures};
use app::i18n::Lang;
use app::message::{Picture, PictureDraft, PictureName};
use app::transition::Word;
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Service;
use super::versions::{as_read, as_read_to_delete, nothing, stored, stored_deletion};
use crate::error::OrInternal;
use crate::messages::{built_in_picture, read_picture};
use crate::store::{NOT_STORED, NewPicture, StoredPicture};
use crate::texts::outdated::ObjectKind;
use crate::texts::pictures::PictureRequestFault;
use crate::texts::{Fault, Missing};

fn named(lang: Lang, name: &str) -> Answer<PictureName> {
    PictureName::read(name).ok_or_else(|| PictureRequestFault::UnknownName.alone("name", lang))
}

impl Service {
    /// The picture that was uploaded in the place of the built-in one.
    async fn uploaded(&self, lang: Lang, name: PictureName) -> Answer<Option<StoredPicture>> {
        let all = self.store.pictures().await.or_internal(lang)?;
        Ok(all.into_iter().find(|one| one.name == name.as_str()))
    }
}

#[async_trait]
impl Pictures for Service {
    async fn picture_list(&self, caller: &Caller) -> Answer<Vec<Picture>> {
        self.allow(caller, Action::Read)?;
        let uploaded = self.store.pictures().await.or_internal(caller.lang)?;
        let picture = |name: &PictureName| {
            let own = uploaded.iter().find(|own| own.name == name.as_str());
            let built_in = built_in_picture(*name).and_then(|bytes| read_picture(bytes).ok());
            let size = |pixels: u32| i32::try_from(pixels).unwrap_or(0);
            match (own, built_in) {
                (Some(own), _) => Picture {
                    name: *name,
                    own: true,
                    media_type: own.media_type.clone(),
                    width: own.width,
                    height: own.height,
                    updated_at: Some(own.updated_at),
                    version: own.version,
                },
                (None, found) => Picture {
                    name: *name,
                    own: false,
                    media_type: found
                        .map(|found| found.media_type.to_owned())
                        .unwrap_or_default(),
                    width: found.map_or(0, |found| size(found.width)),
                    height: found.map_or(0, |found| size(found.height)),
                    updated_at: None,
                    version: NOT_STORED,
                },
            }
        };
        Ok(PictureName::ALL.iter().map(picture).collect())
    }

    async fn picture_content(&self, caller: &Caller, name: &str) -> Answer<(String, Vec<u8>)> {
        self.allow(caller, Action::Read)?;
        let lang = caller.lang;
        let name = named(lang, name)?;
        let uploaded = self.store.picture(&[name.as_str()]).await;
        if let Some(found) = uploaded.or_internal(lang)? {
            return Ok(found);
        }
        let built_in = built_in_picture(name).map(|bytes| ("image/png".to_owned(), bytes.to_vec()));
        built_in.ok_or_else(|| Missing::Picture.answer(lang))
    }

    async fn picture_set(
        &self,
        caller: &Caller,
        name: &str,
        read: Option<i64>,
        draft: &PictureDraft,
    ) -> Answer<Picture> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let name = named(lang, name)?;
        let known = self.uploaded(lang, name).await?;
        let version = known.map_or(NOT_STORED, |known| known.version);
        as_read(lang, ObjectKind::Picture, read, version, nothing)?;
        let content = STANDARD
            .decode(draft.base64.trim())
            .map_err(|_| PictureRequestFault::NotBase64.alone("base64", lang))?;
        let found = read_picture(&content).map_err(|fault| fault.alone("base64", lang))?;
        let new = NewPicture {
            media_type: found.media_type,
            width: i32::try_from(found.width).unwrap_or(0),
            height: i32::try_from(found.height).unwrap_or(0),
            content,
        };
        let act = self.act(who, "picture.set").detail(name.as_str());
        let put = self.store.put_picture(&act, name, read, &new).await;
        stored(lang, ObjectKind::Picture, put)?;
        let now = self.uploaded(lang, name).await?;
        Ok(Picture {
            version: now.map_or(NOT_STORED, |now| now.version),
            name,
            own: true,
            media_type: new.media_type.to_owned(),
            width: new.width,
            height: new.height,
            updated_at: Some(app::time::Stamp(act.at())),
        })
    }

    async fn picture_delete(&self, caller: &Caller, name: &str, read: Option<i64>) -> Answer<()> {
        let who = self.allow(caller, Action::Administer)?;
        let lang = caller.lang;
        let name = named(lang, name)?;
        if let Some(known) = self.uploaded(lang, name).await? {
            as_read_to_delete(lang, ObjectKind::Picture, read, known.version)?;
        }
        let act = self.act(who, "picture.delete").detail(name.as_str());
        let deleted = self.store.delete_picture(&act, name, read).await;
        match stored_deletion(lang, ObjectKind::Picture, deleted)? {
            true => Ok(()),
            false => Err(Missing::Picture.answer(lang)),
        }
    }
}

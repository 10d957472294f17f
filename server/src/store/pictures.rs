//! Pictures that people put in the place of those that follow messages.

use app::message::PictureName;
use app::time::Stamp;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use super::entity::picture;
use super::row_version::{count, count_or_new, raced};
use super::txn::transaction;
use super::{Act, Store, StoreError, Tx};

/// An uploaded picture, without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPicture {
    /// What it follows: a word of [`PictureName`].
    pub name: String,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// Its width in pixels.
    pub width: i32,
    /// Its height in pixels.
    pub height: i32,
    /// When it was uploaded.
    pub updated_at: Stamp,
    /// Counts its changes.
    pub version: i64,
}

/// A picture that was checked.
#[derive(Clone, Debug)]
pub struct NewPicture {
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// Its width in pixels.
    pub width: i32,
    /// Its height in pixels.
    pub height: i32,
    /// The file.
    pub content: Vec<u8>,
}

/// The row of a picture.
fn called(name: PictureName) -> Condition {
    Condition::all().add(picture::Column::Name.eq(name.as_str()))
}

impl Store {
    /// The uploaded pictures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pictures(&self) -> Result<Vec<StoredPicture>, StoreError> {
        use picture::Column as P;
        type Row = (String, String, i32, i32, chrono::DateTime<chrono::Utc>, i64);
        let rows: Vec<Row> = picture::Entity::find()
            .select_only()
            .columns([P::Name, P::MediaType, P::Width, P::Height])
            .columns([P::UpdatedAt, P::Version])
            .limit(PictureName::ALL.len() as u64)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let stored = |(name, media_type, width, height, updated_at, version)| StoredPicture {
            name,
            media_type,
            width,
            height,
            updated_at: Stamp(updated_at),
            version,
        };
        Ok(rows.into_iter().map(stored).collect())
    }

    /// The content of the first of these pictures that was uploaded, and its media type.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn picture(&self, names: &[&str]) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        for name in names {
            let row = picture::Entity::find_by_id((*name).to_owned())
                .one(&self.reader)
                .await?;
            if let Some(row) = row {
                return Ok(Some((row.media_type, row.content)));
            }
        }
        Ok(None)
    }

    /// Puts a picture in the place of the one that is there; with `read` only if that still has this version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_picture(
        &self,
        act: &Act,
        name: PictureName,
        read: Option<i64>,
        new: &NewPicture,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let row = picture::ActiveModel {
                name: Set(name.as_str().to_owned()),
                media_type: Set(new.media_type.to_owned()),
                width: Set(new.width),
                height: Set(new.height),
                content: Set(new.content.clone()),
                updated_at: Set(act.at()),
                ..Default::default()
            };
            let version = picture::Column::Version;
            if count_or_new::<picture::Entity>(tx, called(name), version, read).await? {
                picture::Entity::update(row).exec(tx).await?;
            } else {
                picture::Entity::insert(row)
                    .exec_without_returning(tx)
                    .await
                    .map_err(raced)?;
            }
            act.record(tx, None).await
        })
    }

    /// Removes an uploaded picture, with `read` only if it still has that version; false when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_picture(
        &self,
        act: &Act,
        name: PictureName,
        read: Option<i64>,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if !count::<picture::Entity>(tx, called(name), picture::Column::Version, read).await? {
                return Ok(false);
            }
            picture::Entity::delete_by_id(name.as_str().to_owned())
                .exec(tx)
                .await?;
            act.record(tx, None).await?;
            Ok(true)
        })
    }
}

/// Whether a picture was uploaded.
pub(super) async fn is_uploaded(tx: &Tx, name: PictureName) -> Result<bool, StoreError> {
    let found: Option<String> = picture::Entity::find()
        .select_only()
        .column(picture::Column::Name)
        .filter(picture::Column::Name.eq(name.as_str()))
        .into_tuple()
        .one(tx)
        .await?;
    Ok(found.is_some())
}

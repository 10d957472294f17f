//! The row of a channel: what is written into it, and how its texts are read.

use app::channel::{ChannelDetails, ChannelKind, DIRECT};
use app::i18n::Lang;
use app::id::ChannelId;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::entity::channel;
use super::super::messages::retry_now;
use super::super::{StoreError, Tx};
use super::{ChannelSecret, ChannelTarget, NewChannel};

/// The row of a channel.
pub(super) fn own(id: ChannelId) -> Condition {
    Condition::all().add(channel::Column::Id.eq(id.0))
}

/// Writes the input into the row of a channel.
pub(super) async fn write(
    tx: &Tx,
    id: ChannelId,
    new: &NewChannel,
    seal: impl Fn(ChannelId, ChannelSecret) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use channel::Column as C;
    let mut update = channel::Entity::update_many()
        .col_expr(C::Name, Expr::value(new.name.as_str()))
        .col_expr(C::Kind, Expr::value(new.kind.as_str()))
        .col_expr(C::UpdatedAt, Expr::value(now));
    let seal = |what| {
        seal(id, what).ok_or_else(|| StoreError::Seal {
            what: format!("channel {id}"),
        })
    };
    if let Some(shown) = &new.proxy {
        let proxy = shown.as_deref().filter(|shown| *shown != DIRECT);
        let sealed = proxy.map(|_| seal(ChannelSecret::Proxy)).transpose()?;
        // Answers through another proxy say nothing about this one.
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::LimitedSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::Proxy, Expr::value(shown.as_deref()))
            .col_expr(C::ProxySealed, Expr::value(sealed));
    }
    if let Some(lang) = new.lang {
        update = update.col_expr(C::Lang, Expr::value(lang.map(code)));
    }
    if let Some(fallback) = new.fallback {
        update = update.col_expr(C::FallbackId, Expr::value(fallback.map(|id| id.0)));
    }
    if let Some(details) = &new.settings {
        let none = *details == ChannelDetails::default();
        let shown = (!none)
            .then(|| serde_json::to_string(details))
            .transpose()
            .map_err(|_| unknown("channel settings", "unwritable"))?;
        let sealed = (!none).then(|| seal(ChannelSecret::Settings)).transpose()?;
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::LimitedSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::Settings, Expr::value(shown))
            .col_expr(C::SettingsSealed, Expr::value(sealed));
    }
    if let Some(masked) = &new.masked {
        let sealed = seal(ChannelSecret::Url)?;
        // Answers of the old address say nothing about the new one.
        update = update
            .col_expr(C::FailingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::LimitedSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::Refuses, Expr::value(false))
            .col_expr(C::BlockedUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(C::UrlSealed, Expr::value(sealed))
            .col_expr(C::UrlMasked, Expr::value(masked.as_str()));
    }
    update.filter(C::Id.eq(id.0)).exec(tx).await?;
    // It may have been repaired by that.
    retry_now(tx, id, now).await
}

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::UnknownValue {
        what,
        value: value.to_owned(),
    }
}

/// The target of a channel's row.
pub(in super::super) fn target_of(row: channel::Model) -> Result<ChannelTarget, StoreError> {
    Ok(ChannelTarget {
        kind: kind(&row.kind)?,
        url_sealed: row.url_sealed,
        proxy: row.proxy,
        proxy_sealed: row.proxy_sealed,
        settings_sealed: row.settings_sealed,
        lang: lang(row.lang.as_deref())?,
        robot: row.pace,
    })
}

pub(in super::super) fn kind(text: &str) -> Result<ChannelKind, StoreError> {
    text.parse().map_err(|()| unknown("channel kind", text))
}

/// The word of a language, as it is stored.
const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

pub(super) fn lang(text: Option<&str>) -> Result<Option<Lang>, StoreError> {
    text.map(|text| Lang::from_tag(text).ok_or_else(|| unknown("language", text)))
        .transpose()
}

pub(super) fn details(text: Option<&str>) -> Result<ChannelDetails, StoreError> {
    text.map_or_else(
        || Ok(ChannelDetails::default()),
        |text| serde_json::from_str(text).map_err(|_| unknown("channel settings", text)),
    )
}

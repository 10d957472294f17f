//! People of chats belong to a bot: the same ID in the bots of two companies is two people. Who was known to a kind of bot
//! stays known to the bots of that kind that exist now.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, TransactionTrait};

use crate::columns::{add, big, index, index_once};

const TABLE: &str = "chat_person";
/// Kinds of channels that are bots.
const BOTS: [&str; 3] = ["wecom_bot", "dingtalk_bot", "feishu_bot"];
/// The unique key of before.
const BY_VENDOR: &str = "uq_chat_person_vendor_person";
/// The unique key of now.
const BY_BOT: &str = "uq_chat_person_channel_id_person";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null in rows that the previous release writes while servers are upgraded; they apply to no bot.
        add(manager, TABLE, vec![big("channel_id")]).await?;
        drop_index(manager, BY_VENDOR).await?;
        give_bots(manager).await?;
        index_once(manager, TABLE, &["channel_id", "person"], true).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let rows = Query::select()
            .columns(["id", "vendor", "person"])
            .from(TABLE)
            .order_by("id", Order::Asc)
            .to_owned();
        let mut seen = std::collections::HashSet::new();
        for row in db.query_all(&rows).await? {
            let (id, vendor, person): (i64, String, String) = row.try_get_many_by_index()?;
            // Of several bots of a kind, the person of the first one.
            if !seen.insert((vendor, person)) {
                let extra = Query::delete()
                    .from_table(TABLE)
                    .and_where(Expr::col("id").eq(id))
                    .to_owned();
                db.execute(&extra).await?;
            }
        }
        drop_index(manager, BY_BOT).await?;
        if manager.has_column(TABLE, "channel_id").await? {
            let table = Table::alter()
                .table(TABLE)
                .drop_column("channel_id")
                .to_owned();
            manager.alter_table(table).await?;
        }
        if manager.has_index(TABLE, BY_VENDOR).await? {
            return Ok(());
        }
        index(manager, TABLE, &["vendor", "person"], true).await
    }
}

async fn drop_index(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    if !manager.has_index(TABLE, name).await? {
        return Ok(());
    }
    let drop = Index::drop().name(name).table(TABLE).to_owned();
    manager.drop_index(drop).await
}

/// Gives each row a bot: the first of its kind takes the row, others get a copy. A row of a kind without a bot is deleted,
/// because it would name somebody of the next bot, whosever that is. There are at most 2,000 rows and 100 bots; one
/// transaction, so that an interrupted migration finds rows without a bot only where nothing was copied.
async fn give_bots(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let tx = manager.get_connection().begin().await?;
    let bots = Query::select()
        .columns(["id", "kind"])
        .from("channel")
        .and_where(Expr::col("kind").is_in(BOTS))
        .order_by("id", Order::Asc)
        .to_owned();
    let mut all: Vec<(i64, String)> = Vec::new();
    for row in tx.query_all(&bots).await? {
        all.push(row.try_get_many_by_index()?);
    }
    let people = Query::select()
        .columns(["id", "vendor", "person", "user_id"])
        .from(TABLE)
        .and_where(Expr::col("channel_id").is_null())
        .to_owned();
    for row in tx.query_all(&people).await? {
        let (id, vendor, person, user): (i64, String, String, i64) = row.try_get_many_by_index()?;
        let mut theirs = all.iter().filter(|(_, kind)| *kind == vendor);
        let Some((first, _)) = theirs.next() else {
            let useless = Query::delete()
                .from_table(TABLE)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.execute(&useless).await?;
            continue;
        };
        let taken = Query::update()
            .table(TABLE)
            .value("channel_id", *first)
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        tx.execute(&taken).await?;
        for (bot, _) in theirs {
            // When it was added is copied in the database, whose form of instants is its own.
            let values = Query::select()
                .expr(Expr::value(vendor.as_str()))
                .expr(Expr::value(person.as_str()))
                .expr(Expr::value(user))
                .column("created_at")
                .expr(Expr::value(*bot))
                .from(TABLE)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            let mut copy = Query::insert();
            copy.into_table(TABLE).columns([
                "vendor",
                "person",
                "user_id",
                "created_at",
                "channel_id",
            ]);
            copy.select_from(values)
                .map_err(|error| DbErr::Custom(error.to_string()))?;
            tx.execute(&copy).await?;
        }
    }
    tx.commit().await
}

//! What search looks through, folded: neither SQLite nor a binary collation of MySQL folds the case
//! of all scripts, and neither folds width.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, TransactionTrait};

use crate::columns::{Columns, add};
use crate::words::search_text;

/// Tasks that are read at once: each may have a long command.
const AT_ONCE: u64 = 200;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        // No index: a word is looked for anywhere in the text. It stands last, so that nothing else
        // has to read past it.
        add(manager, "task", vec![c.long_text("search")]).await?;
        fill(manager.get_connection()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("task")
                    .drop_column("search")
                    .to_owned(),
            )
            .await
    }
}

/// Fills what is empty; what was filled before an interruption stays.
async fn fill(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let mut after = 0_i64;
    loop {
        let select = Query::select()
            .columns(["id", "name", "nickname", "owners", "tags", "command"])
            .from("task")
            .and_where(Expr::col("id").gt(after))
            .and_where(Expr::col("search").is_null())
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        // One commit for many rows: each waits for the disk.
        let tx = connection.begin().await?;
        let rows = tx.query_all(&select).await?;
        if rows.is_empty() {
            return tx.rollback().await;
        }
        for row in rows {
            type Row = (i64, String, String, String, String, String);
            let (id, name, nickname, owners, tags, command): Row = row.try_get_many_by_index()?;
            let list = |text: &str| {
                serde_json::from_str::<Vec<String>>(text)
                    .map_err(|error| DbErr::Custom(format!("task {id}: {error}")))
            };
            let (owners, tags) = (list(&owners)?, list(&tags)?);
            // There were no runbooks then.
            let text = search_text(&name, &nickname, &owners, &tags, &command, "");
            let update = Query::update()
                .table("task")
                .value("search", text)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.execute(&update).await?;
            after = id;
        }
        tx.commit().await?;
    }
}

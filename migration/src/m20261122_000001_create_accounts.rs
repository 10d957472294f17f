//! People, their sessions and tokens, and what they changed.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, big, flag, id, index, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        manager
            .create_table(
                c.table("user")
                    .col(id())
                    .col(text("name", 64).not_null().unique_key())
                    .col(text("password_hash", 255).not_null())
                    .col(text("role", 16).not_null())
                    .col(flag("disabled"))
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("last_sign_in_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                c.table("session")
                    .col(text("token_hash", 64).not_null().primary_key())
                    .col(big("user_id").not_null())
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("last_seen_at").not_null())
                    .col(c.instant("expires_at").not_null())
                    .to_owned(),
            )
            .await?;
        index(manager, "session", &["user_id"], false).await?;
        manager
            .create_table(
                c.table("api_token")
                    .col(id())
                    .col(big("user_id").not_null())
                    .col(text("prefix", 16).not_null())
                    .col(text("token_hash", 64).not_null().unique_key())
                    .col(c.instant("created_at").not_null())
                    .col(c.instant("expires_at"))
                    .col(c.instant("last_used_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "api_token", &["user_id"], false).await?;
        manager
            .create_table(
                c.table("setup_link")
                    .col(text("token_hash", 64).not_null().primary_key())
                    .col(c.instant("expires_at").not_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                c.table("audit")
                    .col(id())
                    .col(c.instant("at").not_null())
                    .col(text("who", 64).not_null())
                    .col(text("via", 16).not_null())
                    .col(text("action", 64).not_null())
                    .col(big("object_id"))
                    .col(c.long_text("detail").not_null())
                    .to_owned(),
            )
            .await?;
        index(manager, "audit", &["at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit", "setup_link", "api_token", "session", "user"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

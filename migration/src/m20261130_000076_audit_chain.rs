//! The audit log as a chain: what each entry changed, whether it was refused, its place in the chain; and indexes for
//! its filters.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, add, big, create, index_once, int, text};

const AUDIT: &str = "audit";

/// Each filter with the id, by which a page is ordered.
const FILTERS: [&[&str]; 5] = [
    &["who", "id"],
    &["action", "id"],
    &["via", "id"],
    &["outcome", "id"],
    &["object_id", "id"],
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let c = Columns::of(manager);
        let columns = vec![
            // Nothing for what was done.
            text("outcome", 16),
            // How many times it happened, where that is counted.
            big("times"),
            // Each changed field with its value before and after, as JSON.
            c.long_text("changes"),
            // Its number in the chain, and the code that seals it; nothing until it is sealed.
            big("seq"),
            text("mac", 64),
        ];
        add(manager, AUDIT, columns).await?;
        index_once(manager, AUDIT, &["seq"], true).await?;
        for filter in FILTERS {
            index_once(manager, AUDIT, filter, false).await?;
        }
        let mut chain = c.table("audit_chain");
        chain
            // One row.
            .col(int("id").not_null().primary_key())
            // The key of the codes, sealed.
            .col(c.long_text("key_sealed").not_null())
            // The newest entry that is sealed.
            .col(big("seq").not_null())
            .col(text("mac", 64).not_null())
            .col(text("signature", 64).not_null())
            // The newest entry that was deleted because it was no longer kept.
            .col(big("cut_seq").not_null())
            .col(text("cut_mac", 64).not_null())
            .col(text("cut_signature", 64).not_null());
        create(manager, "audit_chain", chain).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::drop().table("audit_chain").if_exists().to_owned();
        manager.drop_table(drop).await?;
        let names = FILTERS.map(|columns| format!("ix_audit_{}", columns.join("_")));
        for name in names.into_iter().chain(["uq_audit_seq".to_owned()]) {
            let index = Index::drop().name(name).table(AUDIT).to_owned();
            manager.drop_index(index).await?;
        }
        for column in ["mac", "seq", "changes", "times", "outcome"] {
            let table = Table::alter().table(AUDIT).drop_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}

//! Takes signed links out of the history of messages, which every reader sees: a link is a permission to act on its
//! ticket. What is written from now on holds none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, TransactionTrait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Rows that are read at once.
const PAGE: u64 = 200;
/// Columns that hold what was sent, or what was answered to it.
const PLACES: [(&str, &str); 4] = [
    ("message", "body"),
    ("message", "last_answer"),
    ("run", "excerpt"),
    ("channel", "last_answer"),
];
/// What stands before a token in a link.
const BEFORE: &str = "/t/";
/// The shortest part of a token that is taken for one: an excerpt may end inside of it.
const TOKEN_MIN: usize = 8;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in PLACES {
            mask_all(manager, table, column).await?;
        }
        Ok(())
    }

    /// Nothing: what was taken out is not to be had any more.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

async fn mask_all(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let mut after = 0_i64;
    loop {
        let found = Query::select()
            .columns(["id", column])
            .from(table)
            .and_where(Expr::col("id").gt(after))
            .and_where(Expr::col(column).like(format!("%{BEFORE}%")))
            .order_by("id", Order::Asc)
            .limit(PAGE)
            .to_owned();
        let tx = db.begin().await?;
        let rows = tx.query_all(&found).await?;
        if rows.is_empty() {
            return tx.rollback().await;
        }
        for row in &rows {
            let (id, text): (i64, String) = row.try_get_many_by_index()?;
            after = id;
            let masked = mask(&text);
            if masked == text {
                continue;
            }
            let change = Query::update()
                .table(table)
                .value(column, masked)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.execute(&change).await?;
        }
        // One commit for many rows: each waits for the disk.
        tx.commit().await?;
    }
}

/// A text without the tokens of links. A token is base64url, and its first byte, which says what it is for, is 1: it
/// begins with `A` and one of `Q`–`f`.
fn mask(text: &str) -> String {
    let mut parts = text.split(BEFORE);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(BEFORE);
        let of_token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let rest = part.trim_start_matches(of_token);
        let token = &part.as_bytes()[..part.len() - rest.len()];
        let is_token = token.len() >= TOKEN_MIN
            && token[0] == b'A'
            && matches!(token[1], b'Q'..=b'Z' | b'a'..=b'f');
        if is_token {
            masked.push('…');
            masked.push_str(rest);
        } else {
            masked.push_str(part);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn tokens_of_links_are_masked_and_other_addresses_stay() {
        let token = format!("AQ{}", "aB3-_xYz".repeat(6));
        for (text, masked) in [
            (
                format!("免登录处理：http://h/t/{token}"),
                "免登录处理：http://h/t/…",
            ),
            (
                format!("<http://h/t/{token}|x> /t/{token}\n"),
                "<http://h/t/…|x> /t/…\n",
            ),
            // The end of an excerpt.
            (format!("http://h/t/{}", &token[..12]), "http://h/t/…"),
            (
                "https://forum/t/a-long-title/12".to_owned(),
                "https://forum/t/a-long-title/12",
            ),
            ("/t//t/ /t/AQ".to_owned(), "/t//t/ /t/AQ"),
        ] {
            assert_eq!(mask(&text), masked);
        }
    }
}

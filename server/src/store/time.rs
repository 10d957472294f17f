//! The database's clock, which all nodes agree on.

use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, Query};

use super::{Engine, Store, StoreError};

impl Store {
    /// The time of the database; `None` if it runs in this process and has no clock of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.engine == Engine::Sqlite {
            return Ok(None);
        }
        // UTC_TIMESTAMP(6) does not depend on the session's time zone.
        let now = Expr::cust("UTC_TIMESTAMP(6)");
        let query = Query::select().expr_as(now, "now").to_owned();
        let row = self.writer.query_one(&query).await?;
        let found = row
            .map(|row| row.try_get::<NaiveDateTime>("", "now"))
            .transpose()?;
        Ok(found.map(|naive| naive.and_utc()))
    }
}

//! Cron expressions.
use crate::i18n::Lang;
/// stub
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CronExpr(String);
/// stub
#[derive(Debug)]
pub struct CronError;
impl CronError { /// stub
 pub fn text(&self, _l: Lang) -> String { String::new() } }
/// stub
pub struct CronWarning;
impl CronWarning { /// stub
 pub fn text(&self, _l: Lang) -> String { String::new() } }
impl CronExpr { /// stub
 /// # Errors
 /// stub
 pub fn parse(t: &str) -> Result<Self, CronError> { Ok(Self(t.to_owned())) }
 /// stub
 pub fn canonical(&self) -> String { self.0.clone() }
 /// stub
 pub fn engine_text(&self) -> String { self.0.clone() }
 /// stub
 pub fn describe(&self, _l: Lang) -> String { self.0.clone() }
 /// stub
 pub fn warnings(&self) -> Vec<CronWarning> { vec![] }
}

//! Remarks on lines.

use app::import::LineReport;

use super::super::words::said;
use super::ImportContext;
use crate::takeover::{Account, Kind, Remark};

impl ImportContext<'_> {
    /// Notes remarks: those about a setting once at its own line, the others at the entry.
    pub(super) fn remark(
        &mut self,
        account: &Account,
        remarks: Vec<Remark>,
        shown: &mut LineReport,
    ) {
        let above = usize::try_from(shown.number).unwrap_or(usize::MAX);
        let above = account.lines.get(..above).unwrap_or_default();
        let place_of = |name: &str| {
            let mut lines = above.iter().rev();
            let line = lines.find(|line| match &line.kind {
                Kind::Variable(variable) => variable.name == name,
                _ => false,
            });
            line.map(|line| line.number)
        };
        for remark in remarks {
            let words = said(&remark, self.lang);
            match remark.setting().and_then(place_of) {
                None => shown.remarks.push(words),
                Some(number) => {
                    let noted = (number, words);
                    if !self.of_settings.contains(&noted) {
                        self.of_settings.push(noted);
                    }
                }
            }
        }
    }
}

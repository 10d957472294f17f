//! The hours in which people are asked, as typed.

use super::TicketDraft;
use crate::task::reader::Reader;
use crate::ticket::WorkingHours;
use crate::time::minute_of_day;

impl TicketDraft {
    pub(super) fn read_hours(&self, reader: &mut Reader<'_>) -> Option<WorkingHours> {
        let calendar = self.calendar.trim();
        let calendar = (!calendar.is_empty()).then(|| calendar.to_owned());
        let (from, until) = (self.hours_from.trim(), self.hours_until.trim());
        if from.is_empty() && until.is_empty() {
            return calendar.map(|calendar| WorkingHours {
                from: 0,
                until: 24 * 60,
                calendar: Some(calendar),
            });
        }
        let mut minute = |part: &str, text: &str, last: u16| {
            let minute = minute_of_day(text).filter(|minute| *minute <= last);
            if minute.is_none() {
                let message = reader.lang.pick(
                    "请填 09:00 这样的时刻，起止都要填",
                    "Enter a time of day such as 09:00, for both the beginning and the end",
                );
                reader.fault(part, "time", message);
            }
            minute
        };
        let from = minute("hours_from", from, 24 * 60 - 1);
        let until = minute("hours_until", until, 24 * 60);
        let (from, until) = (from?, until?);
        if from == until {
            let message = reader.lang.pick(
                "结束时刻不能和开始时刻相同",
                "The end must not be the same as the beginning",
            );
            reader.fault("hours_until", "empty", message);
            return None;
        }
        Some(WorkingHours {
            from,
            until,
            calendar,
        })
    }
}

//! The check before each urge, as typed.

use super::super::check_command;
use super::super::execution::url_fault;
use super::TicketDraft;
use crate::task::reader::Reader;
use crate::ticket::{CHECK_SECONDS_MAX, CHECK_SECONDS_USUAL, CheckBy, TicketCheck};

impl TicketDraft {
    pub(super) fn read_check(&self, reader: &mut Reader<'_>) -> Option<TicketCheck> {
        let seconds = reader.seconds("check_timeout", &self.check_timeout, 1, CHECK_SECONDS_MAX);
        let url = self.check_url.trim();
        let by = match (self.check_command.trim().is_empty(), url.is_empty()) {
            (true, true) => return None,
            (false, false) => {
                let message = reader
                    .lang
                    .pick("命令和 URL 只能填一个", "Set either a command or a URL");
                reader.fault("check_url", "both", message);
                return None;
            }
            (false, true) => {
                if let Some(fault) = check_command(&self.check_command, reader.lang) {
                    reader.fault("check_command", &fault.code, fault.message);
                }
                CheckBy::Command(self.check_command.replace("\r\n", "\n"))
            }
            (true, false) => {
                if let Some((code, message)) = url_fault(url, reader.lang) {
                    reader.fault("check_url", code, message);
                }
                CheckBy::Url(url.to_owned())
            }
        };
        Some(TicketCheck {
            by,
            timeout_seconds: seconds.unwrap_or(CHECK_SECONDS_USUAL),
        })
    }
}

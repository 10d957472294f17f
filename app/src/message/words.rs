//! What events are called.

use super::Event;
use crate::i18n::Lang;
use crate::transition::Word;

impl Event {
    /// The start of a message's text.
    #[must_use]
    pub const fn title(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "【建单通知】",
            (Lang::Zh, Self::Reminder) => "【提醒】",
            (Lang::Zh, Self::Completed) => "【执行完成】",
            (Lang::Zh, Self::Urge) => "【催单】",
            (Lang::Zh, Self::Failed) => "【执行失败】",
            (Lang::Zh, Self::Stopped) => "【已停止】",
            (Lang::Zh, Self::Lost) => "【执行丢失】",
            (Lang::Zh, Self::TooLong) => "【执行过久】",
            (Lang::Zh, Self::TimedOut) => "【执行超时】",
            (Lang::Zh, Self::Started) => "【开始执行】",
            (Lang::Zh, Self::LateStart) => "【启动延迟】",
            (Lang::Zh, Self::Retried) => "【等待重试】",
            (Lang::Zh, Self::TooFast) => "【执行过快】",
            (Lang::Zh, Self::Recovered) => "【恢复正常】",
            (Lang::Zh, Self::Missed) => "【错过执行】",
            (Lang::Zh, Self::Skipped) => "【跳过执行】",
            (Lang::Zh, Self::Paused) => "【自动暂停】",
            (Lang::Zh, Self::Changed) => "【任务变更】",
            (Lang::Zh, Self::Closed) => "【已结单】",
            (Lang::Zh, Self::Restored) => "【已恢复】",
            (Lang::Zh, Self::TicketOpened) => "【待办新建】",
            (Lang::Zh, Self::TicketUrged) => "【待办催单】",
            (Lang::Zh, Self::TicketAcknowledged) => "【待办有人处理】",
            (Lang::Zh, Self::TicketSnoozed) => "【待办稍后提醒】",
            (Lang::Zh, Self::TicketHandedOver) => "【待办转交】",
            (Lang::Zh, Self::TicketEscalated) => "【待办升级】",
            (Lang::Zh, Self::TicketDone) => "【待办完成】",
            (Lang::Zh, Self::TicketExpired) => "【待办已过期】",
            (Lang::Zh, Self::TicketReopened) => "【待办重开】",
            (Lang::Zh, Self::ServerDead) => "【服务器失联】",
            (Lang::Zh, Self::ClockStepped) => "【时钟跳变】",
            (Lang::Zh, Self::DiskLow) => "【磁盘不足】",
            (Lang::Zh, Self::TokenExpires) => "【令牌将到期】",
            (Lang::Zh, Self::EndsSoon) => "【即将到期】",
            (Lang::Zh, Self::StartingSoon) => "【即将执行】",
            (Lang::Zh, Self::Test) => "【测试】",
            (Lang::Zh, Self::Digest) => "【消息汇总】",
            (Lang::Zh, Self::Summary) => "【定期汇总】",
            (Lang::En, Self::Created) => "[New task] ",
            (Lang::En, Self::Reminder) => "[Reminder] ",
            (Lang::En, Self::Completed) => "[Completed] ",
            (Lang::En, Self::Urge) => "[Chase] ",
            (Lang::En, Self::Failed) => "[Failed] ",
            (Lang::En, Self::Stopped) => "[Stopped] ",
            (Lang::En, Self::Lost) => "[Run lost] ",
            (Lang::En, Self::TooLong) => "[Running long] ",
            (Lang::En, Self::TimedOut) => "[Timed out] ",
            (Lang::En, Self::Started) => "[Started] ",
            (Lang::En, Self::LateStart) => "[Late start] ",
            (Lang::En, Self::Retried) => "[Retrying] ",
            (Lang::En, Self::TooFast) => "[Finished too fast] ",
            (Lang::En, Self::Recovered) => "[Recovered] ",
            (Lang::En, Self::Missed) => "[Missed] ",
            (Lang::En, Self::Skipped) => "[Skipped] ",
            (Lang::En, Self::Paused) => "[Paused] ",
            (Lang::En, Self::Changed) => "[Task changed] ",
            (Lang::En, Self::Closed) => "[Done] ",
            (Lang::En, Self::Restored) => "[Active again] ",
            (Lang::En, Self::TicketOpened) => "[Ticket opened] ",
            (Lang::En, Self::TicketUrged) => "[Ticket urged] ",
            (Lang::En, Self::TicketAcknowledged) => "[Ticket taken] ",
            (Lang::En, Self::TicketSnoozed) => "[Ticket snoozed] ",
            (Lang::En, Self::TicketHandedOver) => "[Ticket handed over] ",
            (Lang::En, Self::TicketEscalated) => "[Ticket escalated] ",
            (Lang::En, Self::TicketDone) => "[Ticket done] ",
            (Lang::En, Self::TicketExpired) => "[Ticket expired] ",
            (Lang::En, Self::TicketReopened) => "[Ticket reopened] ",
            (Lang::En, Self::ServerDead) => "[Server lost] ",
            (Lang::En, Self::ClockStepped) => "[Clock changed] ",
            (Lang::En, Self::DiskLow) => "[Disk nearly full] ",
            (Lang::En, Self::TokenExpires) => "[Token expires soon] ",
            (Lang::En, Self::EndsSoon) => "[Ends soon] ",
            (Lang::En, Self::StartingSoon) => "[Starting soon] ",
            (Lang::En, Self::Test) => "[Test] ",
            (Lang::En, Self::Digest) => "[Digest] ",
            (Lang::En, Self::Summary) => "[Summary] ",
        }
    }

    /// The name of such a message on pages.
    #[must_use]
    pub const fn words(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Created) => "建单通知",
            (Lang::Zh, Self::Reminder) => "提醒",
            (Lang::Zh, Self::Completed) => "执行完成",
            (Lang::Zh, Self::Urge) => "催单",
            (Lang::Zh, Self::Failed) => "执行失败",
            (Lang::Zh, Self::Stopped) => "执行被停止",
            (Lang::Zh, Self::Lost) => "执行丢失",
            (Lang::Zh, Self::TooLong) => "执行过久",
            (Lang::Zh, Self::TimedOut) => "执行超时",
            (Lang::Zh, Self::Started) => "开始执行",
            (Lang::Zh, Self::LateStart) => "启动延迟",
            (Lang::Zh, Self::Retried) => "等待重试",
            (Lang::Zh, Self::TooFast) => "执行过快",
            (Lang::Zh, Self::Recovered) => "恢复正常",
            (Lang::Zh, Self::Missed) => "错过执行",
            (Lang::Zh, Self::Skipped) => "跳过执行",
            (Lang::Zh, Self::Paused) => "自动暂停",
            (Lang::Zh, Self::Changed) => "任务变更",
            (Lang::Zh, Self::Closed) => "结单",
            (Lang::Zh, Self::Restored) => "恢复",
            (Lang::Zh, Self::TicketOpened) => "待办新建",
            (Lang::Zh, Self::TicketUrged) => "待办催单",
            (Lang::Zh, Self::TicketAcknowledged) => "待办有人处理",
            (Lang::Zh, Self::TicketSnoozed) => "待办稍后提醒",
            (Lang::Zh, Self::TicketHandedOver) => "待办转交",
            (Lang::Zh, Self::TicketEscalated) => "待办升级",
            (Lang::Zh, Self::TicketDone) => "待办完成",
            (Lang::Zh, Self::TicketExpired) => "待办已过期",
            (Lang::Zh, Self::TicketReopened) => "待办重开",
            (Lang::Zh, Self::ServerDead) => "服务器失联",
            (Lang::Zh, Self::ClockStepped) => "时钟跳变",
            (Lang::Zh, Self::DiskLow) => "磁盘不足",
            (Lang::Zh, Self::TokenExpires) => "令牌将到期",
            (Lang::Zh, Self::EndsSoon) => "即将到期",
            (Lang::Zh, Self::StartingSoon) => "即将执行",
            (Lang::Zh, Self::Test) => "测试",
            (Lang::Zh, Self::Digest) => "消息汇总",
            (Lang::Zh, Self::Summary) => "定期汇总",
            (Lang::En, Self::Created) => "New task",
            (Lang::En, Self::Reminder) => "Reminder",
            (Lang::En, Self::Completed) => "Run completed",
            (Lang::En, Self::Urge) => "Chase",
            (Lang::En, Self::Failed) => "Run failed",
            (Lang::En, Self::Stopped) => "Run stopped",
            (Lang::En, Self::Lost) => "Run lost",
            (Lang::En, Self::TooLong) => "Running long",
            (Lang::En, Self::TimedOut) => "Run timed out",
            (Lang::En, Self::Started) => "Run started",
            (Lang::En, Self::LateStart) => "Late start",
            (Lang::En, Self::Retried) => "Retrying",
            (Lang::En, Self::TooFast) => "Finished too fast",
            (Lang::En, Self::Recovered) => "Recovered",
            (Lang::En, Self::Missed) => "Runs missed",
            (Lang::En, Self::Skipped) => "Run skipped",
            (Lang::En, Self::Paused) => "Paused after failures",
            (Lang::En, Self::Changed) => "Task changed",
            (Lang::En, Self::Closed) => "Task marked done",
            (Lang::En, Self::Restored) => "Task active again",
            (Lang::En, Self::TicketOpened) => "Ticket opened",
            (Lang::En, Self::TicketUrged) => "Ticket urged",
            (Lang::En, Self::TicketAcknowledged) => "Ticket taken",
            (Lang::En, Self::TicketSnoozed) => "Ticket snoozed",
            (Lang::En, Self::TicketHandedOver) => "Ticket handed over",
            (Lang::En, Self::TicketEscalated) => "Ticket escalated",
            (Lang::En, Self::TicketDone) => "Ticket done",
            (Lang::En, Self::TicketExpired) => "Ticket expired",
            (Lang::En, Self::TicketReopened) => "Ticket reopened",
            (Lang::En, Self::ServerDead) => "Server lost",
            (Lang::En, Self::ClockStepped) => "Clock changed",
            (Lang::En, Self::DiskLow) => "Disk nearly full",
            (Lang::En, Self::TokenExpires) => "API token expires soon",
            (Lang::En, Self::EndsSoon) => "Active period ends soon",
            (Lang::En, Self::StartingSoon) => "Run starts soon",
            (Lang::En, Self::Test) => "Test",
            (Lang::En, Self::Digest) => "Digest",
            (Lang::En, Self::Summary) => "Summary",
        }
    }

    /// The name for a stored code; a code of another version is shown as it is.
    #[must_use]
    pub fn text(code: &str, lang: Lang) -> String {
        Self::read(code)
            .map_or(code, |event| event.words(lang))
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words_in_both_languages_and_stands_in_the_documents() {
        let document = include_str!("../../../docs/API.md");
        for event in Event::ALL.iter().copied() {
            let code = event.as_str();
            assert_eq!(Event::read(code), Some(event));
            assert!(code.len() <= 32, "{code}: the column's length");
            assert!(
                document.contains(&format!("`{code}`")),
                "docs/API.md does not name {code}"
            );
            for lang in [Lang::Zh, Lang::En] {
                let words = Event::text(code, lang);
                assert!(!words.is_empty() && words != code, "{code}");
                assert!(!event.title(lang).trim().is_empty(), "{code}");
            }
            let zh = event.words(Lang::Zh);
            assert!(zh.chars().all(|c| !c.is_ascii()), "{zh}");
            assert!(event.words(Lang::En).is_ascii());
        }
        assert_eq!(
            Event::text("of_another_version", Lang::En),
            "of_another_version"
        );
    }
}

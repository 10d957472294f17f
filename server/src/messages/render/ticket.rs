//! The words of what happens to a ticket.

use app::duration::lasting_words;
use app::message::Event;
use app::ticket::TicketKind;
use chrono::{DateTime, Utc};

use super::Words;
use crate::facts::{TaskFacts, TicketFacts};
use crate::text::one_line;

impl Words<'_> {
    /// The verdict and the lines about a ticket.
    pub(super) fn ticket(
        &self,
        task: &TaskFacts,
        at: DateTime<Utc>,
        ticket: &TicketFacts,
    ) -> (String, Vec<String>) {
        let (by, urges) = (&ticket.by, ticket.urges);
        let open_for = lasting_words((at - ticket.opened_at).num_seconds(), self.lang);
        let mut lines = Vec::new();
        let verdict = match ticket.event {
            Event::TicketOpened => self.opened_by(ticket.kind).to_owned(),
            Event::TicketUrged => {
                lines.push(self.opened_at(task, ticket));
                self.lang.pick(
                    format!("第 {urges} 次催单，已等待 {open_for}"),
                    format!("urge {urges}, open for {open_for}"),
                )
            }
            Event::TicketEscalated => {
                let level = ticket.level;
                lines.push(self.opened_at(task, ticket));
                self.lang.pick(
                    format!("{open_for}无人完成，升级到第 {level} 级"),
                    format!("not done for {open_for}, escalated to level {level}"),
                )
            }
            Event::TicketAcknowledged => self
                .lang
                .pick(format!("由 {by} 处理"), format!("taken by {by}")),
            Event::TicketSnoozed => {
                let until = ticket.until.map(|until| self.when(&task.zone, until));
                let until = until.unwrap_or_default();
                self.lang.pick(
                    format!("{by} 设置稍后提醒：{until}"),
                    format!("snoozed until {until} by {by}"),
                )
            }
            Event::TicketHandedOver => {
                let to = one_line(&ticket.word);
                lines.push(self.opened_at(task, ticket));
                self.lang.pick(
                    format!("由 {by} 转交给 {to}"),
                    format!("handed over to {to} by {by}"),
                )
            }
            Event::TicketReopened => self
                .lang
                .pick(format!("由 {by} 重开"), format!("reopened by {by}")),
            Event::TicketExpired if ticket.kind == TicketKind::Chase => {
                lines.push(
                    self.lang
                        .pick(
                            "任务回到原始周期；仍需处理时请重新加急",
                            "The task is back on its own schedules; chase it again if it is still needed",
                        )
                        .to_owned(),
                );
                self.lang.pick(
                    format!("加急了 {urges} 次，{open_for}无人结单，加急结束"),
                    format!(
                        "the chase has ended after {urges} firings and {open_for} without an answer"
                    ),
                )
            }
            Event::TicketExpired => {
                lines.push(
                    self.lang
                        .pick(
                            "不再催；仍需处理时请在待办页重开",
                            "People are not urged about it any more; reopen it on the page of tickets if it is still needed",
                        )
                        .to_owned(),
                );
                self.lang.pick(
                    format!("催了 {urges} 次，{open_for}无人完成，已过期"),
                    format!("expired after {urges} urges and {open_for} without an answer"),
                )
            }
            // Only events of tickets come here.
            _ => self.done(ticket, &open_for),
        };
        let asks = matches!(
            ticket.event,
            Event::TicketUrged
                | Event::TicketEscalated
                | Event::TicketHandedOver
                | Event::TicketReopened
        );
        if asks && ticket.kind == TicketKind::Failure {
            lines.extend(self.failed(task, ticket));
        }
        let says = |event| matches!(event, Event::TicketDone | Event::TicketAcknowledged);
        if says(ticket.event) && !ticket.word.is_empty() {
            let word = one_line(&ticket.word);
            lines.push(
                self.lang
                    .pick(format!("说明：{word}"), format!("Note: {word}")),
            );
        }
        (verdict, lines)
    }

    /// What a person who is asked for a failure needs: how the run ended, what to do, and the end of what it wrote.
    fn failed(&self, task: &TaskFacts, ticket: &TicketFacts) -> Vec<String> {
        let mut lines = Vec::new();
        let failed = ticket.failed.as_deref();
        if let Some(end) = failed {
            let verdict = one_line(&self.verdict(end));
            lines.push(self.lang.pick(
                format!("失败原因：{verdict}"),
                format!("Failure: {verdict}"),
            ));
        }
        lines.extend(self.runbook(task));
        if let Some(end) = failed.filter(|end| !end.output.head.is_empty()) {
            let label = self.lang.pick("输出末尾：", "End of output:");
            lines.push(format!("{label}\n{}", self.output_shown(&end.output)));
        }
        lines
    }

    fn done(&self, ticket: &TicketFacts, open_for: &str) -> String {
        let by = &ticket.by;
        if ticket.checked {
            return self.lang.pick(
                format!("检查已通过，自动完成，历时 {open_for}"),
                format!("its check has passed, so it is done after {open_for}"),
            );
        }
        if by.is_empty() {
            return self.lang.pick(
                format!("执行已成功，自动完成，历时 {open_for}"),
                format!("a run succeeded, so it is done after {open_for}"),
            );
        }
        self.lang.pick(
            format!("由 {by} 完成，历时 {open_for}"),
            format!("done by {by} after {open_for}"),
        )
    }

    fn opened_by(&self, kind: TicketKind) -> &'static str {
        match kind {
            TicketKind::Task => self.lang.pick("等待结单", "waiting to be marked done"),
            TicketKind::Firing => self.lang.pick("等待完成", "waiting to be done"),
            TicketKind::Failure => self
                .lang
                .pick("执行失败或错过，等待处理", "runs fail or are missed"),
            TicketKind::Chase => self.lang.pick("开始加急", "being chased"),
        }
    }

    fn opened_at(&self, task: &TaskFacts, ticket: &TicketFacts) -> String {
        let at = self.when(&task.zone, ticket.opened_at);
        self.lang
            .pick(format!("建单时间：{at}"), format!("Opened: {at}"))
    }
}

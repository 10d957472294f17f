//! Who is asked in addition, a line for each step, as typed.

use super::super::lists::{LIST_ITEM_MAX, LIST_MAX, owners};
use super::TicketDraft;
use crate::duration::{format_duration, parse_duration};
use crate::name::name_fault;
use crate::task::reader::Reader;
use crate::ticket::{EscalationStep, LADDER_MAX};

impl TicketDraft {
    pub(super) fn read_ladder(&self, reader: &mut Reader<'_>) -> Vec<EscalationStep> {
        let mut ladder: Vec<EscalationStep> = Vec::new();
        let lines = self.ladder.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty()).take(LADDER_MAX + 1) {
            let Some(rung) = rung(line) else {
                let message = reader.lang.pick(
                    format!("每行写成“2h: 张三, 李四”：多久没有回应，再催谁。这一行不对：{line}"),
                    format!("Write each line as \"2h: Ann, Bob\": the time without an answer, and who is asked then. This line is not: {line}"),
                );
                reader.fault("ladder", "line", message);
                return Vec::new();
            };
            ladder.push(rung);
        }
        if ladder.len() > LADDER_MAX {
            let message = reader.lang.pick(
                format!("最多 {LADDER_MAX} 行"),
                format!("At most {LADDER_MAX} lines"),
            );
            reader.fault("ladder", "too_many", message);
            return Vec::new();
        }
        let grows = ladder.is_sorted_by(|one, next| one.after_seconds < next.after_seconds);
        if !grows {
            let message = reader.lang.pick(
                "每一行的时间都要比上一行长",
                "Each line needs a longer time than the one before",
            );
            reader.fault("ladder", "order", message);
        }
        ladder
    }
}

/// `2h: 张三, 李四`.
fn rung(line: &str) -> Option<EscalationStep> {
    let (after, who) = line.split_once([':', '：'])?;
    let after_seconds = parse_duration(after).ok().flatten()?;
    let who = owners(&[who.to_owned()]);
    let fine = |name: &String| name.chars().count() <= LIST_ITEM_MAX && name_fault(name).is_none();
    let is_fine = !who.is_empty() && who.len() <= LIST_MAX && who.iter().all(fine);
    is_fine.then_some(EscalationStep { after_seconds, who })
}

pub(super) fn line(rung: &EscalationStep) -> String {
    format!(
        "{}: {}",
        format_duration(rung.after_seconds),
        rung.who.join(", ")
    )
}

//! The table of `jcrontab ticket list`.

use app::ticket::TicketView;
use serde_json::Value;

use super::super::calendar::typed;
use super::super::print::{print_more, print_table};
use super::super::when::here;
use super::super::{Failure, lang};

/// Prints a page of tickets.
pub(super) fn list(page: &Value) -> Result<(), Failure> {
    let tickets: Vec<TicketView> = typed(&page["items"])?;
    let rows: Vec<Vec<String>> = tickets.iter().map(row).collect();
    let heading = lang().pick(
        [
            "编号",
            "状态",
            "类型",
            "任务",
            "负责人",
            "开始时间",
            "已催次数",
            "下次催单",
        ],
        [
            "ID", "STATE", "KIND", "TASK", "OWNER", "SINCE", "URGES", "NEXT",
        ],
    );
    print_table(&heading, &rows, ("没有符合条件的单", "No tickets match"));
    print_more(page);
    Ok(())
}

fn row(ticket: &TicketView) -> Vec<String> {
    let lang = lang();
    vec![
        ticket.id.to_string(),
        lang.pick(ticket.state.words(lang), ticket.state.as_str())
            .to_owned(),
        lang.pick(ticket.kind.words(lang), ticket.kind.as_str())
            .to_owned(),
        ticket.task.clone(),
        ticket.owner.clone(),
        here(ticket.since),
        ticket.urges.to_string(),
        ticket.next_urge_at.map(here).unwrap_or_default(),
    ]
}

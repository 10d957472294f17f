//! The columns of a work list.

use crate::cli::lang;

/// A column, with the names that it may have.
pub(super) const COLUMNS: [(Column, &[&str]); 15] = [
    (
        Column::Name,
        &[
            "name",
            "workcontent",
            "new_workconntent",
            "new_workcontent",
            "工作内容",
            "任务",
            "名称",
        ],
    ),
    (
        Column::Cron,
        &["cron", "workcycle", "new_workcycle", "工作周期", "周期"],
    ),
    (
        Column::Owners,
        &[
            "owners",
            "owner",
            "workowner",
            "new_owner",
            "责任人",
            "工作责任人",
            "负责人",
        ],
    ),
    (
        Column::Nickname,
        &["nickname", "extname", "new_extname", "称呼", "绰号"],
    ),
    (
        Column::StartsAt,
        &["starts_at", "starttime", "new_starttime", "开始时间"],
    ),
    (
        Column::EndsAt,
        &["ends_at", "endtime", "new_endtime", "结束时间", "截止时间"],
    ),
    (
        Column::Robot,
        &[
            "robot",
            "noticeurl",
            "new_noticeurl",
            "企业微信通知url",
            "机器人地址",
        ],
    ),
    (Column::Channel, &["channel", "通知渠道", "渠道"]),
    (Column::Command, &["command", "命令", "任务或命令"]),
    (Column::Mode, &["mode", "workmode", "工作模式"]),
    (
        Column::UrgeCron,
        &["urge_cron", "subworkcycle", "催单工作周期", "催单周期"],
    ),
    (Column::Zone, &["zone", "时区"]),
    (Column::Tags, &["tags", "tag", "标签"]),
    (Column::Timeout, &["timeout", "超时限制", "超时"]),
    (Column::Runbook, &["runbook", "处理预案"]),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Name,
    Cron,
    Owners,
    Nickname,
    StartsAt,
    EndsAt,
    Robot,
    Channel,
    Command,
    Mode,
    UrgeCron,
    Zone,
    Tags,
    Timeout,
    Runbook,
}

/// The column of a heading; none for an empty one.
pub(super) fn column(heading: &str) -> Result<Option<Column>, String> {
    let plain = heading.trim().to_lowercase();
    if plain.is_empty() {
        return Ok(None);
    }
    let found = COLUMNS
        .iter()
        .find(|(_, names)| names.contains(&plain.as_str()));
    found.map(|(column, _)| Some(*column)).ok_or_else(|| {
        let known: Vec<&str> = COLUMNS.iter().map(|(_, names)| names[0]).collect();
        let known = known.join(", ");
        lang().pick(
            format!("没有 {heading:?} 这一列；可用的有 {known}"),
            format!("there is no column {heading:?}; the known ones are {known}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::COLUMNS;

    /// Fields of a task that a work list does not have: it is filled in by people in a spreadsheet, who set the rest on
    /// the page of the task.
    const NO_COLUMNS: [&str; 9] = [
        "channel_id",
        "execution",
        "missed",
        "notice_before",
        "pause_after_failures",
        "robot_secret",
        "schedules",
        "tickets",
        "urging",
    ];

    #[test]
    fn every_field_of_a_task_is_a_column_or_is_listed() {
        let draft = serde_json::json!(app::task::TaskDraft::default());
        let fields: BTreeSet<&str> = draft
            .as_object()
            .expect("fields")
            .keys()
            .map(String::as_str)
            .collect();
        // The name of a channel is in the place of its id.
        let columns = COLUMNS.iter().map(|(_, names)| names[0]);
        let columns: BTreeSet<&str> = columns.filter(|name| *name != "channel").collect();
        let known: BTreeSet<&str> = columns.into_iter().chain(NO_COLUMNS).collect();
        assert_eq!(known, fields);
    }
}

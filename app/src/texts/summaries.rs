//! Texts about summaries.

use crate::i18n::Lang;
use crate::summary::Weekday;

crate::texts! {
    /// Texts about summaries.
    SummariesUi {
        summaries: "定期汇总" | "Summaries",
        summaries_text: "每天或每周一条消息：失败、错过、变慢、催单中的任务" | "One message a day or a week: tasks that failed, were missed, got slower or are being chased",
        summaries_empty: "没有定期汇总。添加一个，每天或每周把需要关注的任务发到群里。" | "No summaries. Add one to get the tasks that need attention once a day or once a week.",
        summary_when: "发送时间" | "Sent",
        summary_scope: "任务范围" | "Tasks",
        summary_all: "全部任务" | "All tasks",
        summary_owner: "负责人" | "Owner",
        summary_owner_hint: "只汇总这个负责人的任务；与标签只能填一个，都留空为全部任务" | "Only tasks of this owner. Give an owner or a tag; leave both empty for all tasks",
        summary_tag: "标签" | "Tag",
        summary_tag_hint: "只汇总带这个标签的任务" | "Only tasks with this tag",
        summary_next: "下次发送" | "Next",
        summary_last: "上次" | "Last",
        summary_off: "已停用" | "Disabled",
        summary_preview: "预览" | "Preview",
        summary_change: "修改" | "Edit",
        summary_delete_confirm: "删除后不再发送。" | "It is not sent any more.",
        add_summary: "添加汇总" | "Add a summary",
        summary_time: "时间" | "Time",
        summary_time_hint: "例如 09:00，按下面的时区" | "Such as 09:00, in the time zone below",
        summary_repeats: "周期" | "Repeats",
        summary_daily: "每天" | "Every day",
        summary_zone_hint: "留空为服务器的时区" | "Leave empty for the server's time zone",
        summary_send_when_empty: "没有需要关注的任务时也发送" | "Send it even if there is nothing to report",
        summary_enabled: "启用" | "Enabled",
        summary_no_channels: "还没有通知渠道，请先添加一个。" | "There are no channels yet. Add one first.",
    }
}

/// The heading of the form that changes a summary.
#[must_use]
pub fn change_summary(lang: Lang, name: &str) -> String {
    lang.pick(format!("修改汇总 {name}"), format!("Edit summary {name}"))
}

/// The heading of a preview.
#[must_use]
pub fn preview_of(lang: Lang, name: &str) -> String {
    lang.pick(
        format!("{name}：现在发送的内容"),
        format!("{name}: what it would say now"),
    )
}

/// When a summary is sent: `每周一 09:00`, `Mondays at 09:00`.
#[must_use]
pub fn sent_at(lang: Lang, weekday: Option<Weekday>, time: &str) -> String {
    match weekday {
        None => lang.pick(format!("每天 {time}"), format!("Every day at {time}")),
        Some(day) => {
            let day = day.words(lang);
            lang.pick(format!("每{day} {time}"), format!("{day}s at {time}"))
        }
    }
}

//! Texts about default policies of urging.

crate::texts! {
    /// Texts about default policies of urging.
    UrgeDefaultsUi {
        urge_defaults: "默认催单策略" | "Default policies",
        urge_defaults_text: "任务没有写明时怎样催单：按标签或全部任务" | "How people are urged where a task does not say: by tag, or for all tasks",
        urge_defaults_order: "任务自己写明的优先，其次是它的标签（按标签顺序），最后是全部任务（*）。改动马上用于继承它的任务，已有的待办从下次催单起生效。" | "What a task says itself comes first, then its tags in their order, then all tasks (*). A change applies at once to the tasks that inherit it, and to open tickets from their next urge on.",
        urge_defaults_empty: "还没有默认策略，使用内置的：30 分钟后首次催单，之后每小时一次，7 天或 100 次后过期。" | "There are none; the built-in policy applies: the first urge after 30 minutes, then every hour, until 7 days or 100 urges have passed.",
        tag: "标签" | "Tag",
        tag_hint: "任务的标签；* 表示全部任务" | "A tag of tasks; * for all tasks",
        every_task: "全部任务" | "All tasks",
        sets: "设定" | "Sets",
        in_force: "策略" | "Policy",
        change: "修改" | "Edit",
        add: "添加默认策略" | "Add a default policy",
        delete_confirm: "继承它的任务改用下一级默认策略。" | "Tasks that inherit it use the next default.",
    }
}

/// The heading of the form that changes one.
#[must_use]
pub fn change_default(lang: crate::i18n::Lang, tag: &str) -> String {
    let every = crate::ticket::EVERY_TAG;
    lang.pick(
        match tag == every {
            true => "修改全部任务的默认策略".to_owned(),
            false => format!("修改标签 {tag} 的默认策略"),
        },
        match tag == every {
            true => "Edit the default policy of all tasks".to_owned(),
            false => format!("Edit the default policy of tag {tag}"),
        },
    )
}

//! Texts about people with a zone or hours of their own.

use crate::i18n::Lang;

crate::texts! {
    /// Texts about people with a zone or hours of their own.
    PeopleUi {
        people: "人员时区与时段" | "People and their hours",
        people_text: "时区或作息与任务不同的人：催单按本人的时区和时段" | "People whose time zone or working hours differ from those of their tasks; they are urged in their own hours",
        people_order: "没有填的项按任务：时区用任务的时区，时段和日历用催单策略的。紧急的待办不受限制。改动从下次催单起生效。" | "What is not set comes from the task: its zone, and the hours and the calendar of its policy. Urgent tickets urge at any hour. A change applies from the next urge on.",
        people_empty: "还没有；所有人都按任务的时区和策略催单。" | "There are none; everyone is urged by the zone and the policy of the task.",
        person: "姓名" | "Person",
        person_hint: "与负责人、值班表、升级里写的名字一致" | "As owners, rotas and escalation steps name the person",
        zone_hint: "IANA 名称，例如 Europe/Berlin；留空用任务的时区" | "IANA name, for example Europe/Berlin; empty for the zone of the task",
        hours: "时段" | "Hours",
        hours_from: "从" | "From",
        hours_until: "到" | "Until",
        hours_hint: "例如 09:00；留空用策略的时段" | "For example 09:00; empty for the hours of the policy",
        calendar: "只在工作日" | "Working days in this calendar",
        calendar_hint: "含调休" | "With make-up days",
        calendar_policy: "按策略" | "That of the policy",
        of_task: "按任务" | "That of the task",
        change: "修改" | "Edit",
        add: "添加人员" | "Add a person",
        own: "我的时区与时段" | "My zone and hours",
        delete_confirm: "之后按任务的时区和策略催。" | "The person is urged by the zone and the policy of the task then.",
    }
}

/// The heading of the form that changes one.
#[must_use]
pub fn change_person(lang: Lang, name: &str) -> String {
    lang.pick(
        format!("修改 {name} 的时区与时段"),
        format!("Edit the zone and the hours of {name}"),
    )
}

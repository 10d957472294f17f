//! Texts about tickets.

use crate::i18n::{Lang, plural};
use crate::ticket::TicketEntryKind;

crate::texts! {
    /// Texts about tickets.
    TicketsUi {
        tickets: "待办" | "To do",
        tickets_none: "没有待办" | "Nothing is open",
        tickets_none_yet: "到目前为止查过的待办里没有；更早的还没有查。" | "None among the tickets examined so far; earlier ones have not been examined yet.",
        tickets_of_task: "这个任务的待办" | "Tickets of this task",
        all_open: "未完成" | "Not done",
        all: "全部" | "All",
        mine: "我的" | "Mine",
        unowned: "没有负责人" | "Without an owner",
        owner: "负责人" | "Owner",
        person: "姓名" | "Person",
        level_from: "升级级别不低于" | "Escalated at least to level",
        sort: "排序" | "Order",
        sort_newest: "最新的在前" | "Newest first",
        sort_oldest: "等待最久的在前" | "Oldest first",
        sort_level: "升级级别高的在前" | "Most escalated first",
        first_page: "第一页" | "First page",
        next_page: "下一页" | "Next page",
        filter: "筛选" | "Filter",
        state_filter: "状态" | "State",
        select_one: "选中" | "Select",
        select_all: "全选" | "Select all",
        since: "开始于" | "Since",
        next: "下次催单" | "Next urge",
        level: "升级到第" | "Escalation level",
        history: "经过" | "History",
        history_whole: "查看全部经过" | "Whole history",
        asked: "催单记录" | "Urges",
        asked_none: "还没有催过" | "Not urged yet",
        whom: "催了谁" | "Urged",
        outcome: "结果" | "Outcome",
        what: "做了什么" | "What",
        who: "操作人" | "By",
        when: "时间" | "Time",
        act_title: "处理选中的待办" | "Actions on the selected tickets",
        word: "留言" | "Note",
        word_hint: "完成时可以留一句话" | "Saved with the tickets that you mark as done",
        to: "转交给" | "Hand over to",
        done: "完成" | "Done",
        take: "我来处理" | "Take",
        snooze_30m: "30 分钟后提醒" | "Snooze 30 min",
        snooze_2h: "2 小时后提醒" | "Snooze 2 h",
        snooze_tomorrow: "明早提醒" | "Until tomorrow",
        assign: "转交" | "Hand over",
        reopen: "重新打开" | "Reopen",
        rotas: "值班" | "On call",
        rotas_text: "在负责人和升级里写 oncall:名称，催单和消息找当时值班的人" | "Name a rota as an owner or in an escalation step: oncall:NAME is the person on call at that time",
        rota: "值班表" | "Rota",
        on_call: "现在值班" | "On call now",
        on_call_until: "到" | "Until",
        on_call_next: "下一位" | "Next",
        mine_text: "不用登录查看和处理自己的待办" | "Your own tickets without signing in",
        make_link: "生成手机链接" | "Make a link for the phone",
        make_feed: "生成日历订阅地址" | "Make a calendar address",
        link_made: "自己待办的链接，7 天内有效；有它的人都能以你的名义处理，只显示这一次：" | "The link to your tickets, for 7 days. Whoever has it acts in your name. It is shown only once:",
        feed_made: "自己待办的日历地址；有它的人都能看到，改密码后失效，只显示这一次：" | "The calendar of your tickets. Whoever has the address sees them; a new password ends it. It is shown only once:",
        stats: "处理用时" | "Time to answer",
        stats_show: "查看处理用时统计" | "Show how long tickets take",
        stats_text: "最近 90 天的待办，取中位数；最多统计最新的 5000 个" | "Medians of the tickets of the last 90 days, at most the latest 5,000",
        stats_none: "还没有待办" | "No tickets yet",
        stats_count: "个数" | "Tickets",
        stats_take: "开始处理用时" | "Until taken",
        stats_done: "完成用时" | "Until done",
        tag: "标签" | "Tag",
        hour: "产生时刻（小时）" | "Hour of opening",
        opened: "新建" | "Opened",
        acknowledged: "我来处理" | "Taken",
        snoozed: "稍后提醒" | "Snoozed",
        handed_over: "转交" | "Handed over",
        escalated: "升级" | "Escalated",
        expired: "已过期" | "Expired",
        reopened: "重新打开" | "Reopened",
        check_passed: "检查通过，自动完成" | "Closed by its check",
        check_failed: "检查未通过" | "Check failed",
    }
}

impl TicketsUi {
    /// What happened.
    #[must_use]
    pub const fn entry(&self, event: TicketEntryKind) -> &'static str {
        match event {
            TicketEntryKind::Opened => self.opened,
            TicketEntryKind::Acknowledged => self.acknowledged,
            TicketEntryKind::Snoozed => self.snoozed,
            TicketEntryKind::HandedOver => self.handed_over,
            TicketEntryKind::Escalated => self.escalated,
            TicketEntryKind::Done => self.done,
            TicketEntryKind::Expired => self.expired,
            TicketEntryKind::Reopened => self.reopened,
            TicketEntryKind::CheckPassed => self.check_passed,
            TicketEntryKind::CheckFailed => self.check_failed,
        }
    }
}

/// How often it was asked for.
#[must_use]
pub fn urges(lang: Lang, count: i32) -> String {
    let n = count.unsigned_abs();
    lang.pick(
        format!("已催 {n} 次"),
        format!("urged {n} {}", plural(n, "time", "times")),
    )
}

/// The heading of a ticket.
#[must_use]
pub fn ticket_title(lang: Lang, id: i64, task: &str) -> String {
    lang.pick(format!("待办 {id}：{task}"), format!("Ticket {id}: {task}"))
}

/// Some of several tickets were not changed.
#[must_use]
pub fn partly(lang: Lang, done: usize, refused: usize, why: &str) -> String {
    lang.pick(
        format!("{done} 个已处理，{refused} 个没有：{why}"),
        format!("{done} done, {refused} not: {why}"),
    )
}

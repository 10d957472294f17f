//! Texts about the history of messages.

use super::Ui;
use crate::message::MessageState;

crate::texts! {
    /// Texts about the history of messages.
    MessagesUi {
        messages: "消息记录" | "Messages",
        messages_text: "发给谁、发了什么、对方怎么答复；失败的可以重发" | "What was sent where, and what the channel answered; failed messages can be sent again",
        messages_none: "没有符合条件的消息。" | "No messages match.",
        this_message: "这条消息" | "message",
        event: "事件" | "Event",
        task_id: "任务编号" | "Task ID",
        any: "全部" | "All",
        filter: "筛选" | "Filter",
        caused: "产生时间" | "Created",
        accepted: "对方接收" | "Accepted",
        next_try: "下次尝试" | "Next attempt",
        sent_to: "提醒谁" | "Mentions",
        task_deleted: "任务已删除" | "deleted task",
        channel_deleted: "渠道已删除" | "deleted channel",
        resend: "重发" | "Send again",
        resent: "已放回发送队列。" | "The message is queued again.",
        resend_not_dead: "只有发送失败的消息可以重发" | "Only a message that failed can be sent again",
        resend_no_channel: "它的通知渠道已删除，无法重发" | "Its channel was deleted, so it cannot be sent again",
        resend_no_task: "它的任务已删除，无法重发" | "Its task was deleted, so it cannot be sent again",
        all_messages: "全部消息" | "All messages",
    }
}

/// The word for the state of a message.
#[must_use]
pub const fn message_state(ui: &Ui, state: MessageState) -> &'static str {
    match state {
        MessageState::Sent => ui.message_sent,
        MessageState::Sending => ui.message_sending,
        MessageState::Dead => ui.message_dead,
        MessageState::Withdrawn => ui.message_withdrawn,
        MessageState::Pending => ui.message_pending,
        MessageState::Waiting => ui.message_waiting,
        MessageState::Merged => ui.message_merged,
        MessageState::Digested => ui.message_digested,
    }
}

//! Texts about the history of messages.

use super::Ui;
use super::pictures::PicturesUi;
use crate::i18n::Lang;
use crate::message::{MessageState, MessageWait, PictureName};

crate::texts! {
    /// Texts about the history of messages.
    MessagesUi {
        messages: "消息记录" | "Messages",
        messages_text: "发给谁、发了什么、对方怎么答复；失败的可以重发" | "What was sent where, and what the channel answered; failed messages can be sent again",
        messages_none: "没有符合条件的消息。" | "No messages match.",
        this_message: "这条消息" | "message",
        event: "事件" | "Event",
        task: "任务" | "Task",
        task_hint: "任务名或编号；已删除的任务用编号" | "Its name or ID; of a deleted task the ID",
        from: "产生时间不早于" | "Created from",
        to: "产生时间早于" | "Created before",
        time_hint: "如 2026-11-30 或 2026-11-30 09:00；只写日期时包含当天" | "Such as 2026-11-30 or 2026-11-30 09:00; a date alone includes that day",
        any: "全部" | "All",
        filter: "筛选" | "Filter",
        caused: "产生时间" | "Created",
        accepted: "对方接收" | "Accepted",
        next_try: "下次尝试" | "Next attempt",
        goes_to: "发往" | "To",
        sent_to: "提醒谁" | "Mentions",
        not_mentioned: "该渠道无法 @（按渠道要求的写法填写负责人）" | "Cannot be mentioned there (enter owners as this channel names its members)",
        task_deleted: "任务已删除" | "deleted task",
        channel_deleted: "渠道已删除" | "deleted channel",
        resend: "重发" | "Send again",
        resent: "已放回发送队列。" | "The message is queued again.",
        resend_not_dead: "只有发送失败的消息可以重发" | "Only a message that failed can be sent again",
        resend_no_channel: "它的通知渠道已删除，无法重发" | "Its channel was deleted, so it cannot be sent again",
        resend_no_task: "它的任务已删除，无法重发" | "Its task was deleted, so it cannot be sent again",
        waits_channel: "渠道要求暂停发送" | "the channel asked for a pause",
        waits_quiet: "规则的免打扰时段" | "quiet hours of its rule",
        waits_retry: "上次未送达，稍后重试" | "not accepted last time; it is retried after a pause",
        waits_turn: "排队中：等前面的消息发完，有频率限制的渠道按限额发送" | "it is queued behind other messages; a channel with a rate limit sends at that rate",
        maybe_twice: "可能送达了两次：有一次发送没有收到答复" | "may have been delivered twice: one attempt got no answer",
        maybe_once: "可能已经送达：有一次发送没有收到答复" | "may have been delivered already: one attempt got no answer",
        all_messages: "全部消息" | "All messages",
    }
}

/// Why a message is not tried yet.
#[must_use]
pub const fn message_wait(texts: &MessagesUi, wait: MessageWait) -> &'static str {
    match wait {
        MessageWait::Channel => texts.waits_channel,
        MessageWait::QuietHours => texts.waits_quiet,
        MessageWait::Retry => texts.waits_retry,
        MessageWait::Turn => texts.waits_turn,
    }
}

/// That a message may have arrived without our knowing; `None` where every attempt at it got an answer.
#[must_use]
pub const fn maybe_twice(
    texts: &MessagesUi,
    is_marked: bool,
    state: MessageState,
) -> Option<&'static str> {
    match state {
        _ if !is_marked => None,
        MessageState::Sent | MessageState::Digested => Some(texts.maybe_twice),
        MessageState::Pending
        | MessageState::Sending
        | MessageState::Waiting
        | MessageState::Merged
        | MessageState::Dead
        | MessageState::Withdrawn => Some(texts.maybe_once),
    }
}

/// The name of a picture that follows messages.
#[must_use]
pub fn picture_name(name: PictureName, lang: Lang) -> &'static str {
    let texts = PicturesUi::of(lang);
    match name {
        PictureName::Reminder => texts.reminder,
        PictureName::Success => texts.success,
        PictureName::Failure => texts.failure,
        PictureName::Urge => texts.urge,
        PictureName::Created => texts.created,
    }
}

/// The same for a row among messages of other kinds: it says that it is a picture.
#[must_use]
pub fn picture_words(name: PictureName, lang: Lang) -> String {
    format!(
        "{} · {}",
        PicturesUi::of(lang).picture,
        picture_name(name, lang)
    )
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

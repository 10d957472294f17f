//! The HTML of the phone pages: without script, readable in the built-in browsers of chat apps.
//!
//! Every value is escaped by the template engine: names, words and logs are what people and commands wrote.

use std::sync::LazyLock;

use app::error::AppError;
use app::i18n::{Lang, plural};
use app::ticket::{TicketEntry, TicketEntryKind, TicketState, TicketView};
use app::time::{Stamp, ZoneRules};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::{Environment, Value, context};

use super::super::plain;
use crate::auth::link::LinkAct;
use crate::http::Problem;
use crate::service::{LinkedList, LinkedTicket, clock_time};

const CSS: &str = include_str!("phone.css");
const TEMPLATES: [(&str, &str); 3] = [
    ("ticket", include_str!("ticket.html")),
    ("mine", include_str!("mine.html")),
    ("sentence", include_str!("sentence.html")),
];
/// Lines of history on a ticket's page.
const HISTORY: usize = 12;

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| plain::policy(CSS));

static CHINESE: LazyLock<Environment<'static>> =
    LazyLock::new(|| plain::templates(Lang::Zh, &TEMPLATES));
static ENGLISH: LazyLock<Environment<'static>> =
    LazyLock::new(|| plain::templates(Lang::En, &TEMPLATES));

/// A page with its headers.
fn page(lang: Lang, status: StatusCode, name: &str, values: &Value) -> Response {
    let environment = match lang {
        Lang::Zh => &*CHINESE,
        Lang::En => &*ENGLISH,
    };
    let body = environment
        .get_template(name)
        .and_then(|template| template.render(values.clone()));
    let body = match body {
        Ok(body) => body,
        Err(error) => return Problem::from(crate::error::internal(lang, &error)).into_response(),
    };
    let (tag, title) = (lang.tag(), lang.pick("待办", "To do"));
    // The title shows in previews of chats, so it names no task.
    let html = format!(
        "<!DOCTYPE html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex,nofollow\"><meta \
         name=\"color-scheme\" content=\"light dark\"><meta name=\"format-detection\" content=\"telephone=no\"><title>\
         {title} · Jcrontab</title><style>{CSS}</style></head><body><main>{body}</main></body></html>"
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // The address is the credential. `no-referrer` would also hide the origin of our own forms, which shows that
        // they are ours; `same-origin` reveals nothing to other sites either.
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex, nofollow"),
        ),
        (
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        ),
    ];
    (status, headers, html).into_response()
}

/// The page of a refusal that concerns no ticket, or none that may be shown.
pub(super) fn sentence(lang: Lang, error: &AppError) -> Response {
    let status = status_of(error);
    let values = context! { message => error.message.as_str(), hint => error.hint.clone() };
    let mut response = page(lang, status, "sentence", &values);
    if let Some(seconds) = error.retry_after {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn status_of(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The page of a ticket, with the refusal of what was pressed on it.
pub(super) fn ticket(
    lang: Lang,
    token: &str,
    seen: &LinkedTicket,
    refused: Option<&AppError>,
) -> Response {
    let ticket = &seen.detail.ticket;
    let time = |at: Stamp| clock_time(&seen.zone, at, seen.now);
    let offered = |act: LinkAct| act != LinkAct::Log && seen.acts.allows(act);
    let is_over = ticket.state.is_over();
    let note = note(lang, seen);
    // What was asked for is so already: no failure.
    let is_done = refused.is_some_and(|error| error.code == "ticket.done");
    let fault = refused
        .filter(|_| !(is_done && note.is_some()))
        .map(|error| match &error.hint {
            Some(hint) => format!("{}{}{hint}", error.message, lang.pick("。", ". ")),
            None => error.message.clone(),
        });
    let who = match seen.people.as_slice() {
        [] | [_] => Value::UNDEFINED,
        several => Value::from_safe_string(who(lang, several)),
    };
    let history: Vec<String> = seen
        .detail
        .history
        .iter()
        .rev()
        .take(HISTORY)
        .map(|entry| entry_words(lang, entry, &seen.zone, seen.now))
        .collect();
    let values = context! {
        token,
        kind => ticket.kind.words(lang),
        state => ticket.state.words(lang),
        task => ticket.task.as_str(),
        fault,
        note,
        owner => ticket.owner.as_str(),
        since => time(ticket.since),
        age => age(lang, ticket.since, seen.now),
        urges => urges(lang, ticket),
        next => ticket
            .next_urge_at
            .filter(|_| !is_over)
            .map(|at| format!("{}{}", time(at), ticket.next_elsewhere())),
        expires => (!is_over).then(|| time(ticket.expires_at)),
        can => context! {
            done => offered(LinkAct::Done),
            take => offered(LinkAct::Take),
            snooze => offered(LinkAct::Snooze),
            assign => offered(LinkAct::Assign),
            cycle => offered(LinkAct::Cycle),
            run => offered(LinkAct::Run),
        },
        can_any => LinkAct::ALL.into_iter().any(offered),
        who,
        log => seen.log.clone(),
        runbook => seen.runbook.as_str(),
        history,
        zone => seen.zone.name.as_str(),
        people => seen.people.join(lang.pick("、", ", ")),
    };
    let status = match refused {
        Some(_) if is_done => StatusCode::OK,
        Some(error) => status_of(error),
        None => StatusCode::OK,
    };
    page(lang, status, "ticket", &values)
}

/// The choice between the people whom a link was issued to.
fn who(lang: Lang, people: &[String]) -> String {
    let mut html = format!(
        "<fieldset class=\"who\"><legend class=\"label\">{}</legend>",
        lang.pick("您是", "You are")
    );
    for name in people {
        let name = minijinja::HtmlEscape(name).to_string();
        html.push_str(&format!(
            "<label><input type=\"radio\" name=\"who\" value=\"{name}\" required> {name}</label>"
        ));
    }
    html.push_str("</fieldset>");
    html
}

/// What there is to know first: how it ended, who has it, or until when it rests.
fn note(lang: Lang, seen: &LinkedTicket) -> Option<String> {
    let ticket = &seen.detail.ticket;
    let time = |at: Option<Stamp>| at.map(|at| clock_time(&seen.zone, at, seen.now));
    let by = ticket.done_by.as_deref().filter(|by| *by != "jcrontab");
    let ended = time(ticket.done_at).unwrap_or_default();
    let mut note = match (ticket.state, by) {
        (TicketState::Done, Some(by)) => lang.pick(
            format!("已由 {by} 于 {ended} 完成"),
            format!("Done by {by} at {ended}"),
        ),
        (TicketState::Done, None) => lang.pick(
            format!("已于 {ended} 自动完成"),
            format!("Closed automatically at {ended}"),
        ),
        (TicketState::Expired, _) => lang.pick(
            format!("已于 {ended} 过期，不再催"),
            format!("It expired at {ended}"),
        ),
        (TicketState::Acknowledged, _) => {
            let by = ticket.acknowledged_by.clone().unwrap_or_default();
            let at = time(ticket.acknowledged_at).unwrap_or_default();
            lang.pick(
                format!("{by} 已于 {at} 开始处理"),
                format!("Taken by {by} at {at}"),
            )
        }
        (TicketState::Snoozed, _) => {
            let until = time(ticket.snoozed_until)?;
            lang.pick(
                format!("稍后提醒：{until} 之前不催"),
                format!("Snoozed until {until}"),
            )
        }
        (TicketState::Open, _) if seen.of_another => lang.pick(
            format!("这个待办现在由 {} 负责", ticket.owner),
            format!("This ticket is with {} now", ticket.owner),
        ),
        (TicketState::Open, _) => return None,
    };
    if let Some(word) = ticket.word.as_deref().filter(|word| !word.is_empty()) {
        note.push_str(lang.pick("：", ": "));
        note.push_str(word);
    }
    Some(note)
}

/// The page of a person's tickets.
pub(super) fn mine(lang: Lang, list: &LinkedList) -> Response {
    let tickets: Vec<Value> = list
        .tickets
        .iter()
        .map(|(ticket, token, _)| {
            context! {
                token,
                task => ticket.task.as_str(),
                kind => ticket.kind.words(lang),
                state => ticket.state.words(lang),
                age => age(lang, ticket.since, list.now),
                urges => urges(lang, ticket),
            }
        })
        .collect();
    let values = context! { person => list.person.as_str(), tickets, more => list.more };
    page(lang, StatusCode::OK, "mine", &values)
}

fn urges(lang: Lang, ticket: &TicketView) -> String {
    let n = ticket.urges;
    lang.pick(
        format!("{n} 次"),
        format!("{n} {}", plural(n.unsigned_abs(), "time", "times")),
    )
}

/// How long ago, in the largest unit.
fn age(lang: Lang, since: Stamp, now: Stamp) -> String {
    let minutes = (now.0 - since.0).num_minutes().max(0);
    let (n, zh, en) = match minutes {
        0 => return lang.pick("刚刚", "just now").to_owned(),
        1..=59 => (minutes, "分钟前", ("minute ago", "minutes ago")),
        60..=2879 => (minutes / 60, "小时前", ("hour ago", "hours ago")),
        _ => (minutes / 1440, "天前", ("day ago", "days ago")),
    };
    let (one, many) = en;
    lang.pick(
        format!("{n} {zh}"),
        format!("{n} {}", plural(n.unsigned_abs(), one, many)),
    )
}

/// One line of a ticket's history.
fn entry_words(lang: Lang, entry: &TicketEntry, zone: &ZoneRules, now: Stamp) -> String {
    let (who, detail) = (entry.who.as_str(), entry.detail.as_str());
    let until = || {
        let at = chrono::DateTime::parse_from_rfc3339(detail).ok();
        at.map_or_else(
            || detail.to_owned(),
            |at| clock_time(zone, Stamp(at.to_utc()), now),
        )
    };
    let Some(event) = entry.kind() else {
        return format!("{} {}", clock_time(zone, entry.at, now), entry.what);
    };
    let what = match event {
        TicketEntryKind::Opened => lang.pick("新建".to_owned(), "opened".to_owned()),
        TicketEntryKind::Acknowledged => {
            lang.pick(format!("{who} 来处理"), format!("taken by {who}"))
        }
        TicketEntryKind::Snoozed => lang.pick(
            format!("{who} 设置稍后提醒：{}", until()),
            format!("snoozed by {who} until {}", until()),
        ),
        TicketEntryKind::HandedOver => lang.pick(
            format!("{who} 转交给 {detail}"),
            format!("handed over by {who} to {detail}"),
        ),
        TicketEntryKind::Escalated => lang.pick("升级".to_owned(), "escalated".to_owned()),
        TicketEntryKind::CheckPassed => {
            lang.pick("检查已通过".to_owned(), "its check has passed".to_owned())
        }
        TicketEntryKind::CheckFailed => lang.pick(
            "检查未通过".to_owned(),
            "its check has not passed".to_owned(),
        ),
        TicketEntryKind::Done => lang.pick(format!("{who} 完成"), format!("done by {who}")),
        TicketEntryKind::Expired => lang.pick("已过期".to_owned(), "expired".to_owned()),
        TicketEntryKind::Reopened => {
            lang.pick(format!("{who} 重新打开"), format!("reopened by {who}"))
        }
    };
    let word = match event {
        TicketEntryKind::Done if !detail.is_empty() => format!("{}{detail}", lang.pick("：", ": ")),
        // Whom it asks since then.
        TicketEntryKind::Escalated if !detail.is_empty() => {
            let names = detail.replace(", ", lang.pick("、", ", "));
            format!("{}{names}", lang.pick("，催 ", " to "))
        }
        _ => String::new(),
    };
    format!("{} {what}{word}", clock_time(zone, entry.at, now))
}

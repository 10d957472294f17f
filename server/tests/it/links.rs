//! Signed links: a person without an account acts on a ticket from a message.

use app::backend::Tickets;
use app::id::{TaskId, TicketId};
use app::task::TaskDraft;
use app::ticket::{TicketQuery, TicketState, TicketView};
use chrono::TimeDelta;
use server::auth::link::{Link, LinkAct, LinkActs, LinkFor};
use server::clock::Clock;

use super::helpers::{Browser, TestApp, draft};

mod attacks;
mod doors;
mod once;
mod pages;
mod rights;
mod stored;

/// A task of 小王's with a ticket that is open until the task is closed.
fn asking(name: &str) -> TaskDraft {
    let mut asking = TaskDraft {
        owners: vec!["小王".to_owned()],
        zone: "Asia/Shanghai".to_owned(),
        ..draft(name, "0 0 1 1 *", "echo the last line")
    };
    asking.tickets.opens = "task".to_owned();
    asking
}

/// A task of 小王's whose failures open tickets, and whose runs fail.
fn failing(name: &str) -> TaskDraft {
    let mut failing = asking(name);
    failing.command = "echo the last line; exit 1".to_owned();
    failing.tickets.opens = "failure".to_owned();
    failing
}

/// The ticket that a task has opened.
async fn ticket_of(app: &TestApp, task: TaskId) -> TicketView {
    let query = TicketQuery {
        task: Some(task),
        state: "all".to_owned(),
        ..TicketQuery::default()
    };
    let listed = app.service.ticket_list(&app.console(), &query).await;
    listed.expect("tickets").items.remove(0)
}

pub(crate) async fn asked(app: &TestApp, name: &str) -> TicketView {
    let task = app.add(asking(name)).await;
    ticket_of(app, task.id).await
}

async fn state_of(app: &TestApp, id: TicketId) -> TicketState {
    let detail = app.service.ticket_get(&app.console(), id).await;
    detail.expect("the ticket").ticket.state
}

fn every_act() -> LinkActs {
    LinkAct::ALL.into_iter().collect()
}

/// The path of a link for a person, which is valid for a day.
pub(crate) fn link(app: &TestApp, ticket: TicketId, person: &str) -> String {
    let now = app.clock.now();
    let expires = now + TimeDelta::days(1);
    let what = LinkFor::Ticket(ticket.0);
    let link = Link::new(what, every_act(), person, now, expires);
    format!("/t/{}", app.components.sealer.links().sign(&link))
}

/// A browser in a chat app that reads Chinese.
fn phone(app: &TestApp) -> Browser {
    app.browser().with("accept-language", "zh-CN,zh;q=0.9")
}

/// What a page says to its reader: the banners on top.
fn said(page: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(page);
    let wanted = scraper::Selector::parse(".fault, .note, h1").expect("a selector");
    let text = |one: scraper::ElementRef<'_>| one.text().collect::<String>();
    html.select(&wanted).map(text).collect()
}

#[tokio::test]
async fn a_person_without_an_account_marks_a_ticket_done() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "备份").await;
    let phone = phone(&app).at("192.0.2.7");
    let path = link(&app, ticket.id, "小王");
    let page = phone.open(&path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("备份"), "{}", page.text());
    let fields = [("act", "done"), ("value", "磁盘已清理")];
    let pressed = phone.submit(&path, &fields).await;
    assert_eq!(pressed.status, 303, "{}", pressed.text());
    assert_eq!(pressed.header("location"), path);
    let after = phone.open(&path).await.text();
    assert_eq!(
        said(&after),
        ["备份", "已由 小王 于 16:00 完成：磁盘已清理"]
    );
    // A second press is no failure: the sentence says by whom and when.
    let again = phone.submit(&path, &fields).await;
    assert_eq!(again.status, 200);
    assert_eq!(said(&again.text()), said(&after));
    let english = app.browser().with("accept-language", "en");
    let again = english.submit(&path, &fields).await;
    let words = &said(&again.text())[1];
    assert_eq!(words, "Done by 小王 at 16:00: 磁盘已清理");
    let audit = "SELECT CONCAT_WS(' ', who, via, client) FROM audit WHERE via = 'link'";
    let rows = app.place.database.rows(audit).await;
    assert!(!rows.is_empty());
    assert!(
        rows.iter().all(|row| row == "小王 link 192.0.2.7"),
        "{rows:?}"
    );
}

#[tokio::test]
async fn each_act_works_once_for_each_link() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "巡检").await;
    let phone = phone(&app);
    let path = link(&app, ticket.id, "小王");
    let rest = [("act", "snooze"), ("value", "30m")];
    assert_eq!(phone.submit(&path, &rest).await.status, 303);
    let page = phone.open(&path).await.text();
    assert_eq!(said(&page), ["巡检", "稍后提醒：16:30 之前不催"]);
    let again = phone.submit(&path, &rest).await;
    assert_eq!(again.status, 409);
    let words = said(&again.text());
    assert!(
        words
            .iter()
            .any(|one| one.starts_with("已于 16:00 用这个链接设置稍后提醒")),
        "{words:?}"
    );
    // The other acts of the same link still work, and another link is another permission.
    assert_eq!(phone.submit(&path, &[("act", "take")]).await.status, 303);
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Acknowledged);
    let next = link(&app, ticket.id, "小王");
    assert_eq!(phone.submit(&next, &rest).await.status, 303);
    // A press that is refused uses nothing up.
    let nameless = [("act", "assign"), ("value", "")];
    assert_eq!(phone.submit(&next, &nameless).await.status, 422);
    let given = [("act", "assign"), ("value", "小李")];
    assert_eq!(phone.submit(&next, &given).await.status, 303);
    let uses = "SELECT CONCAT_WS(' ', act, who) FROM link_use ORDER BY act, id";
    let uses = app.place.database.rows(uses).await;
    let wanted = ["assign 小王", "snooze 小王", "snooze 小王", "take 小王"];
    assert_eq!(uses, wanted);
}

#[tokio::test]
async fn uses_of_expired_links_are_removed() {
    let app = TestApp::new().await;
    let (first, second) = (asked(&app, "a").await, asked(&app, "b").await);
    let phone = phone(&app);
    let path = link(&app, first.id, "小王");
    assert_eq!(phone.submit(&path, &[("act", "done")]).await.status, 303);
    app.clock.advance(TimeDelta::days(2));
    let path = link(&app, second.id, "小王");
    assert_eq!(phone.submit(&path, &[("act", "done")]).await.status, 303);
    let uses = app
        .place
        .database
        .rows("SELECT CONCAT('', ticket_id) FROM link_use")
        .await;
    assert_eq!(uses, [second.id.to_string()]);
}

#[tokio::test]
async fn each_refusal_is_one_sentence_in_the_reader_s_language() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "对账").await;
    let path = link(&app, ticket.id, "小王");
    let gone = link(&app, TicketId(4_711), "小王");
    let broken = format!("{}A", path);
    app.clock.advance(TimeDelta::hours(1));
    let zh = phone(&app);
    let en = app.browser().with("accept-language", "en-GB");
    let cases = [
        (&broken, 404, "链接无效", "This link is not valid"),
        (&gone, 404, "这个待办已被删除", "This ticket was deleted"),
    ];
    for (path, status, chinese, english) in cases {
        for (reader, words) in [(&zh, chinese), (&en, english)] {
            for reply in [
                reader.open(path).await,
                reader.submit(path, &[("act", "done")]).await,
            ] {
                assert_eq!(reply.status, status, "{}", reply.text());
                let said = said(&reply.text());
                assert!(said.len() == 1 && said[0].starts_with(words), "{said:?}");
            }
        }
    }
    app.clock.advance(TimeDelta::hours(23));
    for (reader, words) in [(&zh, "链接已过期"), (&en, "This link has expired")] {
        for reply in [
            reader.open(&path).await,
            reader.submit(&path, &[("act", "done")]).await,
        ] {
            assert_eq!(reply.status, 403);
            assert_eq!(said(&reply.text()), [words]);
            // An expired link shows nothing of its ticket.
            assert!(!reply.text().contains("对账"));
        }
    }
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
}

#[tokio::test]
async fn a_ticket_that_was_handed_over_can_only_be_taken_back() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "发布").await;
    let phone = phone(&app);
    let old = link(&app, ticket.id, "小王");
    let given = [("act", "assign"), ("value", "小李")];
    assert_eq!(phone.submit(&old, &given).await.status, 303);
    let refused = phone.submit(&old, &[("act", "done")]).await;
    assert_eq!(refused.status, 409);
    let words = said(&refused.text());
    assert!(
        words.iter().any(|one| one.contains("现在由 小李 负责")),
        "{words:?}"
    );
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Open);
    assert_eq!(phone.submit(&old, &[("act", "take")]).await.status, 303);
    assert_eq!(phone.submit(&old, &[("act", "done")]).await.status, 303);
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Done);
}

#[tokio::test]
async fn two_people_press_at_once_and_the_second_one_reads_by_whom() {
    let app = TestApp::new().await;
    let mut both = asking("割接");
    both.owners = vec!["小王".to_owned(), "小李".to_owned()];
    let task = app.add(both).await;
    let ticket = ticket_of(&app, task.id).await;
    let (one, two) = (phone(&app), phone(&app));
    let (first, second) = (link(&app, ticket.id, "小王"), link(&app, ticket.id, "小李"));
    let press = [("act", "done")];
    let (a, b) = tokio::join!(one.submit(&first, &press), two.submit(&second, &press));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 303], "{} {}", a.text(), b.text());
    let late = if a.status == 200 { a } else { b };
    let words = &said(&late.text())[1];
    assert!(
        words.starts_with("已由 小") && words.ends_with("于 16:00 完成"),
        "{words}"
    );
    let done = "SELECT CONCAT('', COUNT(*)) FROM audit WHERE via = 'link'";
    assert_eq!(app.place.database.rows(done).await, ["1"]);
}

#[tokio::test]
async fn a_link_to_several_people_asks_which_one_presses() {
    let app = TestApp::new().await;
    let mut both = asking("值班");
    both.owners = vec!["小王".to_owned(), "小李".to_owned()];
    let task = app.add(both).await;
    let ticket = ticket_of(&app, task.id).await;
    let phone = phone(&app);
    let path = link(&app, ticket.id, "小王,小李");
    for who in ["", "老板"] {
        let refused = phone.submit(&path, &[("act", "done"), ("who", who)]).await;
        assert_eq!(refused.status, 422);
        assert!(said(&refused.text()).contains(&"请先选择您是谁".to_owned()));
    }
    let pressed = phone
        .submit(&path, &[("act", "done"), ("who", "小李")])
        .await;
    assert_eq!(pressed.status, 303);
    let words = &said(&phone.open(&path).await.text())[1];
    assert_eq!(words, "已由 小李 于 16:00 完成");
}

#[tokio::test]
async fn what_links_may_do_is_a_setting() {
    // Running a command takes more trust than the default gives to everyone in a chat.
    for (flag, run) in [
        ("--link-acts=done,take,snooze,assign,cycle,log", 403),
        ("--link-acts=run", 303),
    ] {
        let app = TestApp::with(&["--outbound-allow=127.0.0.0/8", flag]).await;
        let ticket = asked(&app, "清理").await;
        let path = link(&app, ticket.id, "小王");
        let reply = phone(&app).submit(&path, &[("act", "run")]).await;
        assert_eq!(reply.status, run, "{flag}: {}", reply.text());
        let runs = app.runs(ticket.task_id).await;
        assert_eq!(runs.len(), usize::from(run == 303), "{flag}");
        if let Some(run) = runs.first() {
            assert_eq!(run.requested_by.as_deref(), Some("小王"));
            app.ended(run.id).await;
        }
    }
    let app = TestApp::with(&["--link-acts=off"]).await;
    let ticket = asked(&app, "清理").await;
    let path = link(&app, ticket.id, "小王");
    let reply = phone(&app).open(&path).await;
    assert_eq!(reply.status, 403);
    assert_eq!(said(&reply.text()), ["管理员已关闭免登录链接"]);
}

#[tokio::test]
async fn a_person_sees_their_own_tickets_by_a_link() {
    let app = TestApp::new().await;
    let ticket = asked(&app, "mine").await;
    let mut other = asking("theirs");
    other.owners = vec!["小李".to_owned()];
    app.add(other).await;
    let now = app.clock.now();
    let expires = now + TimeDelta::days(1);
    let mine = Link::new(LinkFor::Mine, every_act(), "小王", now, expires);
    let mine = format!("/my/{}", app.components.sealer.links().sign(&mine));
    let phone = phone(&app);
    let page = phone.open(&mine).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("mine") && !page.text().contains("theirs"));
    let html = scraper::Html::parse_document(&page.text());
    let links = scraper::Selector::parse("a").expect("a selector");
    let href = html.select(&links).next().and_then(|a| a.attr("href"));
    let path = href
        .and_then(|href| href.strip_prefix(".."))
        .expect("a link");
    let path = path.to_owned();
    assert_eq!(phone.submit(&path, &[("act", "done")]).await.status, 303);
    assert_eq!(state_of(&app, ticket.id).await, TicketState::Done);
    assert!(phone.open(&mine).await.text().contains("没有待办"));
    // The list itself is no permission for a ticket, nor the other way round.
    let path = mine.replace("/my/", "/t/");
    let pressed = phone.submit(&path, &[("act", "done")]).await;
    assert_eq!(pressed.status, 403);
}

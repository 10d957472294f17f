use super::*;

fn read(draft: &TicketDraft, mode: Mode) -> (TicketRule, Vec<String>) {
    let (mut named, mut faults) = (Named::default(), Vec::new());
    let rule = draft.read(mode, Lang::En, &mut named, &mut faults);
    let said = |fault: FieldError| format!("{} {}", fault.field, fault.code);
    (rule, faults.into_iter().map(said).collect())
}

fn full() -> TicketDraft {
    TicketDraft {
        opens: "firing".to_owned(),
        first_after: "5m".to_owned(),
        every: "10m".to_owned(),
        factor: "1.5".to_owned(),
        min: "5m".to_owned(),
        max: "2h".to_owned(),
        hours_from: "09:00".to_owned(),
        hours_until: "18:30".to_owned(),
        calendar: "cn".to_owned(),
        urgent: true,
        max_urges: "20".to_owned(),
        expires_after: "2d".to_owned(),
        ladder: "2h: 李四, 王五\n1d: @all".to_owned(),
        stop: "acknowledged".to_owned(),
        quiet_done: true,
        cron: String::new(),
        check_command: "/opt/check.sh".to_owned(),
        check_url: String::new(),
        check_timeout: "10s".to_owned(),
    }
}

#[test]
fn what_is_stored_and_typed_again_is_the_same() {
    let by_cron = TicketDraft {
        cron: "0 9 * * 1-5".to_owned(),
        ..TicketDraft::default()
    };
    let days = TicketDraft {
        calendar: "cn".to_owned(),
        ..TicketDraft::default()
    };
    let shrinks = TicketDraft {
        every: "2h".to_owned(),
        factor: "0.5".to_owned(),
        ..TicketDraft::default()
    };
    let asks = TicketDraft {
        check_url: "http://example.com/health".to_owned(),
        ..TicketDraft::default()
    };
    for draft in [TicketDraft::default(), full(), by_cron, days, shrinks, asks] {
        let (rule, faults) = read(&draft, Mode::Message);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(TicketDraft::from(&rule), draft);
        let json = serde_json::to_string(&rule).expect("JSON");
        assert_eq!(serde_json::from_str::<TicketRule>(&json).ok(), Some(rule));
    }
    assert_eq!(
        read(&TicketDraft::default(), Mode::Command).0,
        TicketRule::default()
    );
}

#[test]
fn the_calendar_is_looked_up_by_the_server() {
    let (mut named, mut faults) = (Named::default(), Vec::new());
    let _ = full().read(Mode::Message, Lang::Zh, &mut named, &mut faults);
    let wanted = ("tickets.calendar".to_owned(), "cn".to_owned());
    assert_eq!(named.calendars, [wanted]);
}

#[test]
fn faults_stand_at_their_fields() {
    type Change = fn(&mut TicketDraft);
    let cases: [(Change, &str); 18] = [
        (
            |draft| draft.opens = "each".to_owned(),
            "tickets.opens unknown",
        ),
        (
            |draft| draft.first_after = "31d".to_owned(),
            "tickets.first_after range",
        ),
        (|draft| draft.every = "5s".to_owned(), "tickets.every range"),
        (|draft| draft.every = "1m".to_owned(), "tickets.every range"),
        (
            |draft| draft.factor = "11".to_owned(),
            "tickets.factor range",
        ),
        (
            |draft| draft.cron = "0 9 * * *".to_owned(),
            "tickets.cron both",
        ),
        (
            |draft| draft.hours_until = String::new(),
            "tickets.hours_until time",
        ),
        (
            |draft| draft.hours_until = "09:00".to_owned(),
            "tickets.hours_until empty",
        ),
        (
            |draft| draft.max_urges = "0".to_owned(),
            "tickets.max_urges range",
        ),
        (
            |draft| draft.max_urges = "1001".to_owned(),
            "tickets.max_urges range",
        ),
        (
            |draft| draft.expires_after = "5s".to_owned(),
            "tickets.expires_after range",
        ),
        (
            |draft| draft.ladder = "李四".to_owned(),
            "tickets.ladder line",
        ),
        (
            |draft| draft.ladder = "2h:".to_owned(),
            "tickets.ladder line",
        ),
        (
            |draft| draft.ladder = "2h: a\n1h: b".to_owned(),
            "tickets.ladder order",
        ),
        (
            |draft| draft.check_url = "http://example.com/".to_owned(),
            "tickets.check_url both",
        ),
        (
            |draft| draft.check_timeout = "6m".to_owned(),
            "tickets.check_timeout range",
        ),
        (
            |draft| draft.check_command = "a\0b".to_owned(),
            "tickets.check_command nul",
        ),
        (
            |draft| draft.stop = "never".to_owned(),
            "tickets.stop unknown",
        ),
    ];
    for (change, fault) in cases {
        let mut draft = full();
        change(&mut draft);
        assert_eq!(read(&draft, Mode::Message).1, [fault]);
    }
    let mut long = full();
    long.ladder = (1..=11).map(|at| format!("{at}h: a\n")).collect();
    assert_eq!(read(&long, Mode::Message).1, ["tickets.ladder too_many"]);
    assert_eq!(read(&full(), Mode::Command).1, ["tickets.opens mode"]);
    let failure = TicketDraft {
        opens: "failure".to_owned(),
        ..TicketDraft::default()
    };
    // A task that only sends messages misses firings, too.
    for mode in [Mode::Message, Mode::Command] {
        assert_eq!(read(&failure, mode).1, Vec::<String>::new(), "{mode:?}");
    }
    let cron = TicketDraft {
        cron: "0 25 * * *".to_owned(),
        ..TicketDraft::default()
    };
    assert_eq!(read(&cron, Mode::Message).1, ["tickets.cron cron"]);
}

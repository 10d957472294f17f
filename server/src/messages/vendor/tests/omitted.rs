//! What a message says is missing of a long output.

use app::channel::TextFormat;
use app::id::RunId;
use app::run::RunState;
use app::task::Task;
use runner::output::Shown;

use super::super::super::render::Renderer;
use super::*;
use crate::facts::{End, Facts, HeadAndTail, TaskFacts};

/// Bytes of the output of a run, of which memory has both ends.
const WHOLE: usize = 7_148_907;
/// A letter that is in the output only.
const LETTER: char = '~';

fn failure() -> Facts {
    let (head, tail) = (16 * 1024, 256 * 1024);
    // Lines that are shorter than what a reader is shown of one, and longer than what is shown of both ends.
    let letter = |at| {
        if at % 5_000 == 4_999 {
            b'\n'
        } else {
            LETTER as u8
        }
    };
    let letters = |count| (0..count).map(letter).collect::<Vec<u8>>();
    let output = Shown {
        head: letters(head),
        omitted: (WHOLE - head - tail) as u64,
        tail: letters(tail),
    };
    let now = at().now;
    Facts::Ended {
        task: TaskFacts::of(&Task::example()),
        run: RunId(1),
        at: now,
        end: Box::new(End {
            event: Event::Failed,
            state: RunState::Failed,
            reason: None,
            exit_code: Some(1),
            exit_signal: None,
            attempt: 1,
            started_at: now,
            finished_at: now,
            output: HeadAndTail::of_output(&output),
            failures: None,
        }),
    }
}

/// What leaves for a message in the built-in words.
fn sent(kind: ChannelKind, format: TextFormat, lang: Lang, facts: &Facts) -> String {
    let renderer = Renderer {
        lang,
        base_url: "https://cron.example.com".to_owned(),
        zone: "UTC".to_owned(),
        room: NAMED_MIN,
    };
    let text = renderer.for_kind(kind).text(facts, None);
    let mut target = to(kind);
    target.settings.format = format;
    target.settings.chat = "-1".to_owned();
    let at = At { lang, ..at() };
    let item = item(&text, &["@ann", "13800138000"]);
    match of(kind).render(&target, &item, at).expect("a message") {
        Outgoing::Http(request) => request.body,
        Outgoing::Chat(chat) => chat.body.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_missing_and_what_is_shown_add_up_to_the_output() {
    let facts = failure();
    for &kind in ChannelKind::ALL {
        let formats: &[TextFormat] = match kind {
            // A mail is encoded; it has room for all that a message shows.
            ChannelKind::Email => &[],
            ChannelKind::Wecom => &[TextFormat::Text, TextFormat::Markdown],
            _ => &[TextFormat::Text],
        };
        for format in formats {
            for (lang, before, behind) in [
                (Lang::Zh, "（省略 ", " 字节）"),
                (Lang::En, "… (", " bytes omitted) …"),
            ] {
                let text = sent(kind, *format, lang, &facts);
                assert_eq!(text.matches(behind).count(), 1, "{kind:?}: {text}");
                let (head, _) = text.split_once(behind).expect("a mark");
                let (_, number) = head.rsplit_once(before).expect("its number");
                let missing: usize = number.parse().expect("a number");
                let shown = text.matches(LETTER).count();
                assert_eq!(missing + shown, WHOLE, "{kind:?} {format:?}");
                assert!(shown > 1_000, "{kind:?} {format:?}: {shown}");
            }
        }
    }
}

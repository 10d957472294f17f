//! Cards of WeCom's bots (developer document 101032: 模板卡片类型). The places of a card have limits of their own: what the
//! text has no room for is quoted below it, and links are lines with a name.

use serde_json::{Value, json};

use super::super::super::port::CardState;
use crate::text::{head, tail};

/// Characters of a card's title, of its text, and of a button's label, which clients show.
const CARD_MAX: (usize, usize, usize) = (26, 112, 10);
/// Characters of what is quoted below the text; the document names no limit.
const QUOTE_MAX: usize = 512;
/// Links of a card, and characters of the name and of the text of one.
const LINKS_MAX: (usize, usize, usize) = (6, 8, 26);
/// Buttons of a card.
const BUTTONS_MAX: usize = 6;

/// A text of at most so many characters, whose cut is marked.
fn clipped(text: &str, max: usize) -> String {
    match text.chars().count() > max {
        true => format!("{}…", head(text, max - 1)),
        false => text.to_owned(),
    }
}

/// Whether a card has no room for all of its title and text where it shows them at once.
pub(crate) fn cuts(state: &CardState) -> bool {
    let is_long = |text: &str, max: usize| text.trim().chars().count() > max;
    match is_long(&state.title, CARD_MAX.0) {
        true => is_long(&format!("{}\n{}", state.title, state.text), CARD_MAX.1),
        false => is_long(&state.text, CARD_MAX.1),
    }
}

/// A text, laid out on a card.
#[derive(Debug, Default)]
struct Layout {
    /// The lines that have room.
    text: String,
    /// The others; of many the last ones, where the end of an output is.
    quote: String,
    /// Links: name and address.
    links: Vec<(String, String)>,
}

impl Layout {
    fn of(whole: &str) -> Self {
        let mut layout = Self::default();
        if whole.chars().count() <= CARD_MAX.1 {
            whole.clone_into(&mut layout.text);
            return layout;
        }
        let mut rest = Vec::new();
        let mut used = 0;
        for line in whole.lines() {
            if layout.links.len() < LINKS_MAX.0
                && let Some(link) = link(line)
            {
                layout.links.push(link);
                continue;
            }
            let length = line.chars().count() + 1;
            // What comes after a line without room stays behind it. The first line is cut rather than quoted.
            if rest.is_empty() && (used == 0 || used + length <= CARD_MAX.1 + 1) {
                if used > 0 {
                    layout.text.push('\n');
                }
                layout.text.push_str(&clipped(line, CARD_MAX.1));
                used += length;
            } else {
                rest.push(line);
            }
        }
        let rest = rest.join("\n");
        layout.quote = match rest.chars().count() > QUOTE_MAX {
            true => format!("…{}", tail(&rest, QUOTE_MAX - 1)),
            false => rest,
        };
        layout
    }
}

/// A line that is a name and an address, `Runbook: https://wiki.example.com/backup`.
fn link(line: &str) -> Option<(String, String)> {
    let at = line.find("https://").or_else(|| line.find("http://"))?;
    let (name, address) = line.split_at(at);
    let is_one = !address.trim().is_empty() && !address.trim().contains(char::is_whitespace);
    let name = name.trim().trim_end_matches([':', '：']).trim();
    let is_name = (1..=LINKS_MAX.1).contains(&name.chars().count());
    (is_one && is_name).then(|| (name.to_owned(), address.trim().to_owned()))
}

/// A card as WeCom takes it; `id` finds it again when a button is pressed.
pub(crate) fn card(id: &str, state: &CardState) -> Value {
    let title = clipped(&state.title, CARD_MAX.0);
    // What the title has no room for is said in the text.
    let text = match title == state.title {
        true => state.text.clone(),
        false => format!("{}\n{}", state.title, state.text),
    };
    let mut card = json!({
        "card_type": "text_notice",
        "main_title": { "title": title },
        "task_id": id,
    });
    let Layout { text, quote, links } = Layout::of(text.trim());
    if !text.is_empty() {
        card["sub_title_text"] = json!(text);
    }
    if !quote.is_empty() {
        card["quote_area"] = json!({ "quote_text": quote });
    }
    if !links.is_empty() {
        let links = links.iter().map(|(name, address)| {
            let shown = address
                .split_once("://")
                .map_or(address.as_str(), |(_, rest)| rest);
            let shown = clipped(shown, LINKS_MAX.2);
            json!({ "keyname": name, "value": shown, "type": 1, "url": address })
        });
        card["horizontal_content_list"] = links.collect();
    }
    if !state.url.is_empty() {
        card["card_action"] = json!({ "type": 1, "url": state.url });
    }
    if !state.buttons.is_empty() {
        let buttons = state.buttons.iter().take(BUTTONS_MAX).enumerate();
        let buttons = buttons.map(|(index, button)| {
            let style = if index == 0 { 1 } else { 2 };
            json!({ "text": head(&button.label, CARD_MAX.2), "key": button.key, "style": style })
        });
        card["card_type"] = json!("button_interaction");
        card["button_list"] = buttons.collect();
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card_of(text: &str) -> Value {
        let state = CardState {
            title: "backup 催单".to_owned(),
            text: text.to_owned(),
            url: "http://cron.test/t/x".to_owned(),
            ..CardState::default()
        };
        card("id", &state)
    }

    #[test]
    fn a_short_text_stays_whole() {
        let text = "失败原因：退出码 3\n处理手册：https://wiki.test/backup";
        let card = card_of(text);
        assert_eq!(card["sub_title_text"], text);
        assert!(card["quote_area"].is_null() && card["horizontal_content_list"].is_null());
    }

    #[test]
    fn what_the_text_has_no_room_for_is_quoted_and_links_have_lines_of_their_own() {
        let output: Vec<String> = (1..=40).map(|n| format!("line {n}")).collect();
        let text = format!(
            "@张三\n失败原因：退出码 3\n处理手册：https://wiki.test/backup\n执行：https://cron.test/runs/7\n输出末尾：\n{}",
            output.join("\n")
        );
        let card = card_of(&text);
        let shown = card["sub_title_text"].as_str().expect("a text");
        assert!(
            shown.starts_with("@张三\n失败原因：退出码 3\n输出末尾：\nline 1\n"),
            "{shown}"
        );
        assert!(shown.chars().count() <= CARD_MAX.1, "{shown}");
        let quote = card["quote_area"]["quote_text"].as_str().expect("a quote");
        assert!(quote.ends_with("line 39\nline 40"), "{quote}");
        assert_eq!(shown.lines().count() - 3 + quote.lines().count(), 40);
        let links = &card["horizontal_content_list"];
        assert_eq!(links[0]["keyname"], "处理手册");
        assert_eq!(links[0]["url"], "https://wiki.test/backup");
        assert_eq!(links[1]["value"], "cron.test/runs/7");
        assert_eq!(links[1]["type"], 1);
    }

    #[test]
    fn of_a_long_rest_the_end_is_kept_and_a_long_line_is_cut() {
        let card = card_of(&format!("{}\n{}end", "x".repeat(200), "y".repeat(2_000)));
        let shown = card["sub_title_text"].as_str().expect("a text");
        assert!(
            shown.ends_with("x…") && shown.chars().count() == CARD_MAX.1,
            "{shown}"
        );
        let quote = card["quote_area"]["quote_text"].as_str().expect("a quote");
        assert!(quote.starts_with('…') && quote.ends_with("yend"), "{quote}");
        assert_eq!(quote.chars().count(), QUOTE_MAX);
    }

    #[test]
    fn only_a_name_and_one_address_are_a_link() {
        for line in [
            "https://a.test",
            "see https://a.test for more",
            "no address",
            "a very long name: https://a.test",
        ] {
            assert_eq!(link(line), None, "{line}");
        }
        assert!(link("Run: http://a.test/runs/1").is_some());
    }
}

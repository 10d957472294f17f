//! The line about what a rule held back before a message.

use app::i18n::{Lang, plural};
use app::time::Stamp;

use super::{Renderer, zone_rules};
use crate::facts::HeldBack;

impl Renderer {
    /// Adds to a text what was held back before it, according to its stored facts.
    pub fn add_held_back(&self, text: &mut String, facts: &str, lang: Option<Lang>) {
        let Some(held) = HeldBack::of_stored(facts) else {
            return;
        };
        let rules = zone_rules(&held.zone, held.since);
        let (since, zone, count) = (rules.local(Stamp(held.since)), &rules.name, held.count);
        let more = plural(
            count,
            "message of this kind was",
            "messages of this kind were",
        );
        text.push('\n');
        text.push_str(&lang.unwrap_or(self.lang).pick(
            format!("自 {since}（{zone}）起，另有 {count} 条同类消息因限频未发送"),
            format!("{count} more {more} held back since {since} ({zone}), to limit their rate"),
        ));
    }
}

//! The line that says for which channel another one stands in, and why.

use app::i18n::Lang;
use app::message::answer_text;

use super::Renderer;
use crate::text::one_line;

impl Renderer {
    /// A text as a channel gets it in the place of others: behind its first line stands for which channels, and what
    /// the last of them answered.
    #[must_use]
    pub fn instead(
        &self,
        text: String,
        channels: &[String],
        why: &str,
        lang: Option<Lang>,
    ) -> String {
        let lang = lang.unwrap_or(self.lang);
        let why = one_line(&answer_text(why, lang));
        let names: Vec<String> = channels.iter().map(|name| one_line(name)).collect();
        let line = lang.pick(
            format!("（代渠道 {} 发送：{why}）", names.join("、")),
            format!(
                "(Sent here in place of channel {}: {why})",
                names.join(", ")
            ),
        );
        // Words of a former version have it since they were sent first.
        if text.lines().any(|one| one == line) {
            return text;
        }
        match text.split_once('\n') {
            Some((first, rest)) => format!("{first}\n{line}\n{rest}"),
            None => format!("{text}\n{line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::render::NAMED_MIN;

    #[test]
    fn the_line_stands_behind_the_title_once() {
        let renderer = Renderer {
            lang: Lang::Zh,
            base_url: String::new(),
            zone: "Asia/Shanghai".to_owned(),
            room: NAMED_MIN,
        };
        let names = ["ops".to_owned(), "on\ncall".to_owned()];
        let text = "【执行失败】backup\n时间：…\n谢谢！".to_owned();
        let shown = renderer.instead(text, &names, "93000 invalid\nkey", None);
        let wanted =
            "【执行失败】backup\n（代渠道 ops、on call 发送：93000 invalid key）\n时间：…\n谢谢！";
        assert_eq!(shown, wanted);
        let again = renderer.instead(shown.clone(), &names, "93000 invalid\nkey", None);
        assert_eq!(again, shown);
        let english = renderer.instead("title".to_owned(), &names[..1], "down", Some(Lang::En));
        assert_eq!(english, "title\n(Sent here in place of channel ops: down)");
    }
}

//! Settings of a proxy: why one cannot be used.

use app::i18n::Lang;

use super::{Say, Text, both};
use crate::outbound::proxy::ProxyFault;

impl Say for ProxyFault {
    fn words(&self) -> Text {
        let zh = match self {
            Self::NotAUrl => "不是一个网址，例如 http://proxy.example:3128",
            Self::Scheme => "要以 http:// 或 https:// 开头",
            Self::Path => "主机或端口后面不能再有内容",
        };
        both(zh, self.to_string())
    }
}

impl ProxyFault {
    /// The fault in the reader's language.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        self.say(lang)
    }
}

//! Settings of the way out, a proxy and trusted certificates: why one cannot be used.

use app::i18n::Lang;

use super::{Say, Text, both};
use crate::outbound::proxy::ProxyFault;
use crate::outbound::trusted::TrustFault;

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

impl Say for TrustFault {
    fn words(&self) -> Text {
        let zh = match self {
            Self::None => {
                "里面没有 PEM 格式的证书，证书以 -----BEGIN CERTIFICATE----- 开头".to_owned()
            }
            Self::PrivateKey => "里面有私钥。私钥只应留在 CA 手里，这里只要 CA 的证书".to_owned(),
            Self::Unreadable(number) => {
                format!("里面第 {number} 张证书无法读取；请从 BEGIN 行到 END 行整段复制")
            }
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

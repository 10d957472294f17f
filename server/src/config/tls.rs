//! Settings of TLS by the server itself.

use super::SettingFault;
use super::setting::settings;

settings! {
    /// TLS by the server itself.
    pub struct TlsSettings {
        /// Certificate for TLS without a proxy: a PEM file with the certificate and those that it is signed with.
        /// Read again when it changes
        #[arg(
            long,
            env = "JCRONTAB_TLS_CERT",
            value_name = "FILE",
            default_value = "",
            global = true,
            help_heading = "Server"
        )]
        pub tls_cert: String => fixed "不经代理直接提供 TLS 时的证书：PEM 文件，包含证书和签发它的中间证书。文件变化后自动重新读取",

        /// Private key of that certificate, a PEM file
        #[arg(
            long,
            env = "JCRONTAB_TLS_KEY",
            value_name = "FILE",
            default_value = "",
            global = true,
            help_heading = "Server"
        )]
        pub tls_key: String => fixed "这张证书的私钥，PEM 文件",
    }
}

impl TlsSettings {
    /// The files with certificate and key; `None` for plain HTTP.
    ///
    /// # Errors
    /// When one of them is set without the other.
    pub fn files(&self) -> Result<Option<(&str, &str)>, SettingFault> {
        match (self.tls_cert.as_str(), self.tls_key.as_str()) {
            ("", "") => Ok(None),
            ("", _) | (_, "") => Err(SettingFault::TlsHalf),
            both => Ok(Some(both)),
        }
    }
}

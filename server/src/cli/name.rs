//! The name of a resource, which every command accepts as an argument or an option.

use clap::Args;

/// `NAME` or `--name NAME`.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct Name {
    /// Name
    #[arg(value_name = "NAME")]
    plain: Option<String>,
    /// Name, as an option
    #[arg(long = "name", value_name = "NAME")]
    named: Option<String>,
}

/// The same where it may be missing.
#[derive(Args, Clone, Debug)]
#[group(multiple = false)]
pub(super) struct OptionalName {
    /// Name
    #[arg(value_name = "NAME")]
    plain: Option<String>,
    /// Name, as an option
    #[arg(long = "name", value_name = "NAME")]
    named: Option<String>,
}

impl OptionalName {
    /// The name, where there is one.
    pub(super) fn as_deref(&self) -> Option<&str> {
        self.plain.as_deref().or(self.named.as_deref())
    }
}

impl Name {
    /// The name. The parser ensures that one of the two is given.
    pub(super) fn as_str(&self) -> &str {
        self.plain
            .as_deref()
            .or(self.named.as_deref())
            .unwrap_or_default()
    }
}

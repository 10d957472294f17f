//! What is known of every setting: read from its declaration, for the file, the terminal and the documentation.

use clap::{Arg, Args, Command};

use super::{Config, LogSettings, TelemetrySettings, TlsSettings};

/// What the declaration of a setting says besides its argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared {
    /// The name of its field, which is the name of its argument.
    pub(super) id: &'static str,
    /// Whether a running server takes over a change at SIGHUP.
    pub(super) is_live: bool,
    /// What it means, in Chinese.
    pub(super) zh: &'static str,
}

/// Declares a struct of settings. A field is an argument of clap with `=> live` or `=> fixed` and its description in
/// Chinese behind it: `live` settings change at SIGHUP, `fixed` ones at the next start. Groups of further settings
/// follow `with`.
macro_rules! settings {
    (
        $(#[$outer:meta])*
        pub struct $name:ident {
            $( $(#[$meta:meta])* pub $field:ident : $type:ty => $reload:ident $zh:literal , )*
            $( with $( $(#[$group_meta:meta])* pub $group:ident : $group_type:ty , )* )?
        }
    ) => {
        $(#[$outer])*
        #[derive(clap::Args, Clone, Debug)]
        pub struct $name {
            $( $(#[$meta])* pub $field: $type, )*
            $( $( $(#[$group_meta])* #[command(flatten)] pub $group: $group_type, )* )?
        }

        impl $name {
            /// What the declarations say besides the arguments, without those of groups.
            pub(super) const DECLARED: &[crate::config::setting::Declared] = &[
                $( crate::config::setting::Declared {
                    id: stringify!($field),
                    is_live: crate::config::setting::settings!(@ $reload),
                    zh: $zh,
                }, )*
            ];
        }
    };
    (@ live) => { true };
    (@ fixed) => { false };
}
pub(crate) use settings;

/// A setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its argument on the command line.
    pub(super) argument: Arg,
    declared: Declared,
}

impl Setting {
    /// Its name: of the flag without dashes, and of the key in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.argument.get_long().unwrap_or(self.declared.id)
    }

    /// The name of its argument.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.declared.id
    }

    /// Its environment variable.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = self.argument.get_env().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Its default, as it would be written.
    #[must_use]
    pub fn default(&self) -> String {
        join(self.argument.get_default_values())
    }

    /// Whether its value is a secret, or an address that may contain a password.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.argument.is_hide_env_values_set()
    }

    /// Whether a running server takes over a change at SIGHUP.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.declared.is_live
    }

    /// Under which heading it stands.
    #[must_use]
    pub fn heading(&self) -> &str {
        self.argument.get_help_heading().unwrap_or("Server")
    }

    /// What it means, in Chinese.
    #[must_use]
    pub const fn chinese(&self) -> &'static str {
        self.declared.zh
    }

    /// What it means, in English.
    #[must_use]
    pub fn english(&self) -> String {
        let help = self.argument.get_help();
        help.map(ToString::to_string).unwrap_or_default()
    }

    /// The words that it may have; empty if it is free.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let words = self.argument.get_possible_values();
        words.iter().map(|one| one.get_name().to_owned()).collect()
    }

    /// Whether it is a list: an array in the file, with commas elsewhere.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.argument.get_value_delimiter().is_some()
    }

    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        use std::any::TypeId;
        let kind = self.argument.get_value_parser().type_id();
        [
            TypeId::of::<u64>(),
            TypeId::of::<u32>(),
            TypeId::of::<usize>(),
        ]
        .iter()
        .any(|number| kind == *number)
    }

    /// Whether it is yes or no.
    pub(super) fn is_switch(&self) -> bool {
        self.declared.id == "allow_root" || self.words() == ["on", "off"]
    }

    /// Refuses a value as the command line would.
    ///
    /// # Errors
    /// Why it is refused, without the value: it may be a secret.
    pub(super) fn refuse(&self, value: &str) -> Result<(), String> {
        let plain = self.argument.clone().help_heading(None::<&str>);
        let given = format!("--{}={value}", self.name());
        let parsed = Command::new("jcrontab")
            .no_binary_name(true)
            .disable_help_flag(true)
            .arg(plain)
            .try_get_matches_from([given]);
        let Err(error) = parsed else { return Ok(()) };
        let words = self.words();
        if !words.is_empty() {
            return Err(format!("must be one of {}", words.join(", ")));
        }
        match std::error::Error::source(&error) {
            Some(source) => Err(source.to_string()),
            None => Err("is not valid".to_owned()),
        }
    }
}

/// Values as they are written on one line.
pub(super) fn join(values: &[impl AsRef<std::ffi::OsStr>]) -> String {
    let texts = values.iter().map(|value| value.as_ref().to_string_lossy());
    texts.collect::<Vec<_>>().join(",")
}

/// All settings, in the order of the help.
#[must_use]
pub fn all() -> Vec<Setting> {
    let command = Config::augment_args(Command::new("jcrontab"));
    let declared = [
        Config::DECLARED,
        TlsSettings::DECLARED,
        LogSettings::DECLARED,
        TelemetrySettings::DECLARED,
    ];
    let declared: Vec<Declared> = declared.concat();
    let known = |argument: &Arg| {
        let id = argument.get_id().as_str();
        let declared = *declared.iter().find(|declared| declared.id == id)?;
        Some(Setting {
            argument: argument.clone(),
            declared,
        })
    };
    command.get_arguments().filter_map(known).collect()
}

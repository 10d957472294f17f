//! What a reader should know about an item. Its words are in `texts::importers`.

/// A remark.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(test, derive(strum::EnumIter))]
pub enum Remark {
    /// It is switched off there.
    Disabled,
    /// It is finished there (结单).
    Finished,
    /// It is chased there (催单).
    Chased,
    /// Whether it is switched on there is not in the file.
    StateUnknown,
    /// It has no schedule there, and has one here that is only a placeholder.
    NoSchedule,
    /// It has no schedule of its own: it fires with another one, once that has ended.
    Follows {
        /// The name of the other one.
        other: String,
    },
    /// It is started after another one there, and has a schedule of its own: it does not wait here.
    AlsoFollows {
        /// The name of the other one.
        other: String,
    },
    /// It starts another one there that is not in the file, or is started by a failure.
    StartsOther {
        /// The other one.
        other: String,
    },
    /// Both day fields must match there; here one is enough.
    BothDays,
    /// The years of its schedule became its active period.
    Years,
    /// Its years are no single range.
    YearsApart,
    /// An interval counts from other instants than there.
    Interval,
    /// An interval counts from the end of the last run there.
    FixedDelay,
    /// A time after the start of the machine became the start of the server.
    Boot,
    /// Its schedule cannot be read.
    Unreadable {
        /// It.
        schedule: String,
    },
    /// It ran elsewhere, on these hosts or by this executor.
    Elsewhere {
        /// Where.
        places: String,
    },
    /// It ran on each of several hosts.
    Sharded,
    /// What it runs is code inside another program.
    Handler {
        /// Its name.
        name: String,
    },
    /// It ran in a container of this image.
    Image {
        /// The image.
        image: String,
    },
    /// Its plugin is unknown here.
    Plugin {
        /// The plugin.
        name: String,
    },
    /// Its command is one that only the other scheduler has.
    OwnCommand {
        /// The command.
        command: String,
    },
    /// The argument of a script, which is not passed here.
    Argument {
        /// It.
        text: String,
    },
    /// Whom it notified, and how.
    Notified {
        /// Whom.
        whom: String,
    },
    /// A setting that has no counterpart here.
    Lost {
        /// The setting.
        field: String,
        /// Its value.
        value: String,
    },
    /// Settings that have no counterpart here, with their values.
    Settings {
        /// They.
        settings: String,
    },
    /// More retries than a task can have.
    FewerRetries {
        /// Retries there.
        times: u64,
    },
    /// Retries came after 1, 2, 3, … minutes there, and come after 1, 2, 4, … here.
    RetryDelays,
    /// It was deleted there, and only its row is left.
    Deleted,
    /// It has nothing to run.
    NoCommand,
    /// It is of another kind than what is imported.
    OtherKind {
        /// The kind.
        kind: String,
    },
    /// The unit that it starts is not in the files.
    NoUnit {
        /// The unit.
        unit: String,
    },
    /// It has `%` specifiers or the like, which nothing expands here.
    Unexpanded {
        /// The text.
        text: String,
    },
    /// Its variables come from elsewhere.
    ForeignVariable {
        /// The variable, or the file.
        name: String,
    },
    /// It runs as this user there.
    User {
        /// The user.
        user: String,
    },
}

//! The environment of a run, and which of its values must not be shown.

use std::collections::BTreeMap;

use crate::order::Order;
use crate::report::not_started;
use crate::shell;

/// The environment's search path.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Marks every process of a data folder.
pub(crate) const MARK: &str = "JCRONTAB_SERVER_MARK";
/// The mark of versions before 0.2: the folder's key itself.
pub(crate) const OLD_MARK: &str = "JCRONTAB_HOST_KEY";
/// Marks every process of a run.
pub(crate) const RUN_ID: &str = "JCRONTAB_RUN_ID";

/// The environment of a run.
#[derive(Clone)]
pub(crate) struct Environment {
    /// All variables.
    pub(crate) vars: BTreeMap<String, String>,
    /// Variables whose values are passed as files.
    pub(crate) secret_files: Vec<String>,
    /// Values that are masked wherever they appear.
    pub(crate) secret_values: Vec<String>,
}

impl std::fmt::Debug for Environment {
    /// Without values: some are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("vars", &self.vars.keys())
            .finish_non_exhaustive()
    }
}

impl Environment {
    /// Takes the environment out of an order: its variables, what it does not set of `PATH`, `LANG` and `SHELL`, and our
    /// own marks. `HOME`, `USER` and `LOGNAME` are added when the user is known, unless they are set here.
    ///
    /// # Errors
    /// When a variable cannot be passed; the reason contains its name, never its value.
    pub(crate) fn of(order: &mut Order, mark: &str) -> Result<Self, String> {
        let mut vars = std::mem::take(&mut order.vars);
        for (name, value) in [("PATH", PATH), ("LANG", "C.UTF-8")] {
            vars.entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        vars.entry("SHELL".to_owned())
            .or_insert_with(|| shell::of(&order.shell));
        // Processes are found by these: an order does not set them.
        vars.remove(OLD_MARK);
        vars.insert(RUN_ID.to_owned(), order.run.to_string());
        vars.insert(MARK.to_owned(), mark.to_owned());
        for (name, value) in &vars {
            // The kernel takes lines `NAME=value` that end with a zero byte.
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return Err(not_started("variable", &name.replace('\0', "\u{fffd}")));
            }
        }
        let mut secret_values = std::mem::take(&mut order.masked);
        secret_values.retain(|value| !value.is_empty());
        Ok(Self {
            vars,
            secret_files: std::mem::take(&mut order.secret_files),
            secret_values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::order;

    fn vars(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn an_order_replaces_defaults_and_no_marks() {
        let mut order = order(":");
        order.vars = vars(&[
            ("LANG", "zh_CN.UTF-8"),
            (MARK, "another"),
            (OLD_MARK, "a key"),
            (RUN_ID, "8"),
        ]);
        order.masked = vec![String::new(), "secret".to_owned()];
        let found = Environment::of(&mut order, "ours").expect("an environment");
        let expected = vars(&[
            ("PATH", PATH),
            ("LANG", "zh_CN.UTF-8"),
            ("SHELL", "/bin/sh"),
            (MARK, "ours"),
            (RUN_ID, "7"),
        ]);
        assert_eq!(found.vars, expected);
        assert_eq!(found.secret_values, ["secret"]);
    }

    #[test]
    fn what_cannot_be_passed_is_named_without_its_value() {
        for (name, value, named) in [
            ("A", "hidden\0", "@variable A"),
            ("A=B", "hidden", "@variable A=B"),
            ("A\0", "hidden", "@variable A\u{fffd}"),
            ("", "hidden", "@variable "),
        ] {
            let mut order = order(":");
            order.vars = vars(&[(name, value)]);
            let refused = Environment::of(&mut order, "ours").map(|_| ());
            assert_eq!(refused, Err(named.to_owned()));
        }
    }
}

//! Whether the files of the web pages match the program.

use serde_json::Value;

use super::report::Report;
use crate::http::site::Site;

const NEXT: (&str, &str) = (
    "安装 make build 生成的程序（product/jcrontab），页面在程序里；见 docs/OPERATIONS.md 的“Files to install”",
    "install the program that `make build` leaves in product/, which has its pages inside; see \"Files to install\" in docs/OPERATIONS.md",
);

/// Checks the site that `/readyz` reports to an administrator; no check where it reports none.
pub(super) fn check(ready: &Value, report: &mut Report) {
    match ready["site"]["code"].as_str() {
        None => {}
        Some("ok") => well(report),
        Some(code) => {
            let text = ready["site"]["text"].as_str().unwrap_or(code);
            report.warn("site", text.to_owned(), NEXT);
        }
    }
}

/// Checks the site beside this program, where no server is running.
pub(super) fn here(report: &mut Report) {
    match Site::find().trouble {
        None => well(report),
        Some(trouble) => report.warn("site", trouble.text(report.lang()), NEXT),
    }
}

fn well(report: &mut Report) {
    let text = (
        "与本程序同一版本".to_owned(),
        "of this program's version".to_owned(),
    );
    report.ok("site", text);
}

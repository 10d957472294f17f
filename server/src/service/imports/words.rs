//! Parts of an account in the reader's language.

use app::error::AppError;
use app::i18n::Lang;
use app::id::TaskId;
use app::import::{LineRemark, LineTask};

use crate::takeover::Remark;
use crate::texts::Say;

pub(super) fn known_task((id, name): (TaskId, String), line: &str) -> LineTask {
    LineTask {
        id: Some(id),
        known: true,
        name,
        cron: String::new(),
        cycle: String::new(),
        command: line.to_owned(),
        run_as: String::new(),
    }
}

pub(super) fn said(remark: &Remark, lang: Lang) -> LineRemark {
    LineRemark {
        code: remark.code().to_owned(),
        column: None,
        text: remark.say(lang),
    }
}

/// The faults of a draft as remarks on its line.
pub(super) fn faults_of(error: AppError) -> Vec<LineRemark> {
    let remark = |code: String, text: String| LineRemark {
        code,
        column: None,
        text,
    };
    if error.fields.is_empty() {
        return vec![remark(error.code, error.message)];
    }
    let fields = error.fields.into_iter();
    fields
        .map(|fault| remark(fault.field, fault.message))
        .collect()
}

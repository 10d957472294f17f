//! The robot of a task: a channel that an editor makes with the address alone, for that task.

use app::backend::Answer;
use app::channel::{ChannelDraft, ChannelField, ChannelKind};
use app::error::AppError;
use app::i18n::Lang;
use app::task::TaskDraft;

use super::super::Service;
use super::address;
use super::draft::Checked;
use crate::texts::Fault;
use crate::texts::channel_addresses::UrlFault;

/// A name that passes the check; the store chooses the real one.
const UNNAMED: &str = "task";

/// The kinds whose address is all that is needed, but for a secret.
const fn is_robot(kind: ChannelKind) -> bool {
    matches!(
        kind,
        ChannelKind::Wecom
            | ChannelKind::Dingtalk
            | ChannelKind::Feishu
            | ChannelKind::Slack
            | ChannelKind::Teams
    )
}

impl Service {
    /// Reads the robot of a draft; `None` where it names none. Faults are at `robot` and `robot_secret`.
    pub(in super::super) fn check_robot(
        &self,
        lang: Lang,
        draft: &TaskDraft,
    ) -> Answer<Option<(Checked, ChannelDraft)>> {
        let url = draft.robot.trim();
        if url.is_empty() {
            return Ok(None);
        }
        let Some(kind) =
            address::kind_of(url, |ip| self.guard.is_allowed(ip)).filter(|kind| is_robot(*kind))
        else {
            return Err(UrlFault::NoRobot.alone("robot", lang));
        };
        let secret = Some(draft.robot_secret.trim().to_owned());
        let channel = ChannelDraft {
            name: UNNAMED.to_owned(),
            kind,
            url: url.to_owned(),
            secret: secret.filter(|text| !text.is_empty() || kind.has(ChannelField::Secret)),
            ..ChannelDraft::default()
        };
        let checked = self
            .check_channel(lang, &channel, None)
            .map_err(|error| AppError {
                fields: error
                    .fields
                    .into_iter()
                    .map(|mut fault| {
                        fault.field = match fault.field.as_str() {
                            "secret" => "robot_secret",
                            _ => "robot",
                        }
                        .to_owned();
                        fault
                    })
                    .collect(),
                ..error
            })?;
        Ok(Some((checked, channel)))
    }
}

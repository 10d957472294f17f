//! Start URLs of tasks: creating, listing and deleting them. Requests to them are in [`accept`].

mod accept;

use app::auth::Action;
use app::backend::{Answer, Caller, StartUrls};
use app::error::AppError;
use app::id::TaskId;
use app::start_url::{NewStartUrl, StartUrl, StartUrlDraft};
use async_trait::async_trait;

pub use accept::{StartAnswer, StartCall};

use super::Service;
use crate::auth::signature::new_signing_secret;
use crate::auth::token::{hash, new_secret};
use crate::error::OrInternal;
use crate::store::{NewStartUrlRow, StartUrlPut};
use crate::texts::start_urls::{StartUrlFault, StartUrlRefusal};
use crate::texts::{Fault, Missing, Refusal};

/// Where requests go; the token follows.
pub(crate) const PATH: &str = "/api/v1/start/";

/// The purpose that the signing secret of a start URL of this task is sealed for.
pub(super) fn place(task: TaskId) -> String {
    format!("start_url of task {task}")
}

#[async_trait]
impl StartUrls for Service {
    async fn start_url_list(&self, caller: &Caller, task: TaskId) -> Answer<Vec<StartUrl>> {
        self.allow(caller, Action::Edit)?;
        self.find_task(caller.lang, task).await?;
        self.store.start_urls(task).await.or_internal(caller.lang)
    }

    async fn start_url_create(
        &self,
        caller: &Caller,
        task: TaskId,
        draft: &StartUrlDraft,
    ) -> Answer<NewStartUrl> {
        let who = self.allow(caller, Action::Edit)?;
        let lang = caller.lang;
        let known = self.find_task(lang, task).await?;
        let draft = StartUrlDraft {
            name: draft.name.trim().to_owned(),
            body_parameter: draft.body_parameter.trim().to_owned(),
            ..draft.clone()
        };
        let mut faults = Vec::new();
        if !draft.has_name() {
            faults.push(StartUrlFault::Name.on("name", lang));
        }
        let body_parameter = Some(&draft.body_parameter).filter(|name| !name.is_empty());
        let parameters = &known.execution.parameters;
        if body_parameter.is_some_and(|name| !parameters.iter().any(|one| one.name == *name)) {
            faults.push(StartUrlFault::NoParameter.on("body_parameter", lang));
        }
        if !faults.is_empty() {
            return Err(AppError::invalid(lang, faults));
        }
        let secret = draft.signed.then(new_signing_secret);
        let sealed = secret
            .as_ref()
            .map(|secret| self.sealer.seal(&place(task), secret));
        let token = new_secret();
        let token_hash = hash(&token);
        let row = NewStartUrlRow {
            name: &draft.name,
            token_hash: &token_hash,
            secret_sealed: sealed.transpose().or_internal(lang)?,
            body_parameter: body_parameter.cloned(),
        };
        let act = self
            .act(who, "start_url.create")
            .detail(draft.name.as_str());
        let put = self.store.insert_start_url(&act, task, &row).await;
        match put.or_internal(lang)? {
            StartUrlPut::Done(start_url) => Ok(NewStartUrl {
                start_url,
                url: format!("{}{PATH}{token}", self.renderer.base_url),
                secret,
            }),
            StartUrlPut::Taken => Err(StartUrlRefusal::Taken { name: draft.name }.answer(lang)),
            StartUrlPut::TooMany => Err(StartUrlRefusal::TooMany.answer(lang)),
            StartUrlPut::NoTask => Err(Missing::Task.answer(lang)),
        }
    }

    async fn start_url_delete(&self, caller: &Caller, task: TaskId, name: &str) -> Answer<()> {
        let who = self.allow(caller, Action::Edit)?;
        let act = self.act(who, "start_url.delete").detail(name);
        let deleted = self.store.delete_start_url(&act, task, name).await;
        if deleted.or_internal(caller.lang)? {
            Ok(())
        } else {
            Err(Missing::StartUrl.answer(caller.lang))
        }
    }
}

//! A request to a start URL: who may send it, what it asks for, and its answer.

use app::auth::{Principal, Proof, Role, Via};
use app::backend::{Answer, Caller};
use app::i18n::Lang;
use app::start_url::{CALLER_MARK, StartUrl};
use app::task::RunRequest;
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::super::Service;
use super::super::sign_in::network_of;
use super::super::tasks::Started;
use super::place;
use crate::audit::Attempt;
use crate::auth::limit::Rule;
use crate::auth::signature::{Signed, check};
use crate::auth::token::hash;
use crate::error::OrInternal;
use crate::store::FoundStartUrl;
use crate::texts::start_urls::{StartUrlFault, StartUrlRefusal, Unsigned};
use crate::texts::{Fault, Refusal};

/// Requests to one start URL within a minute.
const STARTS: u32 = 60;
/// Requests from one address within a minute.
const LOOKS: u32 = 240;
/// The limit of wrong tokens and signatures from one address.
const BROKEN: Rule = Rule {
    free: 20,
    longest: TimeDelta::minutes(1),
};

/// A request to a start URL as it arrived.
#[derive(Clone, Debug)]
pub struct StartCall<'a> {
    /// The token in its address.
    pub token: &'a str,
    /// The sender's address.
    pub from: &'a str,
    /// What it says about its signature.
    pub signed: Signed<'a>,
    /// `Idempotency-Key`; a Standard Webhooks sender repeats its `webhook-id` instead.
    pub idempotency_key: Option<String>,
    /// The body.
    pub body: &'a [u8],
    /// So many seconds the answer waits for the end of the run.
    pub wait: u32,
}

/// The outcome.
#[derive(Clone, Debug)]
pub struct StartAnswer {
    /// The run; with a wait, its latest attempt.
    pub started: Started,
    /// Whether that is over.
    pub is_over: bool,
}

impl Service {
    /// Starts the task of a start URL, and waits for its end if asked to. `parse` reads what the body asks for; it is
    /// called after the signature was checked.
    ///
    /// # Errors
    /// When the token or the signature is wrong, requests come too often, the body has faults, or a rule of the task
    /// refuses the start.
    pub async fn start_by_url(
        &self,
        lang: Lang,
        call: StartCall<'_>,
        parse: impl FnOnce(&[u8]) -> Answer<RunRequest> + Send,
        stop: &CancellationToken,
    ) -> Answer<StartAnswer> {
        let found = self.find_start_url(lang, &call).await?;
        let mut request = match &found.start_url.body_parameter {
            Some(name) => whole_body(lang, name, call.body)?,
            None => parse(call.body)?,
        };
        request.idempotency_key = call
            .idempotency_key
            .or_else(|| call.signed.id.map(str::to_owned));
        let caller = by_url(lang, &found.start_url, call.from);
        let started = self.start_manually(&caller, found.task, &request).await?;
        if let Err(error) = self.store.touch_start_url(&found, self.clock.now()).await {
            // It is only informative, and the run has started.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the time of last use of a start URL could not be written"
            );
        }
        let run = self
            .end_of_start(lang, started.run, call.wait, stop)
            .await?;
        Ok(StartAnswer {
            is_over: run.state.is_over(),
            started: Started { run, ..started },
        })
    }

    /// The start URL that a request may use.
    async fn find_start_url(&self, lang: Lang, call: &StartCall<'_>) -> Answer<FoundStartUrl> {
        let now = self.clock.now();
        let address = format!("start {}", network_of(call.from));
        if !self.attempts.may_look(&address, LOOKS, now) {
            return Err(StartUrlRefusal::Often { seconds: 60 }.answer(lang));
        }
        // Only what is wrong has to wait: one outdated address behind a proxy must not stop the others there.
        let refused = |why: StartUrlRefusal| {
            let is_waiting = self.attempts.wait(&address, BROKEN, now).is_some();
            if is_waiting {
                return StartUrlRefusal::Often { seconds: 60 }.answer(lang);
            }
            self.attempts.failed(&address, now);
            why.answer(lang)
        };
        let token_hash = hash(call.token);
        let found = self.store.start_url_of(&token_hash).await;
        let Some(found) = found.or_internal(lang)? else {
            self.note_refused(wrong_use("", call.from), "").await;
            return Err(refused(StartUrlRefusal::Unknown));
        };
        if let Some(sealed) = &found.secret_sealed {
            let secret = self.sealer.open(&place(found.task), sealed);
            let secret = secret.or_internal(lang)?;
            if let Err(fault) = check(&secret, call.signed, call.body, now) {
                let name = format!("{CALLER_MARK}{}", found.start_url.name);
                self.note_refused(wrong_use(&name, call.from), &fault.to_string())
                    .await;
                return Err(refused(StartUrlRefusal::Unsigned(Unsigned(fault))));
            }
        }
        if !self
            .attempts
            .may_look(&format!("start url {token_hash}"), STARTS, now)
        {
            return Err(StartUrlRefusal::Often { seconds: 60 }.answer(lang));
        }
        Ok(found)
    }
}

/// The refused use of a start URL.
fn wrong_use(who: &str, from: &str) -> Attempt {
    Attempt {
        action: "start_url.use",
        who: who.to_owned(),
        via: Via::StartUrl.as_str(),
        client: Some(from.to_owned()),
    }
}

/// The whole body as the value of a parameter.
fn whole_body(lang: Lang, parameter: &str, body: &[u8]) -> Answer<RunRequest> {
    let field = app::task::execution::parameter_field(parameter);
    let text = std::str::from_utf8(body);
    let text = text.map_err(|_| StartUrlFault::NotText.alone(&field, lang))?;
    Ok(RunRequest {
        parameters: [(parameter.to_owned(), text.to_owned())].into(),
        ..RunRequest::default()
    })
}

/// The sender as a caller. Only this file makes one, and passes it on with the task of its start URL.
fn by_url(lang: Lang, start_url: &StartUrl, from: &str) -> Caller {
    Caller {
        principal: Some(Principal {
            user_id: None,
            name: format!("{CALLER_MARK}{}", start_url.name),
            role: Role::Operator,
            via: Via::StartUrl,
            from: Some(from.to_owned()),
            press: None,
            proof: Proof::Other,
        }),
        lang,
    }
}

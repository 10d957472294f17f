//! A client that reads pages and asks the REST interface, over one connection that stays open.

use std::time::Instant;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};

use crate::Failure;
use crate::product::Product;

/// A signed-in browser and a program with a token, in one.
pub(in super::super) struct Reader {
    http: reqwest::Client,
    pub(super) base: String,
    cookie: String,
    pub(super) token: String,
}

impl Reader {
    /// Signs in by the form.
    pub(in super::super) async fn new(product: &Product) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .http1_only()
            .pool_max_idle_per_host(1)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let answer = http
            .post(format!("{}/login", product.base))
            .header(ORIGIN, &product.base)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("name=bench&password=only+for+the+benchmark&next=/")
            .send()
            .await?;
        let cookie = answer
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .find(|cookie| cookie.starts_with("jcrontab_session="))
            .ok_or_else(|| format!("sign-in was answered with {}", answer.status()))?
            .to_owned();
        Ok(Self {
            http,
            base: product.base.clone(),
            cookie: format!("{cookie}; jcrontab_lang=en"),
            token: product.home.token.clone(),
        })
    }

    /// Opens a page, which must hold a text.
    pub(in super::super) async fn page(&self, path: &str, holds: &str) -> Result<String, Failure> {
        let answer = self
            .http
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie)
            .header(ACCEPT, "text/html")
            .send()
            .await?;
        let status = answer.status();
        let to = answer.headers().get(LOCATION).cloned();
        let text = answer.text().await?;
        if status != 200 || !text.contains(holds) {
            return Err(format!("{path}: {status} {to:?}, without {holds:?}").into());
        }
        Ok(text)
    }

    /// Asks the REST interface.
    pub(in super::super) async fn json(&self, path: &str) -> Result<String, Failure> {
        let answer = self
            .http
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status != 200 {
            return Err(format!("{path}: {status} {text}").into());
        }
        Ok(text)
    }

    /// Milliseconds until each of `count` answers was complete, after some that do not count. `what` returns the path
    /// of each, and a text that the answer must contain.
    pub(in super::super) async fn time<'a>(
        &self,
        count: usize,
        what: impl Fn(usize) -> (String, &'a str),
    ) -> Result<Vec<f64>, Failure> {
        let unheeded = count / 10;
        let mut taken = Vec::with_capacity(count);
        for number in 0..count + unheeded {
            let (path, holds) = what(number);
            let asked = Instant::now();
            if path.starts_with("/api/") {
                let text = self.json(&path).await?;
                if !text.contains(holds) {
                    return Err(format!("{path}: without {holds:?}").into());
                }
            } else {
                self.page(&path, holds).await?;
            }
            if number >= unheeded {
                taken.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
        }
        Ok(taken)
    }

    /// Headers of a request, for another client.
    pub(super) fn headers(&self, path: &str) -> Vec<String> {
        if path.starts_with("/api/") {
            vec![format!("Authorization: Bearer {}", self.token)]
        } else {
            vec![
                format!("Cookie: {}", self.cookie),
                "Accept: text/html".to_owned(),
            ]
        }
    }
}

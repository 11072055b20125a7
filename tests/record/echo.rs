//! A provider that repeats whatever it was sent in what it says of its failure: in the body, in the type of the body and in
//! a header.

use futures::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::json;
use std::{fmt::Write as _, sync::Arc};
use testkit::{Asked, Said, Service};

/// The provider, and what it was sent.
#[derive(Debug, Default)]
pub(crate) struct Echo(Mutex<String>);

impl Echo {
    /// Everything that it was sent in headers and bodies.
    pub(crate) fn heard(&self) -> String {
        self.0.lock().clone()
    }
}

impl Service for Echo {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let body = String::from_utf8_lossy(&asked.body).into_owned();
        let headers: Vec<_> = asked.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let _ = writeln!(self.0.lock(), "{} {}\n{}\n{body}", asked.path, asked.query, headers.join("\n"));
        // Some name the credential without the scheme before it.
        let bearer = asked.header("authorization").or_else(|| asked.header("x-api-key")).unwrap_or_default();
        let bare = bearer.rsplit(' ').next().unwrap_or_default();
        let status = if asked.path.contains("/failing") || asked.path.contains("completions") { 500 } else { 401 };
        let message = format!("Incorrect API key provided: {bare}");
        let told = json!({
            "success": false,
            "message": message,
            "error": {"type": "authentication_error", "code": "refused", "message": message},
            "headers": headers,
            "body": body,
        });
        let said = Said::text(status, &format!("application/json; key=\"{bare}\""), &told.to_string());
        let said = said.header("www-authenticate", format!("Bearer error=\"{bare}\"")).header("x-error", message);
        Box::pin(async move { said })
    }
}

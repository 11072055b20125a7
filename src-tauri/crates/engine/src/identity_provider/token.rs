//! The exchange of a code for an ID token. Whatever else the provider gives with it is not kept.

use super::{
    IdentityError, ProviderDocument, Refusal,
    attempts::Attempt,
    exchange::{Answer, Exchange},
    settings::Settings,
};
use domain::Secret;
use reqwest::{StatusCode, Url, header};
use serde::Deserialize;

#[derive(Deserialize)]
struct Granted {
    id_token: String,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

/// Exchanges the code; the answer is not believed yet.
pub(super) async fn exchange(
    exchange: &Exchange,
    settings: &Settings,
    attempt: &Attempt,
    code: &Secret,
) -> Result<String, IdentityError> {
    let provider = &attempt.provider;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", attempt.redirect_uri.as_str()),
        ("code_verifier", attempt.verifier.expose()),
        ("client_id", settings.client_id.as_str()),
    ];
    let mut request = exchange.post(&provider.token_endpoint);
    match &settings.client_secret {
        Some(secret) if provider.takes_secret_in_body => fields.push(("client_secret", secret.expose())),
        Some(secret) => {
            // Both parts are encoded like a form before they become a header (RFC 6749, section 2.3.1).
            request = request.basic_auth(encoded(&settings.client_id), Some(encoded(secret.expose())));
        }
        None => {}
    }
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form(&fields));
    let answer = exchange.send(request, ProviderDocument::Token).await?;
    if answer.status == StatusCode::OK {
        return answer.json::<Granted>().map(|granted| granted.id_token);
    }
    Err(refused(&answer).map_or_else(|| answer.failed(), |reason| IdentityError::Refused { reason }))
}

/// What the provider says against it, if it says so in the way that is agreed on.
fn refused(answer: &Answer) -> Option<Refusal> {
    let is_refusal =
        matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let said: Refused = is_refusal.then(|| answer.json().ok())??;
    Some(Refusal::of_word(&said.error))
}

fn form(fields: &[(&str, &str)]) -> String {
    // The library encodes forms only as the query of an address.
    let Ok(mut url) = "http://form.invalid/".parse::<Url>() else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

fn encoded(text: &str) -> String {
    form(&[("", text)]).trim_start_matches('=').to_owned()
}

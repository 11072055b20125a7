//! What the provider tells of itself (OpenID Connect Discovery 1.0), held against the settings before it is used.

use super::{Check, IdentityError, ProviderDocument, exchange::Exchange, keys::Keys, settings::Settings};
use reqwest::Url;
use serde::Deserialize;

/// What is used of it.
#[derive(Debug)]
pub(super) struct Discovered {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) keys: Keys,
    /// Whether each redirection carries `iss` (RFC 9207), so that one without it is not from this provider.
    pub(super) names_itself_on_return: bool,
    /// Whether the token endpoint takes a client secret in the body and in no header.
    pub(super) takes_secret_in_body: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Reads it.
pub(super) async fn read(exchange: &Exchange, settings: &Settings) -> Result<Discovered, IdentityError> {
    let told: Document = exchange.get(&settings.discovery, ProviderDocument::Discovery).await?;
    if told.issuer != settings.issuer {
        return Err(Check::DiscoveryIssuer.failed());
    }
    let endpoint = |text: &str| settings.endpoint(text).ok_or(Check::Endpoint.failed());
    let authorization_endpoint = endpoint(&told.authorization_endpoint)?;
    let (token_endpoint, keys) = (endpoint(&told.token_endpoint)?, Keys::at(endpoint(&told.jwks_uri)?));
    // Many providers support it and do not say so; one that names others and not this one does not.
    if told.code_challenge_methods_supported.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
        return Err(Check::Pkce.failed());
    }
    let offers = |wanted: &str| {
        let methods = told.token_endpoint_auth_methods_supported.as_ref();
        methods.map_or(wanted == "client_secret_basic", |methods| methods.iter().any(|method| method == wanted))
    };
    Ok(Discovered {
        takes_secret_in_body: offers("client_secret_post") && !offers("client_secret_basic"),
        authorization_endpoint,
        token_endpoint,
        keys,
        names_itself_on_return: told.authorization_response_iss_parameter_supported,
    })
}

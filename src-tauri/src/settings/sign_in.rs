//! `[sign_in.oidc]`: a provider of `OpenID Connect` that says who people are.

use super::{
    section::{Broken, Section},
    web_address,
};
use domain::Secret;

/// What the button says when nobody says otherwise.
const USUAL_LABEL: &str = "Single sign-on";

/// A provider of `OpenID Connect`.
#[derive(Debug)]
pub(crate) struct Oidc {
    /// Its address, without a slash at its end.
    pub(crate) issuer: String,
    /// What this control plane is called there.
    pub(crate) client_id: String,
    /// Its password there.
    pub(crate) client_secret: Secret,
    /// What people read when they choose it, 1 to 60 characters.
    pub(crate) label: String,
}

pub(super) async fn read(root: &mut Section<'_>) -> Option<Oidc> {
    let mut sign_in = root.section("sign_in")?;
    let oidc = match sign_in.section("oidc") {
        Some(section) => oidc(section).await,
        None => None,
    };
    sign_in.end();
    oidc
}

async fn oidc(mut section: Section<'_>) -> Option<Oidc> {
    let issuer = section.required_text("issuer", web_address::service);
    let client_id = section.required_text("client_id", client_id);
    let client_secret = section.secret("client_secret").await;
    let label = section.text("label", label).unwrap_or_else(|| USUAL_LABEL.to_owned());
    section.end();
    Some(Oidc { issuer: issuer?, client_id: client_id?, client_secret: client_secret?, label })
}

fn client_id(text: &str) -> Result<String, Broken> {
    let is_good = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_good.then(|| text.to_owned()).ok_or(Broken {
        rule: "characters",
        message: "A client id has 1 to 255 visible ASCII characters.",
        remedy: "Write it as the provider shows it.",
    })
}

fn label(text: &str) -> Result<String, Broken> {
    let is_good =
        (1..=60).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    is_good.then(|| text.to_owned()).ok_or(Broken {
        rule: "characters",
        message: "A label has 1 to 60 characters, no space at its ends and no control characters.",
        remedy: "Write what people know the provider by, e.g. Example staff.",
    })
}

//! What must stay secret is in no message and no debug output.

use super::fixture::{Fixture, finish};
use crate::identity_provider::{Finish, IdentityError};
use domain::Secret;
use serde_json::json;
use testkit::{
    Said,
    identity_provider::{Endpoint, SecretIn, Signed},
};

const CLIENT_SECRET: &str = "canary-client-secret";
const CODE: &str = "canary-code";

#[tokio::test]
async fn neither_the_client_secret_nor_a_code_nor_an_attempt_is_ever_shown() {
    let echo = json!({ "error": format!("{CLIENT_SECRET} {CODE}"), "error_description": CODE }).to_string();
    let answers = [
        Said::text(400, "application/json", &echo),
        Said::text(500, "application/json", &echo),
        Said::text(200, "application/json", &echo),
        Said::json(200, &json!({ "id_token": format!("{CODE}.{CLIENT_SECRET}.{CODE}") })),
        Said::text(302, "text/plain", "").header("location", format!("http://127.0.0.1:1/?code={CODE}")),
    ];
    for said in answers {
        let at = Fixture::with_secret(Some(CLIENT_SECRET)).await;
        at.provider.require_secret(CLIENT_SECRET, SecretIn::Header);
        let (begun, back) = at.until_back().await;
        at.provider.answer(Endpoint::Token, said);
        let given = Finish { code: Secret::new(CODE), ..finish(&begun, &back) };
        let open = format!("{:?} {given:?} {begun:?}", at.here);
        let failed = at.here.finish(given).await.expect_err("nobody signs in like this");
        let shown = format!("{open} {failed} {failed:?} {} {} {:?}", failed.code(), failed.remedy(), at.here);
        for secret in [CLIENT_SECRET, CODE, begun.attempt.expose()] {
            assert!(!shown.contains(secret), "a secret is shown: {shown}");
        }
    }
}

#[tokio::test]
async fn what_binds_an_attempt_is_not_shown_while_it_is_open() {
    let at = Fixture::new().await;
    let (_, back) = at.until_back().await;
    assert!(!format!("{:?}", at.here).contains(&back.state), "who sees a log cannot finish an attempt");
}

#[tokio::test]
async fn nothing_that_the_provider_signs_is_quoted_when_it_is_not_believed() {
    let at = Fixture::new().await;
    at.provider.forge(|token| {
        token.claims["sub"] = json!("canary-subject");
        token.claims["iss"] = json!("https://canary.example");
        token.header["kid"] = json!("canary-kid");
        token.signed = Signed::ByStranger;
    });
    let failed = at.sign_in().await.expect_err("it is not believed");
    assert!(matches!(failed, IdentityError::NotBelieved { .. }), "{failed:?}");
    assert!(!format!("{failed} {failed:?} {}", failed.remedy()).contains("canary"), "{failed:?}");
}

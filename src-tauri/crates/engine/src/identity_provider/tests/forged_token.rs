//! Tokens that say what is not so, or were signed by whoever should not have.

use super::fixture::Fixture;
use crate::identity_provider::Check;
use serde_json::{Value, json};
use testkit::identity_provider::{Algorithm, CLIENT_ID, Endpoint, IdToken, Signed};

/// What the sign-in fails on when each token is changed like this.
async fn check_of(change: impl Fn(&mut IdToken) + Send + Sync + 'static) -> Check {
    let at = Fixture::new().await;
    at.provider.forge(change);
    at.failed_check().await
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_not_believed() {
    assert_eq!(check_of(|token| token.claims["nonce"] = json!("another")).await, Check::Nonce, "another nonce");
    assert_eq!(check_of(|token| token.claims["nonce"] = Value::Null).await, Check::Nonce, "no nonce");
}

#[tokio::test]
async fn a_token_of_another_issuer_is_not_believed() {
    let almost = |token: &mut IdToken| {
        let issuer = token.claims["iss"].as_str().unwrap_or_default();
        token.claims["iss"] = json!(format!("{issuer}/"));
    };
    assert_eq!(check_of(almost).await, Check::Issuer, "almost the same is another one");
    assert_eq!(
        check_of(|token| token.claims["iss"] = json!("https://evil.example")).await,
        Check::Issuer,
        "another one"
    );
}

#[tokio::test]
async fn a_token_for_another_client_is_not_believed() {
    assert_eq!(check_of(|token| token.claims["aud"] = json!("another")).await, Check::Audience, "another client");
    assert_eq!(check_of(|token| token.claims["aud"] = json!([])).await, Check::Audience, "no client");
    let shared = |token: &mut IdToken| token.claims["aud"] = json!([CLIENT_ID, "another"]);
    assert_eq!(check_of(shared).await, Check::Audience, "two clients, and nothing says which one asked");
    let asked_by_another = |token: &mut IdToken| token.claims["azp"] = json!("another");
    assert_eq!(check_of(asked_by_another).await, Check::Audience, "another client asked");
    let at = Fixture::new().await;
    at.provider.forge(|token| {
        token.claims["aud"] = json!(["another", CLIENT_ID]);
        token.claims["azp"] = json!(CLIENT_ID);
    });
    assert!(at.sign_in().await.is_ok(), "two clients, and this one asked");
}

#[tokio::test]
async fn a_token_is_believed_in_its_time() {
    let shift = |name: &'static str, seconds: i64| {
        move |token: &mut IdToken| {
            let issued = token.claims["iat"].as_i64().unwrap_or_default();
            token.claims[name] = json!(issued + seconds);
        }
    };
    assert_eq!(check_of(shift("exp", -60)).await, Check::Expiry, "over for longer than clocks differ");
    assert_eq!(check_of(shift("iat", 61)).await, Check::IssuedAt, "issued in the future");
    assert_eq!(check_of(shift("nbf", 61)).await, Check::IssuedAt, "good only in the future");
    assert_eq!(check_of(|token| token.claims["exp"] = json!(i64::MIN)).await, Check::Expiry, "over since ever");
    assert_eq!(check_of(|token| token.claims["iat"] = json!(i64::MAX)).await, Check::IssuedAt, "never issued");
    for (name, seconds) in [("exp", -59), ("iat", 60), ("nbf", 60)] {
        let at = Fixture::new().await;
        at.provider.forge(shift(name, seconds));
        assert!(at.sign_in().await.is_ok(), "clocks may differ by a minute: {name}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_say_all_that_it_must_is_not_believed() {
    for name in ["iss", "sub", "aud", "exp", "iat"] {
        assert_eq!(check_of(move |token| token.claims[name] = Value::Null).await, Check::Claims, "nothing as {name}");
        assert_eq!(check_of(move |token| token.claims[name] = json!({})).await, Check::Claims, "an object as {name}");
    }
    assert_eq!(check_of(|token| token.claims["exp"] = json!("9999999999")).await, Check::Claims, "text as a number");
    assert_eq!(check_of(|token| token.claims = json!("ada-1815")).await, Check::Claims, "no claims at all");
}

#[tokio::test]
async fn a_subject_that_cannot_be_kept_is_nobody() {
    for subject in [String::new(), "x".repeat(256), "ada\n1815".to_owned()] {
        assert_eq!(check_of(move |token| token.claims["sub"] = json!(subject)).await, Check::Subject, "nobody");
    }
}

#[tokio::test]
async fn a_token_signed_by_another_key_is_not_believed() {
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
        let at = Fixture::new().await;
        at.provider.sign_with(algorithm);
        at.provider.forge(|token| token.signed = Signed::ByStranger);
        assert_eq!(at.failed_check().await, Check::Signature, "{}", algorithm.name());
    }
}

#[tokio::test]
async fn a_signature_that_is_promised_has_to_be_there() {
    let at = Fixture::new().await;
    at.provider.forge(|token| token.signed = Signed::ByNobody);
    assert_eq!(at.failed_check().await, Check::Signature, "a header that promises a signature, and none");
}

#[tokio::test]
async fn a_token_that_nobody_signed_is_not_believed() {
    for name in ["none", "None", "NONE", ""] {
        let unsigned = move |token: &mut IdToken| {
            token.header["alg"] = json!(name);
            token.signed = Signed::ByNobody;
        };
        assert_eq!(check_of(unsigned).await, Check::Algorithm, "{name:?}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let at = Fixture::new().await;
        at.provider.sign_with(algorithm);
        at.provider.forge(|token| {
            token.header["alg"] = json!("HS256");
            token.signed = Signed::WithPublicKey;
        });
        assert_eq!(at.failed_check().await, Check::Algorithm, "HS256 with the public half of {}", algorithm.name());
        assert_eq!(at.provider.asked(Endpoint::Keys), 0, "no key is even looked for");
    }
}

#[tokio::test]
async fn a_key_is_used_only_as_it_is_meant() {
    let other_padding = |token: &mut IdToken| token.header["alg"] = json!("PS256");
    assert_eq!(check_of(other_padding).await, Check::Key, "a key for RS256 is none for PS256");
    for name in ["RS512", "ES384", "HS512"] {
        assert_eq!(
            check_of(move |token| token.header["alg"] = json!(name)).await,
            Check::Algorithm,
            "{name} is not believed"
        );
    }
    let critical = |token: &mut IdToken| token.header["crit"] = json!(["exp"]);
    assert_eq!(check_of(critical).await, Check::Algorithm, "what must be understood and is not");
}

#[tokio::test]
async fn a_token_does_not_bring_its_own_key() {
    let own_key = |token: &mut IdToken| {
        token.header["jwk"] = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA" });
        token.header["jku"] = json!("https://evil.example/keys");
        token.signed = Signed::ByStranger;
    };
    assert_eq!(check_of(own_key).await, Check::Signature, "only what the provider publishes is a key");
}

//! The good way.

use super::fixture::{Fixture, LISTENER, finish};
use crate::identity_provider::{IdentityError, OutsideIdentity, Refusal};
use serde_json::json;
use std::{collections::HashMap, time::Duration};
use testkit::identity_provider::{Algorithm, Endpoint, Person, SecretIn};

#[tokio::test]
async fn somebody_signs_in_and_is_known_by_issuer_and_subject() {
    let at = Fixture::new().await;
    let identity = at.sign_in().await.expect("Ada is believed");
    assert_eq!(
        identity,
        OutsideIdentity {
            issuer: at.provider.issuer(),
            subject: "ada-1815".to_owned(),
            email: Some("ada@example.org".to_owned()),
            email_verified: true,
            name: Some("Ada Lovelace".to_owned()),
        },
        "what the provider says is handed on"
    );
    at.provider.sign_in_as(Person::new("grace-1906", "grace@example.org", "Grace Hopper"));
    assert_eq!(at.sign_in().await.map(|it| it.subject).as_deref(), Ok("grace-1906"), "another person is another one");
    assert_eq!(at.provider.asked(Endpoint::Discovery), 1, "what does not change is read once");
    assert_eq!(at.provider.asked(Endpoint::Keys), 1, "and so are the keys");
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_that_binds_the_code() {
    let at = Fixture::new().await;
    let begun = at.begin().await;
    let url: reqwest::Url = begun.url.parse().expect("an address");
    let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", testkit::identity_provider::CLIENT_ID),
        ("redirect_uri", LISTENER),
        ("scope", "openid email profile"),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in expected {
        assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(asked["code_challenge"].len(), 43, "a SHA-256 in Base64, not the verifier itself");
    let other = at.begin().await;
    for name in ["state", "nonce", "code_challenge"] {
        assert!(!other.url.contains(&asked[name]), "{name} is made for one attempt");
    }
    let secret = begun.attempt.expose();
    assert!(secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "32 bytes in hex");
    assert!(!begun.url.contains(secret), "what finishes the attempt never passes through the browser");
}

#[tokio::test]
async fn every_algorithm_of_the_list_is_believed() {
    let at = Fixture::new().await;
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa] {
        at.provider.sign_with(algorithm);
        at.clock.advance(Duration::from_mins(2));
        assert!(at.sign_in().await.is_ok(), "{} is believed", algorithm.name());
    }
}

#[tokio::test]
async fn a_client_proves_itself_where_the_provider_wants_it_and_is_refused_without() {
    let secret = "p:a s%s+wörd&=";
    for place in [SecretIn::Header, SecretIn::Body] {
        let at = Fixture::with_secret(Some(secret)).await;
        at.provider.require_secret(secret, place);
        assert!(at.sign_in().await.is_ok(), "the secret arrives whole: {place:?}");
        let without = Fixture::new().await;
        without.provider.require_secret(secret, place);
        let refused = IdentityError::Refused { reason: Refusal::Client };
        assert_eq!(without.sign_in().await, Err(refused), "without it nobody comes in: {place:?}");
    }
}

#[tokio::test]
async fn what_is_not_sure_is_left_out() {
    let at = Fixture::new().await;
    let unsure = Person { email_verified: false, ..Person::new("bob", "bob@example.org", "Bob") };
    at.provider.sign_in_as(unsure);
    let bob = at.sign_in().await.expect("Bob is believed");
    assert_eq!((bob.email.as_deref(), bob.email_verified), (Some("bob@example.org"), false), "an address and no more");
    at.provider.forge(|token| {
        token.claims["email"] = json!("bob@example.org\u{202e}\n");
        token.claims["email_verified"] = json!(true);
        token.claims["name"] = json!({ "first": "Bob" });
    });
    let bob = at.sign_in().await.expect("Bob is believed");
    assert_eq!((bob.email, bob.email_verified, bob.name), (None, false, None), "what cannot be shown is not there");
    at.provider.forge(|token| token.claims["email_verified"] = json!("true"));
    assert!(!at.sign_in().await.expect("Bob is believed").email_verified, "only true is true");
}

#[tokio::test]
async fn a_redirection_need_not_name_its_issuer_unless_the_provider_says_that_it_does() {
    let at = Fixture::new().await;
    at.provider.tell(|told| told["authorization_response_iss_parameter_supported"] = json!(false));
    let (begun, back) = at.until_back().await;
    let silent = crate::identity_provider::Finish { issuer: None, ..finish(&begun, &back) };
    assert!(at.here.finish(silent).await.is_ok(), "most providers do not know of it");
}

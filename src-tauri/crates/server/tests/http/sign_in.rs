//! People sign in: by password after an invitation, and through an identity provider that really signs.

use crate::plane::{Plane, Said, operator};
use domain::{Role, Secret, SystemClock, TeamAct};
use engine::{
    accounts::HOME,
    identity_provider::{IdentityProvider, ProviderSettings},
};
use serde_json::json;
use std::sync::Arc;
use testkit::identity_provider::{self, Person};

/// Somebody is invited to the home team; answers what they accept with.
async fn invited(plane: &Plane, email: &str, role: Role) -> Secret {
    let invite = TeamAct::Invite { team: HOME.to_owned(), email: email.to_owned(), role };
    plane.engine.act_on_team(&invite, None, &operator()).await.expect("an invitation").expect("a token")
}

async fn post(plane: &Plane, path: &str, body: &serde_json::Value) -> Said {
    Said::of(plane.bare("POST", path).json(body)).await
}

fn token(said: &Said, name: &str) -> String {
    said.json["data"][name].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn an_invitation_makes_an_account_and_a_session_that_goes_on() {
    let plane = Plane::start().await;
    let invitation = invited(&plane, "ana@example.org", Role::Member).await;
    let password = "four words joined by nobody";
    let accept = json!({"token": invitation.expose(), "name": "Ana", "password": password});
    let accepted = post(&plane, "/api/v1/invitations/accept", &accept).await;
    assert_eq!(accepted.status, 200, "she is in: {}", accepted.text);
    post(&plane, "/api/v1/invitations/accept", &accept).await.assert_refused(404, "not_found", "an invitation twice");

    let identity = Said::of(plane.bare("GET", "/api/v1/identity").bearer_auth(token(&accepted, "access_token"))).await;
    assert_eq!(identity.json["data"]["principal"], "ana@example.org", "the plane knows her: {}", identity.text);
    assert_eq!(identity.json["data"]["teams"][0]["role"], "member", "and as what");
    assert_eq!(identity.json["data"]["may"], json!(["read", "write"]), "members of the home team look after the plane");

    let wrong = json!({"email": "ana@example.org", "password": "four words joined by anybody"});
    post(&plane, "/api/v1/sessions", &wrong).await.assert_refused(401, "sign_in_refused", "a wrong password");
    let nobody = json!({"email": "bob@example.org", "password": password});
    post(&plane, "/api/v1/sessions", &nobody).await.assert_refused(401, "sign_in_refused", "nobody of that name");
    let right = json!({"email": " Ana@Example.org", "password": password});
    let signed_in = post(&plane, "/api/v1/sessions", &right).await;
    assert_eq!(signed_in.status, 200, "her own password: {}", signed_in.text);

    let first = json!({"refresh_token": token(&signed_in, "refresh_token")});
    let refreshed = post(&plane, "/api/v1/sessions/refresh", &first).await;
    assert_eq!(refreshed.status, 200, "the session goes on: {}", refreshed.text);
    let identity =
        |said: &Said| Said::of(plane.bare("GET", "/api/v1/identity").bearer_auth(token(said, "access_token")));
    assert_eq!(identity(&refreshed).await.status, 200, "with a new token");
    post(&plane, "/api/v1/sessions/refresh", &first).await.assert_refused(401, "session_over", "a token that was used");
    identity(&refreshed).await.assert_refused(401, "unauthenticated", "the session of a token that came twice");
    assert_eq!(identity(&accepted).await.status, 200, "other sessions of hers go on");

    let out = plane.bare("POST", "/api/v1/sessions/end-all").bearer_auth(token(&accepted, "access_token"));
    assert_eq!(Said::of(out).await.status, 200, "she signs out everywhere");
    identity(&accepted).await.assert_refused(401, "unauthenticated", "a session that is over");
}

async fn with_provider() -> (Plane, identity_provider::IdentityProvider) {
    let clock = Arc::new(SystemClock);
    let outside = identity_provider::IdentityProvider::start(clock.clone()).await;
    let settings = ProviderSettings {
        issuer: outside.issuer(),
        client_id: identity_provider::CLIENT_ID.to_owned(),
        client_secret: None,
        label: Some("Harbor accounts".to_owned()),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let provider = IdentityProvider::new(settings, clock).expect("settings in order");
    let plane = Plane::start_with_engine(|config| config.identity_provider = Some(Arc::new(provider))).await;
    (plane, outside)
}

/// Goes the whole way through the browser.
async fn through_browser(plane: &Plane, outside: &identity_provider::IdentityProvider) -> Said {
    let opening = json!({"redirect_uri": "http://127.0.0.1:9/back"});
    let begun = post(plane, "/api/v1/sessions/browser", &opening).await;
    assert_eq!(begun.status, 200, "it begins: {}", begun.text);
    let back = outside.authorise(begun.json["data"]["url"].as_str().expect("an address")).await.expect("a way back");
    let finish = json!({
        "attempt": begun.json["data"]["attempt"], "state": back.state, "code": back.code, "issuer": back.issuer,
    });
    post(plane, "/api/v1/sessions/browser/finish", &finish).await
}

#[tokio::test]
async fn a_provider_lets_in_who_is_invited_and_knows_them_again() {
    let (plane, outside) = with_provider().await;
    let ways = Said::of(plane.bare("GET", "/api/v1/sessions/ways")).await;
    assert_eq!(ways.json["data"]["provider"], "Harbor accounts", "the way is named: {}", ways.text);

    outside.sign_in_as(Person::new("subject-1", "ana@example.org", "Ana"));
    through_browser(&plane, &outside).await.assert_refused(401, "not_invited", "somebody whom nobody invited");
    invited(&plane, "ana@example.org", Role::Viewer).await;
    let signed_in = through_browser(&plane, &outside).await;
    assert_eq!(signed_in.status, 200, "the invitation of her address lets her in: {}", signed_in.text);
    let identity = Said::of(plane.bare("GET", "/api/v1/identity").bearer_auth(token(&signed_in, "access_token"))).await;
    let team = &identity.json["data"]["teams"][0];
    assert_eq!((&team["role"], &team["may"]), (&json!("viewer"), &json!(["read"])), "as what she was invited: {team}");

    outside.sign_in_as(Person::new("subject-1", "ana@elsewhere.example", "Ana"));
    let again = through_browser(&plane, &outside).await;
    assert_eq!(again.json["data"]["email"], "ana@example.org", "the provider's name for her counts, not her address");
    outside.sign_in_as(Person::new("subject-2", "ana@example.org", "Eve"));
    through_browser(&plane, &outside).await.assert_refused(401, "not_invited", "another person with her address");
}

#[tokio::test]
async fn an_address_that_is_not_verified_opens_nothing() {
    let (plane, outside) = with_provider().await;
    invited(&plane, "ana@example.org", Role::Admin).await;
    outside.sign_in_as(Person::new("subject-1", "ana@example.org", "Eve"));
    outside.forge(|token| token.claims["email_verified"] = false.into());
    through_browser(&plane, &outside).await.assert_refused(401, "not_invited", "an address that anybody can claim");
}

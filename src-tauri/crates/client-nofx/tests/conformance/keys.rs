//! API keys: made, shown once, listed, deleted.

use crate::{context, scene, stand_in};
use client_nofx::{Dialect, Limits, NofxClient};
use control_plane::{ControlPlane, Error};
use domain::{NewApiKey, Permission};

fn new(name: &str) -> NewApiKey {
    NewApiKey {
        name: name.to_owned(),
        team: None,
        permissions: vec![Permission::Read, Permission::Admin],
        expires_at: None,
    }
}

#[tokio::test]
async fn a_key_is_made_used_and_deleted() {
    let scene = scene(stand_in(Dialect::Express), Some("good")).await;
    let (plane, context) = (&scene.plane, context());
    let made = plane.create_api_key(&context, &new(" console ")).await.expect("a key");
    let text = made.secret.expose().to_owned();
    assert!(text.starts_with("nofx_") && text.len() == 69, "it is a key of NOFX");
    assert!(!format!("{made:?} {plane:?}").contains(&text), "it shows in no debug output");
    let listed = plane.api_keys(&context).await.expect("keys");
    assert_eq!(listed.as_slice(), std::slice::from_ref(&made.key), "it is listed as it was made");
    assert_eq!((listed[0].name.as_str(), listed[0].last_used_at), ("console", None), "without having been used");
    assert_eq!(listed[0].permissions, [Permission::Read, Permission::Admin], "for what it was made");
    assert!(!format!("{listed:?}").contains(&text), "and without its text");

    let with_key = NofxClient::new(&scene.server.url(), Some(made.secret), Limits::default()).expect("a client");
    let identity = with_key.identity(&context).await.expect("it is good");
    assert_eq!(identity.principal.as_deref(), Some("alice@example.test"), "it stands for whoever made it");
    assert!(plane.api_keys(&context).await.expect("keys")[0].last_used_at.is_some(), "which leaves a trace");

    plane.revoke_api_key(&context, &made.key.id).await.expect("it is deleted");
    assert!(plane.api_keys(&context).await.expect("keys").is_empty(), "and listed no more");
    let refused = with_key.api_keys(&context).await.expect_err("it is good no more");
    assert_eq!(refused, Error::Unauthorised, "whoever has it is nobody");
    for id in [made.key.id.as_str(), "abc", ""] {
        let error = plane.revoke_api_key(&context, id).await.expect_err("there is no such key");
        assert!(matches!(error, Error::NotFound { .. }), "{id:?} is not there: {error:?}");
    }
    let asked = scene.stand_in.last("DELETE", "/auth/api-keys/abc");
    assert!(asked.is_none(), "and what cannot be an id is not sent");
}

#[tokio::test]
async fn a_key_has_a_name_that_is_free() {
    let scene = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
    let (plane, context) = (&scene.plane, context());
    plane.create_api_key(&context, &new("k1")).await.expect("a key");
    let error = plane.create_api_key(&context, &new("k1")).await.expect_err("the name is taken");
    assert!(matches!(&error, Error::Conflict { code, .. } if code == "name_is_taken"), "which is said: {error:?}");
    let before = scene.stand_in.calls().len();
    let error = plane.create_api_key(&context, &new("  ")).await.expect_err("a key has a name");
    let Error::Invalid { faults, .. } = error else { panic!("a fault of the input: {error:?}") };
    assert_eq!((faults[0].path.as_str(), faults[0].rule.as_str()), ("name", "required"), "which is judged here");
    assert_eq!(scene.stand_in.calls().len(), before, "and not sent");
}

//! Who may ask for teams, keys, bills and the queue, and who is refused without a call.

use crate::{Scene, context, scene, stand_in};
use client_nofx::Dialect;
use control_plane::{ControlPlane, Error};
use domain::{Action, Availability, BillingAct, NewApiKey, TeamAct};
use testkit::stand_in::Nofx;

const SIGNED_IN: [Action; 3] = [Action::Teams, Action::ApiKeys, Action::Billing];
const TEAM: &str = "b029b1f1-75cf-4d67-a379-4b31d3c2c0b0";

/// The outcome of every call about these parts, and the action that it belongs to.
async fn everything(scene: &Scene) -> Vec<(Action, Option<Error>)> {
    let (plane, context) = (&scene.plane, context());
    let leave = TeamAct::Leave { team: TEAM.to_owned() };
    let key = NewApiKey { name: "k".to_owned(), team: None, permissions: Vec::new(), expires_at: None };
    vec![
        (Action::Teams, plane.teams(&context).await.err()),
        (Action::Teams, plane.team_people(&context, TEAM).await.err()),
        (Action::Teams, plane.act_on_team(&context, &leave).await.err()),
        (Action::ApiKeys, plane.api_keys(&context).await.err()),
        (Action::ApiKeys, plane.create_api_key(&context, &key).await.err()),
        (Action::ApiKeys, plane.revoke_api_key(&context, TEAM).await.err()),
        (Action::Billing, plane.billing(&context, None).await.err()),
        (Action::Billing, plane.act_on_billing(&context, None, &BillingAct::Portal).await.err()),
        (Action::Queue, plane.queue(&context).await.err()),
        (Action::RequeueDeadLetters, plane.requeue_dead_letters(&context, 1).await.err()),
    ]
}

fn reason(scene: &Scene, action: Action) -> String {
    scene.plane.capabilities().reason(action).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_serverless_functions_have_none_of_it_and_are_not_asked() {
    let scene = scene(stand_in(Dialect::Serverless), Some("good")).await;
    scene.plane.identity(&context()).await.expect("it says who it is");
    let known = scene.stand_in.calls();
    let asked = |part: &str| known.iter().any(|call| call.contains(part));
    assert!(!["/teams", "/auth/", "/billing", "/dev/queue"].into_iter().any(asked), "nobody knocks there: {known:?}");
    for (action, error) in everything(&scene).await {
        let expected = reason(&scene, action);
        assert!(expected.starts_with("this dialect of NOFX"), "{action:?} says that it is the dialect: {expected}");
        assert_eq!(error, Some(Error::Unsupported { reason: expected }), "{action:?} is refused with its reason");
    }
    assert_eq!(scene.stand_in.calls(), known, "nothing was sent");
}

#[tokio::test]
async fn whoever_is_nobody_is_not_shown_what_belongs_to_somebody() {
    for credential in [None, Some("only-an-administrator")] {
        let scene = scene(Nofx::as_published(), credential).await;
        scene.plane.identity(&context()).await.expect("it says who it is");
        let known = scene.stand_in.calls();
        for (action, error) in everything(&scene).await {
            let expected = reason(&scene, action);
            let words = if SIGNED_IN.contains(&action) { "signed-in user" } else { "does not answer at the path" };
            assert!(expected.contains(words), "{credential:?}: {action:?} says why: {expected}");
            assert_eq!(error, Some(Error::Unsupported { reason: expected }), "{credential:?}: {action:?} is refused");
        }
        assert_eq!(scene.stand_in.calls(), known, "{credential:?}: nothing was sent");
        let knocked = known.iter().any(|call| call == "GET /teams");
        assert_eq!(knocked, credential.is_some(), "{credential:?}: only somebody who might be known knocks");
    }
}

#[tokio::test]
async fn somebody_who_is_known_may_ask() {
    for stand_in in [Nofx::as_published(), stand_in(Dialect::Express)] {
        let scene = scene(stand_in, Some("nofx_good")).await;
        scene.plane.identity(&context()).await.expect("it says who it is");
        for action in SIGNED_IN {
            assert_eq!(scene.plane.capabilities().of(action), Availability::Yes, "{action:?} is open to a user");
        }
        assert!(reason(&scene, Action::ApiKeys).contains("never looks at it"), "what a key is for is not heeded");
    }
}

#[tokio::test]
async fn a_user_service_that_comes_back_opens_its_doors() {
    let scene = scene(Nofx::as_published(), Some("good")).await;
    scene.stand_in.forget_everybody();
    scene.plane.identity(&context()).await.expect("runs are shown to everybody");
    assert!(reason(&scene, Action::Teams).contains("signed-in user"), "nobody is known");
    scene.stand_in.remember_everybody();
    scene.plane.identity(&context()).await.expect("it knows us");
    assert_eq!(scene.plane.capabilities().of(Action::Teams), Availability::Yes, "so it is knocked again");
    let before = scene.stand_in.calls().len();
    scene.plane.identity(&context()).await.expect("it knows us");
    assert_eq!(scene.stand_in.calls().len(), before + 2, "and not once more when all is open");
}

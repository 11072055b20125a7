//! Teams: every act, every refusal, and who may do what.

#![expect(clippy::panic, reason = "a refusal of another kind is a failed test")]

use crate::{
    Scene, context, scene,
    shapes::{asks, body},
    stand_in,
};
use client_nofx::{Dialect, Limits, NofxClient};
use control_plane::{ControlPlane, Error};
use domain::{Member, Role, Secret, Team, TeamAct, TeamPeople};
use serde_json::{Value, json};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// A team of alice's, in a NOFX that is served.
struct Work {
    scene: Scene,
    team: String,
}

impl Work {
    async fn begun() -> Self {
        let scene = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
        let create = TeamAct::Create { name: "  Core Team! ".to_owned(), billing_email: Some("b@x.test".to_owned()) };
        scene.plane.act_on_team(&context(), &create).await.expect("a team is made");
        let team = scene.plane.teams(&context()).await.expect("teams")[0].id.clone();
        Self { scene, team }
    }

    /// The same with bob in it.
    async fn with_bob(role: Role) -> Self {
        let work = Self::begun().await;
        let invite = TeamAct::Invite { team: work.team.clone(), email: "bob@example.test".to_owned(), role };
        work.acts(&invite).await.expect("bob is invited");
        let path = format!("/teams/{}", work.team);
        let told = body(&asks(&work.scene.stand_in, "GET", &path, &Value::Null, Some("good")).await);
        let token = json!({ "token": told["data"]["team"]["invites"][0]["token"] });
        asks(&work.scene.stand_in, "POST", "/teams/accept-invite", &token, Some("bob")).await;
        work
    }

    async fn acts(&self, act: &TeamAct) -> Result<(), Error> {
        self.scene.plane.act_on_team(&context(), act).await.map(drop)
    }

    async fn refused(&self, act: &TeamAct) -> Error {
        self.acts(act).await.expect_err("this is refused")
    }

    fn bob(&self) -> NofxClient {
        let key = Some(Secret::new("nofx_bob"));
        NofxClient::new(&self.scene.server.url(), key, Limits::default()).expect("a client")
    }

    async fn people(&self) -> TeamPeople {
        self.scene.plane.team_people(&context(), &self.team).await.expect("people")
    }

    async fn member(&self, name: &str) -> Member {
        let people = self.people().await;
        people.members.into_iter().find(|member| member.name.as_deref() == Some(name)).expect("this member")
    }

    fn team(&self) -> String {
        self.team.clone()
    }
}

async fn teams(plane: &NofxClient) -> Vec<Team> {
    plane.teams(&context()).await.expect("teams")
}

/// The first fault of a refusal, by field and rule.
fn fault(error: Error) -> (String, String) {
    let Error::Invalid { faults, .. } = error else { panic!("a fault of the input: {error:?}") };
    assert!(faults.iter().all(|fault| !fault.remedy.is_empty()), "each fault says what to do: {faults:?}");
    faults.into_iter().next().map(|fault| (fault.path, fault.rule)).expect("a fault")
}

fn code(error: Error) -> String {
    let Error::Conflict { code, .. } = error else { panic!("how things stand: {error:?}") };
    code
}

#[tokio::test]
async fn a_team_is_made_renamed_and_removed() {
    let work = Work::begun().await;
    let plane = &work.scene.plane;
    let told = teams(plane).await;
    assert_eq!((told[0].name.as_str(), told[0].role), ("Core Team!", Role::Owner), "whoever makes it owns it");
    let people = work.people().await;
    assert_eq!(people.billing_email.as_deref(), Some("b@x.test"), "its bills go somewhere");
    assert!(people.members[0].is_us, "and we are in it");
    work.acts(&TeamAct::Rename { team: work.team(), name: "Core2".to_owned() }).await.expect("a new name");
    assert_eq!(teams(plane).await[0].name, "Core2", "which it has from now on");
    work.acts(&TeamAct::Delete { team: work.team() }).await.expect("it is removed");
    assert!(teams(plane).await.is_empty(), "and is gone");
    let gone = work.refused(&TeamAct::Delete { team: work.team() }).await;
    assert!(matches!(gone, Error::Forbidden { .. }), "NOFX does not say whether there ever was one: {gone:?}");
}

#[tokio::test]
async fn what_nofx_would_take_for_an_outage_is_never_sent() {
    let work = Work::begun().await;
    let before = work.scene.stand_in.calls().len();
    let long = "x".repeat(101);
    for (name, rule) in [("", "too_small"), (" x ", "too_small"), (long.as_str(), "too_big"), ("!?!", "no_letter")] {
        let create = TeamAct::Create { name: name.to_owned(), billing_email: None };
        let rename = TeamAct::Rename { team: work.team(), name: name.to_owned() };
        for act in [create, rename] {
            assert_eq!(fault(work.refused(&act).await), ("name".to_owned(), rule.to_owned()), "{name:?}");
        }
    }
    let owner = Role::Owner;
    let invite = TeamAct::Invite { team: work.team(), email: "bob@example.test".to_owned(), role: owner };
    let change = TeamAct::ChangeRole { team: work.team(), member: NOBODY.to_owned(), role: owner };
    for act in [invite, change] {
        assert_eq!(fault(work.refused(&act).await), ("role".to_owned(), "not_owner".to_owned()), "{act:?}");
    }
    for team in ["", "abc", "../auth/me"] {
        let error = work.refused(&TeamAct::Leave { team: team.to_owned() }).await;
        assert!(matches!(error, Error::NotFound { .. }), "{team:?} is no team: {error:?}");
    }
    assert_eq!(work.scene.stand_in.calls().len(), before, "nothing was sent");
    let create = TeamAct::Create { name: "Core".to_owned(), billing_email: Some("no".to_owned()) };
    let (path, _) = fault(work.refused(&create).await);
    assert_eq!(path, "billing_email", "what NOFX refuses by itself has our name for the field");
}

#[tokio::test]
async fn somebody_is_invited_and_the_invitation_is_taken_back() {
    let work = Work::begun().await;
    let invite = |email: &str| TeamAct::Invite { team: work.team(), email: email.to_owned(), role: Role::Viewer };
    work.acts(&invite("bob@example.test")).await.expect("bob is invited");
    assert_eq!(code(work.refused(&invite("bob@example.test")).await), "already_invited", "once");
    assert_eq!(code(work.refused(&invite("alice@example.test")).await), "already_a_member", "and nobody who is in it");
    assert_eq!(fault(work.refused(&invite("bob")).await).0, "email", "an address that is none is refused");
    let open = work.people().await.invitations;
    assert_eq!((open[0].email.as_str(), open[0].role), ("bob@example.test", Role::Viewer), "it is open");
    let cancel = |invitation: &str| TeamAct::CancelInvitation { team: work.team(), invitation: invitation.to_owned() };
    for unknown in [NOBODY, "abc"] {
        let error = work.refused(&cancel(unknown)).await;
        assert!(matches!(error, Error::NotFound { .. }), "NOFX would take {unknown} back as well: {error:?}");
    }
    work.acts(&cancel(&open[0].id)).await.expect("it is taken back");
    assert!(work.people().await.invitations.is_empty(), "and is open no more");
    assert_eq!(
        code(work.refused(&cancel(&open[0].id)).await),
        "invitation_is_closed",
        "nor can it be taken back twice"
    );
}

#[tokio::test]
async fn members_change_their_roles_and_go() {
    let work = Work::with_bob(Role::Member).await;
    let bob = work.member("bob").await;
    assert!(!bob.is_us, "bob is somebody else");
    let change = |member: &str, role| TeamAct::ChangeRole { team: work.team(), member: member.to_owned(), role };
    let remove = |member: &str| TeamAct::RemoveMember { team: work.team(), member: member.to_owned() };
    work.acts(&change(&bob.id, Role::Viewer)).await.expect("another role");
    assert_eq!(work.member("bob").await.role, Role::Viewer, "which bob has from now on");
    let alice = work.member("alice").await.id;
    assert_eq!(code(work.refused(&change(&alice, Role::Member)).await), "member_is_owner", "the owner stays owner");
    assert_eq!(code(work.refused(&remove(&alice)).await), "member_is_owner", "and stays in the team");
    assert_eq!(code(work.refused(&TeamAct::Leave { team: work.team() }).await), "owner_cannot_leave", "to the end");
    for act in [change(NOBODY, Role::Member), remove(NOBODY)] {
        let error = work.refused(&act).await;
        assert!(matches!(error, Error::NotFound { .. }), "NOFX would answer an outage: {error:?}");
    }
    assert!(!work.scene.stand_in.calls().iter().any(|call| call.ends_with(NOBODY)), "so it was not asked");
    work.acts(&remove(&bob.id)).await.expect("bob goes");
    assert_eq!(work.people().await.members.len(), 1, "and is gone");
}

#[tokio::test]
async fn a_role_says_who_may_do_what() {
    let work = Work::with_bob(Role::Viewer).await;
    let (bob, team) = (work.bob(), work.team());
    assert_eq!(teams(&bob).await[0].role, Role::Viewer, "bob looks at the team");
    let people = bob.team_people(&context(), &team).await.expect("and at its people");
    assert_eq!(people.members.iter().map(|member| member.is_us).collect::<Vec<_>>(), [false, true], "bob is bob");
    let rename = || TeamAct::Rename { team: team.clone(), name: "hax".to_owned() };
    for (act, least) in [
        (rename(), "admin"),
        (TeamAct::Invite { team: team.clone(), email: "c@x.test".to_owned(), role: Role::Viewer }, "admin"),
        (TeamAct::RemoveMember { team: team.clone(), member: people.members[0].id.clone() }, "admin"),
        (TeamAct::Delete { team: team.clone() }, "owner"),
        (TeamAct::TransferOwnership { team: team.clone(), member: people.members[1].id.clone() }, "owner"),
    ] {
        let error = bob.act_on_team(&context(), &act).await.expect_err("a viewer may not");
        let Error::Forbidden { message, .. } = error else { panic!("{act:?} is forbidden: {error:?}") };
        assert!(message.contains(least), "{act:?}: it says who may: {message}");
    }
    let admin = TeamAct::ChangeRole { team: team.clone(), member: people.members[1].id.clone(), role: Role::Admin };
    work.acts(&admin).await.expect("bob may more");
    bob.act_on_team(&context(), &rename()).await.expect("and does");
    bob.act_on_team(&context(), &TeamAct::Leave { team: team.clone() }).await.expect("and leaves");
    let error = bob.team_people(&context(), &team).await.expect_err("bob is out");
    assert!(matches!(error, Error::Forbidden { .. }), "whoever is out sees nothing: {error:?}");
}

#[tokio::test]
async fn a_team_is_given_away_whole_or_what_came_of_it_is_said() {
    let work = Work::with_bob(Role::Member).await;
    let transfer = |member: &str| TeamAct::TransferOwnership { team: work.team(), member: member.to_owned() };
    let bob = work.member("bob").await.id;
    let nobody = work.refused(&transfer(NOBODY)).await;
    assert!(matches!(nobody, Error::NotFound { .. }), "only a member is given the team: {nobody:?}");
    let alice = work.member("alice").await.id;
    assert_eq!(code(work.refused(&transfer(&alice)).await), "member_is_owner", "and not its owner");
    work.acts(&transfer(&bob)).await.expect("it is given away");
    let sent = work.scene.stand_in.last("POST", &format!("/teams/{}/transfer-ownership", work.team));
    let sent = sent.and_then(|sent| sent.json()).expect("it was sent");
    assert_eq!(sent, json!({ "newOwnerId": bob }), "by the membership, not by the user");
    assert_eq!(work.member("bob").await.role, Role::Owner, "bob owns it");
    assert_eq!(work.member("alice").await.role, Role::Admin, "and alice does not");

    let work = Work::with_bob(Role::Member).await;
    work.scene.stand_in.break_transfers();
    let bob = work.member("bob").await.id;
    let broken = work.refused(&TeamAct::TransferOwnership { team: work.team(), member: bob }).await;
    assert!(broken.to_string().contains("still the old one"), "both own it now, and that is said: {broken}");
    assert_eq!(code(broken), "ownership_not_transferred", "under a code of its own");
}

//! What foreign planes have besides runs, through the console: a project from gate to gate, a team, a key, a bill. Each act
//! is on record, and what was told is there with no network.

use crate::bench::{Bench, named};
use console::{
    SyncMode,
    view::{
        ActOnBilling, ActOnProject, ActOnTeam, AddConnection, BillRef, CreateApiKey, CreateRun, DecideGate, KeyPurpose,
        ProjectRef, RevokeApiKey, TeamRef,
    },
};
use credentials::CredentialStore as _;
use domain::{
    BillingAct, ConnectionId, ConnectionState, ControlPlaneKind, CredentialState, Environment, Permission, ProjectAct,
    Role, StepStatus, TeamAct,
};
use serde_json::json;
use std::sync::Arc;
use testkit::{
    Loopback, Service, eventually,
    stand_in::{Dialect, FuzzyLlama, Nofx},
};

const REASON: &str = "a rehearsal";

/// A console that watches this plane.
async fn watched<S: Service>(kind: ControlPlaneKind, plane: Arc<S>, token: &str) -> (Bench, Loopback, ConnectionId) {
    let server = Loopback::serve(plane).await;
    let bench = Bench::live().await;
    let add = AddConnection {
        name: "theirs".into(),
        base_url: server.url(),
        kind: Some(kind),
        environment: Environment::Local,
        read_only: None,
        token: Some(token.to_owned()),
        session_only: false,
    };
    let id = bench.console.add_connection(add).await.unwrap().connection.id;
    until(&bench, &id, ConnectionState::Polled).await;
    (bench, server, id)
}

async fn until(bench: &Bench, connection: &ConnectionId, state: ConnectionState) {
    eventually(&format!("the plane to be {state:?}"), async || {
        let views = bench.console.connections(()).await.unwrap();
        views.iter().any(|view| view.connection.id == *connection && view.status.state == state).then_some(())
    })
    .await;
}

/// Acts on record, oldest first, each with its outcome.
async fn recorded(bench: &Bench) -> Vec<(String, String)> {
    let acts = bench.console.acts(()).await.unwrap();
    acts.into_iter().rev().map(|act| (act.action, act.outcome)).collect()
}

#[tokio::test]
async fn a_project_is_begun_decided_and_reviewed_without_network() {
    let (bench, server, connection) =
        watched(ControlPlaneKind::Fuzzyllama, FuzzyLlama::new(), "ops@example.com:Passw0rd1").await;
    let create = CreateRun {
        connection: Some(connection.clone()),
        plan: json!({"description": "a console that tells what it knows"}),
        template: None,
        team: None,
        idempotency_key: None,
    };
    let run = bench.console.create_run(create).await.unwrap().run.summary.id;
    let act = async |act: ProjectAct| {
        let request = ActOnProject { connection: connection.clone(), run: run.clone(), act, reason: REASON.to_owned() };
        bench.console.act_on_project(request).await
    };
    let begun = act(ProjectAct::Start { requirements: "Tell what is known, and since when.".into() }).await.unwrap();
    let work = begun.value.expect("what belongs to it is read after the act");
    assert!(work.executions.is_some_and(|executions| !executions.is_empty()), "an agent was set to work");
    let twice = act(ProjectAct::Start { requirements: "And once more.".into() }).await.unwrap_err();
    assert_eq!(twice.code, "conflict", "a second start would make every gate twice, so it is not sent: {twice:?}");

    eventually("the first gate to be asked for", async || {
        let view = bench.console.run(named(&run)).await.ok()?;
        (view.run.steps.first()?.status == StepStatus::Waiting).then_some(())
    })
    .await;
    let early = act(ProjectAct::GoOn { gate: "G1".into() }).await.unwrap_err();
    assert_eq!(early.code, "conflict", "the plane would go on without a verdict, so it is not asked: {early:?}");
    let approve = DecideGate {
        connection: Some(connection.clone()),
        run: run.clone(),
        step: "G1".into(),
        reason: Some(REASON.to_owned()),
    };
    bench.console.approve_gate(approve).await.unwrap();
    act(ProjectAct::GoOn { gate: "G1".into() }).await.unwrap();
    let expected = ["create_run done", "start_project done", "start_project conflict", "go_on_after_gate conflict"];
    let expected = expected.into_iter().chain(["approve_gate done", "go_on_after_gate done"]);
    let record: Vec<_> = recorded(&bench).await.iter().map(|(act, outcome)| format!("{act} {outcome}")).collect();
    assert_eq!(record, expected.collect::<Vec<_>>(), "every act, refused ones included");

    let listed = eventually("the project to be listed as it is", async || {
        let list = bench.console.projects(()).await.unwrap();
        let view = list.items.into_iter().find(|view| view.run == run)?;
        (view.project.current_gate.as_deref() == Some("G2")).then_some(view)
    })
    .await;
    assert_eq!(listed.steps.len(), 9, "with its nine gates");
    assert!(listed.cost_usd.is_some(), "and what it has cost");
    let wanted = || ProjectRef { connection: connection.clone(), run: run.clone() };
    let told = bench.console.project_work(wanted()).await.unwrap();
    drop(server);
    until(&bench, &connection, ConnectionState::Offline).await;
    let bench = bench.again(SyncMode::CacheOnly).await;
    let kept = bench.console.project_work(wanted()).await.unwrap();
    assert_eq!(kept.value.map(|work| work.documents), told.value.map(|work| work.documents), "readable offline");
    assert_eq!(bench.console.projects(()).await.unwrap().items.len(), 1, "and so is the list");
}

#[tokio::test]
async fn a_team_and_a_bill_are_changed_and_reviewed_without_network() {
    let plane = Arc::new(Nofx::new(Dialect::Express));
    plane.offer_plans();
    let (bench, server, connection) = watched(ControlPlaneKind::Nofx, Arc::clone(&plane), "nofx_good").await;
    let act = async |act: TeamAct| {
        let request = ActOnTeam { connection: connection.clone(), act, reason: REASON.to_owned() };
        bench.console.act_on_team(request).await
    };
    let teams = act(TeamAct::Create { name: "deck crew".into(), billing_email: None }).await.unwrap();
    let team = teams.teams.value.unwrap().into_iter().find(|team| team.name == "deck crew").expect("it is there").id;
    act(TeamAct::Invite { team: team.clone(), email: "bob@example.test".into(), role: Role::Viewer }).await.unwrap();
    let wanted = || TeamRef { connection: connection.clone(), team: team.clone() };
    let people = bench.console.team_people(wanted()).await.unwrap().value.expect("people are read");
    assert_eq!(people.members.iter().filter(|member| member.is_us && member.role == Role::Owner).count(), 1, "us");
    assert_eq!(people.invitations.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), ["bob@example.test"]);
    let owner = people.members[0].id.clone();
    let refused = act(TeamAct::RemoveMember { team: team.clone(), member: owner }).await.unwrap_err();
    assert_eq!(refused.code, "conflict", "an owner stays: {refused:?}");
    let bad = act(TeamAct::Create { name: "!".into(), billing_email: None }).await.unwrap_err();
    assert_eq!((bad.code.as_str(), bad.faults[0].path.as_str()), ("invalid", "name"), "judged before it is sent");

    let bill = async |connection: &ConnectionId| {
        bench.console.billing(BillRef { connection: connection.clone(), team: None }).await.unwrap()
    };
    let price = bill(&connection).await.value.unwrap().plans[0].price.clone();
    let act = BillingAct::Checkout { price };
    let checkout = ActOnBilling { connection: connection.clone(), team: None, act, reason: REASON.to_owned() };
    let page = bench.console.act_on_billing(checkout).await.unwrap().page.expect("a page to pay on");
    assert!(page.starts_with("https://") || page.starts_with("http://127.0.0.1"), "where it is safe to go: {page}");
    for other in bench.console.connections(()).await.unwrap().into_iter().map(|one| one.connection.id) {
        let told = bill(&other).await;
        assert!(other == connection || told.refusal.is_some(), "a plane that charges nothing says so: {told:?}");
    }

    drop(server);
    until(&bench, &connection, ConnectionState::Offline).await;
    let bench = bench.again(SyncMode::CacheOnly).await;
    let kept = bench.console.team_people(wanted()).await.unwrap();
    assert_eq!(kept.value, Some(people), "who is in it is readable offline");
}

#[tokio::test]
async fn a_key_that_is_made_goes_to_the_keychain_and_nowhere_else() {
    let plane = Arc::new(Nofx::new(Dialect::Express));
    let (bench, server, connection) = watched(ControlPlaneKind::Nofx, Arc::clone(&plane), "nofx_good").await;
    let create = CreateApiKey {
        connection: connection.clone(),
        name: "the console".into(),
        permissions: vec![Permission::Read, Permission::Write],
        team: None,
        expires_at: None,
        purpose: KeyPurpose::ThisConsole,
        reason: REASON.to_owned(),
    };
    let keys = bench.console.create_api_key(create).await.unwrap().keys.value.expect("keys are read with the new one");
    let made = keys.iter().find(|key| key.name == "the console").expect("it is listed");
    assert_eq!(made.permissions, [Permission::Read, Permission::Write], "with what it is for");
    let view = bench.console.connections(()).await.unwrap();
    let view = view.into_iter().find(|view| view.connection.id == connection).unwrap();
    assert_eq!(view.connection.credential, CredentialState::Keychain, "it is the credential now");
    let kept = bench.keychain.get(&format!("connection:{connection}")).await.unwrap().expect("the keychain has it");
    assert!(kept.expose().starts_with("nofx_") && kept.expose() != "nofx_good", "and it is the new one");
    let asked = plane.last("GET", "/auth/api-keys").and_then(|asked| asked.header("x-api-key").map(str::to_owned));
    assert_eq!(asked.as_deref(), Some(kept.expose()), "the next call is made with it");

    let revoke = RevokeApiKey { connection: connection.clone(), key: made.id.clone(), reason: REASON.to_owned() };
    let left = bench.console.revoke_api_key(revoke).await.unwrap();
    let code = left.error.map(|error| error.code);
    assert_eq!(code.as_deref(), Some("unauthenticated"), "it was the key that asks, and is accepted no longer");
    let record: Vec<_> = recorded(&bench).await.into_iter().map(|(act, outcome)| format!("{act} {outcome}")).collect();
    assert_eq!(record, ["create_api_key done", "revoke_api_key done"], "both are on record");
    let secret = kept.expose().trim_start_matches("nofx_").to_owned();
    let told = serde_json::to_string(&bench.console.acts(()).await.unwrap()).unwrap();
    assert!(!told.contains(&secret), "the record does not tell it");
    bench.console.shutdown().await;
    for entry in std::fs::read_dir(bench.cache_file().parent().unwrap()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "no file has it");
    }
    drop(server);
}

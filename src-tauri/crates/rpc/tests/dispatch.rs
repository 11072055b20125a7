//! Every declared command can be reached by its name, and no request makes one panic.
#![expect(clippy::unwrap_used, reason = "set-up that fails is a failed test")]

use cache::Cache;
use console::{
    BuiltInConnection, ConnectError, Connector, Console, ConsoleParts, Pace, Probe, SyncMode, code,
    view::{BuiltInPlane, ConsoleEvent, Tag},
};
use control_plane::{ControlPlane, Credential};
use credentials::MemoryStore;
use domain::{ControlPlaneKind, SystemClock};
use rpc::{CommandKind, commands, dispatch};
use serde_json::{Value, json};
use std::{collections::HashSet, sync::Arc};
use tempfile::TempDir;
use testkit::FakeControlPlane;

#[derive(Debug)]
struct OnePlane(FakeControlPlane);

#[async_trait::async_trait]
impl Connector for OnePlane {
    fn connect(
        &self,
        _: ControlPlaneKind,
        _: &str,
        _: Option<Credential>,
    ) -> Result<Arc<dyn ControlPlane>, ConnectError> {
        Ok(Arc::new(self.0.clone()))
    }

    async fn probe(&self, _: &str, _: Option<Credential>) -> Probe {
        Probe { kind: None, because: None, hops: Vec::new() }
    }
}

async fn console() -> (Console, FakeControlPlane, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let plane = FakeControlPlane::new(Arc::new(SystemClock));
    let console = Console::assemble(ConsoleParts {
        cache: Cache::open(&dir.path().join("cache.db")).await,
        credentials: Arc::new(MemoryStore::new()),
        session_credentials: MemoryStore::new(),
        connectors: Arc::new(OnePlane(plane.clone())),
        clock: Arc::new(SystemClock),
        built_in: Some(BuiltInConnection {
            address: "unix:plane.sock".to_owned(),
            how: BuiltInPlane::Embedded,
            starter: None,
        }),
        actor: "amira".to_owned(),
        data_dir: dir.path().to_path_buf(),
        home_dir: Some(dir.path().to_path_buf()),
        version: "0.0.0".to_owned(),
        preferences: None,
        updates_configured: false,
        browser_return: None,
        drills: None,
        sync: SyncMode::OnDemand,
        pace: Pace::default(),
    })
    .await;
    (console, plane, dir)
}

#[tokio::test]
async fn every_command_is_reached_by_its_name_and_refuses_nonsense_with_a_reason() {
    let (console, _plane, _dir) = console().await;
    let names: HashSet<_> = commands().iter().map(|command| command.name).collect();
    assert_eq!(names.len(), commands().len(), "a name is declared once");
    for command in commands() {
        for nonsense in [
            json!(7),
            json!("canary"),
            json!([1, 2]),
            json!({ "connection": { "canary": 7 }, "run": [], "key": {}, "path": 1, "text": 0, "plan": 1, "limit": "x", "checks": 7, "since": "never", "template": 0 }),
        ] {
            let error = dispatch(&console, command.name, nonsense.clone()).await.err();
            let error = error.unwrap_or_else(|| panic!("{} takes {nonsense}", command.name));
            assert_eq!(error.code, code::INVALID, "{} refuses {nonsense} as invalid", command.name);
            let told = serde_json::to_string(&error).expect("an error is JSON");
            assert!(!told.contains("canary"), "{} repeats nothing of {nonsense}: {told}", command.name);
            assert!(!error.faults.is_empty(), "{} says where {nonsense} is wrong", command.name);
            assert!(!error.correlation_id.as_str().is_empty(), "{} gives a correlation id", command.name);
        }
        for empty in [json!(null), json!({})] {
            if let Err(error) = dispatch(&console, command.name, empty).await {
                assert_ne!(error.code, code::UNKNOWN_COMMAND, "{} is routed", command.name);
                assert_ne!(error.code, code::INTERNAL, "{} has no fault of its own", command.name);
            }
        }
    }
}

#[tokio::test]
async fn a_fault_is_named_by_its_path() {
    let (console, _plane, _dir) = console().await;
    let error = dispatch(&console, "runs.list", json!({ "statuses": ["queued", "sleeping"] })).await.unwrap_err();
    assert_eq!(error.faults[0].path, "statuses[1]", "the second status is the wrong one");
    let error = dispatch(&console, "runs.lost", json!({})).await.unwrap_err();
    assert_eq!(error.code, code::UNKNOWN_COMMAND, "a name that is not declared");
}

#[tokio::test]
async fn an_act_makes_its_tags_stale_and_answers_as_declared() {
    let (console, _plane, _dir) = console().await;
    let mut events = console.events(None);
    let plan = json!({ "goal": "g", "steps": [{ "name": "a", "tool": "echo" }] });
    let reply = dispatch(&console, "runs.create", json!({ "plan": plan })).await.unwrap();
    assert_eq!(reply["goal"], "g", "the reply is the run");
    assert_eq!(reply["connection"], "local", "and where it is");
    let Some((1, ConsoleEvent::Stale { tags })) = events.next().await else {
        panic!("the first event is about what went stale")
    };
    assert!(tags.contains(&Tag::Runs) && tags.contains(&Tag::App), "lists and the first-run screen: {tags:?}");
    let again = dispatch(&console, "runs.get", json!({ "run": reply["id"] })).await.unwrap();
    assert_eq!(again["id"], reply["id"], "it can be read by its id");
}

#[test]
fn every_command_says_what_it_does() {
    for command in commands() {
        assert!(command.docs.ends_with('.'), "{} is described in a sentence: {:?}", command.name, command.docs);
        assert!(
            command.kind == CommandKind::Query || !command.tags.is_empty(),
            "{} makes something stale",
            command.name
        );
        assert!(
            !Value::from(command.request).is_null() && !command.reply.is_empty(),
            "{} names its types",
            command.name
        );
    }
}

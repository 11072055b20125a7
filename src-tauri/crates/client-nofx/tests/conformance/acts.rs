//! Lists, retries, gates, credentials and new runs: what is sent, and what comes of it.

use crate::{context, ended, new, plan, scene, stand_in};
use client_nofx::Dialect;
use control_plane::{ControlPlane, Error, RunFilter, StepRetry};
use domain::{Action, EventKind, GateState, PageRequest, RunStatus, StepStatus, Verdict};
use serde_json::json;
use testkit::eventually;
use testkit::stand_in::Nofx;

#[tokio::test]
async fn the_whole_list_is_fetched_and_cut_here() {
    for (dialect, window) in [(Dialect::Express, "limit=100"), (Dialect::Serverless, "limit=200")] {
        let scene = scene(stand_in(dialect), Some("good")).await;
        for number in 0..23 {
            let started = new(plan(&format!("run {number}"), "test:echo"), &format!("list-of-runs-{number}"));
            scene.plane.create_run(&context(), &started).await.expect("a run is started");
        }
        let mut filter = RunFilter { statuses: Vec::new(), page: PageRequest { after: None, limit: 10 } };
        let mut goals = Vec::new();
        loop {
            let page = scene.plane.list_runs(&context(), &filter).await.expect("a page");
            goals.extend(page.items.into_iter().map(|run| run.goal));
            filter.page.after = page.next;
            if filter.page.after.is_none() {
                break;
            }
        }
        let expected: Vec<_> = (0..23).rev().map(|number| format!("run {number}")).collect();
        assert_eq!(goals, expected, "{dialect:?}: every run once, newest first, beyond the usual 20");
        let asked = scene.stand_in.last("GET", "/runs").expect("the list was asked for");
        assert_eq!(asked.query, window, "{dialect:?}: the largest list that it gives");
        let some = RunFilter { statuses: vec![RunStatus::Failed], page: PageRequest::default() };
        let failed = scene.plane.list_runs(&context(), &some).await.expect("a page");
        assert!(failed.items.is_empty(), "{dialect:?}: the status is looked at here, since NOFX does not");
    }
}

#[tokio::test]
async fn a_retry_keeps_the_attempts_before_it() {
    let scene = scene(stand_in(Dialect::Serverless), Some("any")).await;
    let (plane, context) = (&scene.plane, context());
    let failed = ended(plane, plan("write", "codegen"), "keeps-attempts", RunStatus::Failed).await;
    assert_eq!(failed.steps[0].attempts.len(), 4, "its worker tries four times");
    assert_eq!(failed.summary.most_attempts, 4, "the run counts them");
    scene.stand_in.mend();
    let retry = StepRetry { reason: "the model is back".to_owned(), inputs: None };
    let id = &failed.summary.id;
    plane.retry_step(&context, id, "write", &retry).await.expect("the step is tried again, by its name");
    let mended = eventually("the run is mended", || async {
        plane.run(&context, id).await.ok().filter(|run| run.summary.status == RunStatus::Succeeded)
    })
    .await;
    let statuses: Vec<_> = mended.steps[0].attempts.iter().map(|attempt| attempt.status).collect();
    let expected: Vec<_> = std::iter::repeat_n(StepStatus::Failed, 4).chain([StepStatus::Succeeded]).collect();
    assert_eq!(statuses, expected, "the fifth attempt saved it");
    assert!(mended.steps[0].attempts.iter().all(|attempt| attempt.ended_at.is_some()), "each has an end");
    let in_turn = mended.steps[0].attempts.is_sorted_by(|one, next| one.ended_at < Some(next.started_at));
    assert!(in_turn, "its own, before the next one starts");
    let kinds: Vec<_> =
        plane.events(&context, id, 0, 100).await.expect("events").items.into_iter().map(|event| event.kind).collect();
    assert!(kinds.contains(&EventKind::RunReopened) && kinds.contains(&EventKind::StepRetried), "it was re-opened");
    let failures = plane.events(&context, id, 0, 100).await.expect("events").items;
    let failures = failures.iter().filter(|event| event.kind == EventKind::StepFailed);
    assert!(failures.into_iter().all(|event| event.step_id.is_some()), "a failure is that of the only step at work");
}

#[tokio::test]
async fn a_gate_is_approved_once() {
    let scene = scene(stand_in(Dialect::Express), Some("good")).await;
    let (plane, context) = (&scene.plane, context());
    let id = ended(plane, plan("ask", "manual:deploy"), "approved-once", RunStatus::Succeeded).await.summary.id;
    let decided = plane.decide_gate(&context, &id, "ask", Verdict::Approve, Some("fine")).await.expect("an approval");
    let gate = decided.steps[0].gate.clone().expect("the step has its gate");
    assert_eq!((gate.state, gate.decided_by.as_deref()), (GateState::Approved, Some("local-user")), "it is recorded");
    assert_eq!(decided.summary.open_gates, 0, "and no longer counted");
    let again = plane.decide_gate(&context, &id, "ask", Verdict::Approve, None).await.expect_err("once");
    assert!(matches!(again, Error::Conflict { .. }), "a second verdict comes too late: {again:?}");
    let other = plane.decide_gate(&context, &id, "nobody", Verdict::Approve, None).await.expect_err("no such step");
    assert!(matches!(other, Error::NotFound { .. }), "a gate of no step is not there: {other:?}");
}

#[tokio::test]
async fn credentials_travel_in_their_header() {
    for (credential, header, value) in
        [("nofx_good", "x-api-key", "nofx_good"), ("good", "authorization", "Bearer good")]
    {
        let scene = scene(Nofx::as_published(), Some(credential)).await;
        let identity = scene.plane.identity(&context()).await.expect("it knows us");
        assert_eq!(identity.principal.as_deref(), Some("alice@example.test"), "{credential} is somebody");
        assert_eq!(identity.version, "NOFX (Express)", "the dialect is the version");
        assert!(identity.server_time.is_some(), "its clock is read");
        let asked = scene.stand_in.last("GET", "/auth/me").expect("it was asked who we are");
        assert_eq!(asked.header(header), Some(value), "{credential} travels in {header}");
        assert_eq!(asked.header("x-correlation-id"), Some("nofx-1"), "the correlation id travels along");
        let names = ["x-api-key", "authorization"].iter().filter(|name| asked.header(name).is_some()).count();
        assert_eq!(names, 1, "and in no other header");
        assert!(!format!("{:?}", scene.plane).contains(credential), "it shows in no debug output");
    }
    let known = scene(stand_in(Dialect::Express), Some("nofx_good")).await;
    known.plane.identity(&context()).await.expect("it knows us");
    let why = known.plane.capabilities().reason(Action::DecideGate).map(ToOwned::to_owned);
    assert!(
        why.is_some_and(|why| why.contains("bearer token")),
        "an API key is no administrator, and the reason says so"
    );
    let unknown = scene(Nofx::as_published(), Some("nofx_bad")).await.plane.identity(&context()).await;
    assert_eq!(unknown, Err(Error::Unauthorised), "an API key that nobody has is not accepted");
    let admin = scene(Nofx::as_published(), Some("only-an-administrator")).await.plane.identity(&context()).await;
    assert_eq!(admin.expect("it works").principal, None, "a bearer token that names nobody is of use all the same");
    let nobody = scene(Nofx::as_published(), None).await.plane.identity(&context()).await.expect("none is needed");
    assert_eq!(nobody.principal, None, "without one we are nobody");
    let closed = scene(stand_in(Dialect::Serverless), None).await.plane.identity(&context()).await;
    assert_eq!(closed, Err(Error::Unauthorised), "the serverless functions ask for one");
}

#[tokio::test]
async fn keys_and_documents_arrive_as_nofx_takes_them() {
    let scene = scene(stand_in(Dialect::Express), None).await;
    let (plane, context) = (&scene.plane, context());
    let sent = || scene.stand_in.last("POST", "/runs").expect("a run was asked for");
    let good = plan("s", "test:echo");
    for (document, expected) in [
        (good.clone(), json!({ "plan": good })),
        (json!({ "plan": good, "projectId": "default" }), json!({ "plan": good, "projectId": "default" })),
        (json!({ "prompt": "write" }), json!({ "standard": { "prompt": "write" } })),
        (json!({ "standard": { "prompt": "write" } }), json!({ "standard": { "prompt": "write" } })),
    ] {
        let key = format!("a key that is not allowed: {document}");
        plane.create_run(&context, &new(document.clone(), &key)).await.expect("a run is started");
        assert_eq!(sent().json(), Some(expected), "{document} is wrapped as NOFX takes it");
        let key = sent().header("x-idempotency-key").unwrap_or_default().to_owned();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        assert!((8..=255).contains(&key.len()) && key.bytes().all(fits), "{key} is a key that NOFX takes");
    }
    let first = plane.create_run(&context, &new(good.clone(), "the-very-same-key")).await.expect("a run is started");
    let again = plane.create_run(&context, &new(good, "the-very-same-key")).await.expect("the call is repeated");
    assert_eq!(first.summary.id, again.summary.id, "with a database the same key is the same run");
    let before = scene.stand_in.calls().len();
    for document in [json!({}), json!("plan"), json!({ "goal": 1, "steps": [{}] }), json!({ "prompt": " " })] {
        let error =
            plane.create_run(&context, &new(document.clone(), "refused-here")).await.expect_err("it is refused");
        let Error::Invalid { faults, .. } = error else { panic!("{document} is invalid: {error:?}") };
        assert!(faults.iter().all(|fault| !fault.remedy.is_empty()), "{document}: each fault says what to do");
    }
    assert_eq!(scene.stand_in.calls().len(), before, "what is certainly refused is not sent");
    let preview = plane.preview(&context, &json!({ "prompt": "write" })).await.expect("a prompt is previewed");
    assert_eq!(preview.layers, [["write readme"]], "as the plan that NOFX makes of it");
    let step =
        |name: &str, after: &[&str]| json!({ "name": name, "tool": "test:echo", "inputs": { "_dependsOn": after } });
    let ordered = json!({ "goal": "g", "steps": [step("c", &["b"]), step("b", &["a"]), step("a", &[])] });
    let preview = plane.preview(&context, &ordered).await.expect("a plan is judged here");
    assert_eq!(preview.layers, [["a"], ["b"], ["c"]], "in the order in which its steps can start");
    let knot = json!({ "goal": "g", "steps": [step("a", &["b"]), step("b", &["a"]), step("c", &[])] });
    let preview = plane.preview(&context, &knot).await.expect("a plan is judged here");
    assert_eq!(preview.layers, [vec!["c"], vec!["a", "b"]], "NOFX takes a knot, too, and never unties it");
}

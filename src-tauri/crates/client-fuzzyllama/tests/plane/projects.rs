//! Projects as runs: where they stand, what can be decided, and what is refused with which words.

use crate::bench::{Bench, client, context, limits, new_run, start, until};
use client_fuzzyllama::recognise;
use control_plane::{ControlPlane, Error, RunFilter, StepRetry};
use domain::{
    BreakerAct, EventKind, EventSource, GateState, PageRequest, RunId, RunStatus, StepStatus, Verdict, WaitingFor,
};
use serde_json::{Map, json};

#[tokio::test]
async fn a_project_is_a_run_of_nine_gates() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    let first = client.run(&context(), &id).await.expect("it is read");
    assert_eq!(first.steps.len(), 9, "nine gates, reached or not");
    assert_eq!(first.summary.goal, "A console with the first gate", "the plane names it; a description is not kept");
    let waiting = until(&client, &id, |run| run.summary.open_gates == 1).await;
    assert_eq!(waiting.summary.status, RunStatus::Waiting, "a person is waited for");
    assert_eq!(waiting.summary.current_step.as_deref(), Some("G1"), "at the first gate");
    let (gate, next) = (&waiting.steps[0], &waiting.steps[1]);
    assert_eq!((gate.tool.as_str(), gate.waiting_for), ("manual:G1", Some(WaitingFor::Approval)), "it is asked for");
    assert_eq!((next.status, &next.depends_on), (StepStatus::Queued, &vec!["G1".to_owned()]), "one after the other");
    let decided = client.decide_gate(&context(), &id, "G1", Verdict::Approve, Some("fine")).await.expect("approved");
    let gate = decided.steps[0].gate.as_ref().expect("it has a gate");
    assert_eq!((gate.state, gate.reason.as_deref()), (GateState::Approved, Some("fine")), "the notes are kept");
    assert_eq!(gate.decided_by.as_deref(), Some("ops@example.com"), "and who gave them");
}

#[tokio::test]
async fn a_run_costs_three_calls_and_counts_gates() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console, carry it through").await;
    until(&client, &id, |run| run.summary.status == RunStatus::Succeeded).await;
    let before = bench.plane.asked_at_all();
    let run = client.run(&context(), &id).await.expect("it is read");
    assert_eq!(bench.plane.asked_at_all() - before, 3, "each route bears 100 calls a minute");
    assert_eq!(run.summary.step_counts.succeeded, 9, "though the plane counts to 180 %");
    assert!(run.summary.ended_at.is_some(), "the end of the last gate is the end of the run");
}

#[tokio::test]
async fn an_agent_at_work_means_running() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console, work and work").await;
    let run = until(&client, &id, |run| run.summary.started_at.is_some()).await;
    assert_eq!((run.summary.status, run.summary.open_gates), (RunStatus::Running, 0), "nobody is asked yet");
    assert_eq!((run.steps[0].status, &run.steps[0].gate), (StepStatus::Running, &None), "the gate is worked at");
}

#[tokio::test]
async fn a_rejection_says_why_and_can_be_taken_back() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    for blank in [None, Some(""), Some("  ")] {
        let refused = client.decide_gate(&context(), &id, "G1", Verdict::Reject, blank).await;
        assert!(
            matches!(refused, Err(Error::Invalid { ref faults, .. }) if faults.len() == 1),
            "{blank:?}: {refused:?}"
        );
    }
    let step = format!("{id}:G1");
    let run =
        client.decide_gate(&context(), &id, &step, Verdict::Reject, Some("scope unclear")).await.expect("rejected");
    let failure = run.summary.failure.expect("a rejected run says why");
    assert_eq!((failure.code.as_str(), failure.message.as_str()), ("rejected", "scope unclear"), "in the given words");
    let run = client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("approved after all");
    assert_eq!((run.steps[0].status, run.summary.status), (StepStatus::Succeeded, RunStatus::Waiting), "it goes on");
    assert_eq!(run.steps[0].gate.as_ref().and_then(|gate| gate.reason.clone()), None, "the stale reason is not shown");
}

#[tokio::test]
async fn verdicts_at_the_wrong_time_are_conflicts_in_the_words_of_the_plane() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with incomplete deliverables, first gate by hand").await;
    let early = client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await;
    assert!(
        matches!(early, Err(Error::Conflict { ref code, .. }) if code == "gate_not_ready"),
        "no row yet: {early:?}"
    );
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    for verdict in [Verdict::Approve, Verdict::Reject] {
        let refused = client.decide_gate(&context(), &id, "G1", verdict, Some("no")).await;
        let Err(Error::Conflict { code, message }) = refused else { panic!("deliverables are missing: {refused:?}") };
        assert_eq!(code, "gate_not_ready", "one code for all of it");
        assert!(message.starts_with("Gate has incomplete deliverables: Project Intake."), "in its words: {message}");
    }
    for unknown in ["G0", "G10", "G1_PENDING", "build", ""] {
        let refused = client.decide_gate(&context(), &id, unknown, Verdict::Approve, None).await;
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{unknown:?} is no gate: {refused:?}");
    }
}

#[tokio::test]
async fn what_belongs_to_another_is_forbidden() {
    let bench = Bench::new().await;
    let id = start(&bench.client(), "A console with the first gate by hand").await;
    let other = bench.client_with(Some("other@example.com:Passw0rd2"));
    let forbidden = Error::Forbidden { message: "You do not have access to this project".to_owned(), remedy: None };
    assert_eq!(other.run(&context(), &id).await.map(|_| ()), Err(forbidden.clone()), "neither read");
    let decided = other.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await;
    assert_eq!(decided.map(|_| ()), Err(forbidden), "nor decided");
    assert_eq!(other.list_runs(&context(), &RunFilter::default()).await.expect("a list").items, [], "nor listed");
}

#[tokio::test]
async fn the_timeline_begins_with_the_project_and_ends_with_its_last_gate() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the last gate by hand").await;
    until(&client, &id, |run| run.steps[8].waiting_for.is_some()).await;
    client.decide_gate(&context(), &id, "G9", Verdict::Approve, Some("ship it")).await.expect("approved");
    let events = client.events(&context(), &id, 0, 10).await.expect("a timeline").items;
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds.first(), Some(&EventKind::RunCreated), "the plane does not write it, but the project tells when");
    assert_eq!(kinds.iter().filter(|kind| **kind == EventKind::GateApproved).count(), 8, "eight gates let it go on");
    let last = events.last().expect("there is one");
    assert_eq!((last.kind, last.step.as_deref()), (EventKind::RunSucceeded, Some("G9")), "the ninth is the end");
    assert_eq!(last.data.get("type"), Some(&json!("GateApproved")), "and still says what it was");
    assert_eq!(last.data.get("reason"), Some(&json!("ship it")), "and why");
    assert_eq!(last.actor.as_deref(), Some("ops@example.com"), "and who");
    assert!(last.correlation_id.is_some() && last.seq == 0, "it is named and not numbered");
    assert!(matches!(&last.source, EventSource::Named { name } if name.starts_with("cmw")), "by the plane's own id");
}

#[tokio::test]
async fn pages_go_on_where_they_ended() {
    let bench = Bench::new().await;
    let client = bench.client();
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.insert(0, start(&client, &format!("Console number {number}")).await);
    }
    let page = |after, limit| {
        let filter = RunFilter { statuses: Vec::new(), page: PageRequest { after, limit } };
        let client = client.clone();
        async move { client.list_runs(&context(), &filter).await }
    };
    let first = page(None, 2).await.expect("a page");
    assert_eq!(first.items.iter().map(|run| run.id.clone()).collect::<Vec<_>>(), ids[..2], "newest first");
    // The key of a project that has gone since.
    let gone = first.next.expect("more follow").replace(ids[1].as_str(), "cmw_gone");
    let rest = page(Some(gone), 100).await.expect("a page");
    assert_eq!(rest.items.iter().map(|run| run.id.clone()).collect::<Vec<_>>(), ids[2..], "nothing is lost");
    assert_eq!(rest.next, None, "that was all");
    let least = page(None, 0).await.expect("a page");
    assert_eq!((least.items.len(), least.next.is_some()), (1, true), "a page is never empty while there is more");
    let refused = page(Some("nonsense".to_owned()), 2).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a key is judged: {refused:?}");
}

#[tokio::test]
async fn what_is_not_offered_is_refused_without_a_call() {
    let bench = Bench::new().await;
    let client = bench.client();
    let (context, id, retry) = (context(), RunId::new("r"), StepRetry::default());
    let with_inputs = StepRetry { inputs: Some(Map::new()), ..StepRetry::default() };
    let page = PageRequest::default();
    for (what, outcome) in [
        ("preview", client.preview(&context, &json!({})).await.map(|_| ())),
        ("cancel", client.cancel_run(&context, &id, "x").await.map(|_| ())),
        ("retry", client.retry_step(&context, &id, "G1", &retry).await.map(|_| ())),
        ("retry with inputs", client.retry_step(&context, &id, "G1", &with_inputs).await.map(|_| ())),
        ("logs", client.logs(&context, &id, 0, 1).await.map(|_| ())),
        ("feed", client.feed(&context, None).await.map(|_| ())),
        ("templates", client.templates(&context).await.map(|_| ())),
        ("template", client.fill_template(&context, "t", &Map::new()).await.map(|_| ())),
        ("breakers", client.breakers(&context).await.map(|_| ())),
        ("breaker", client.act_on_breaker(&context, "b", BreakerAct::Reset, "x").await.map(|_| ())),
        ("dead letters", client.dead_letters(&context, &page).await.map(|_| ())),
    ] {
        let Err(Error::Unsupported { reason }) = outcome else { panic!("{what} is not offered: {outcome:?}") };
        assert!(reason.len() > 20, "{what} is refused with a reason: {reason:?}");
    }
    let refused = client.create_run(&context, &new_run(json!({ "description": "short" }))).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "a plan is judged here: {refused:?}");
    assert_eq!(bench.plane.asked_at_all(), 0, "the plane was not troubled");
}

#[tokio::test]
async fn the_plane_says_who_it_is_and_does_not_boast() {
    let bench = Bench::new().await;
    let client = bench.client();
    let identity = client.identity(&context()).await.expect("an identity");
    assert_eq!(identity.principal.as_deref(), Some("ops@example.com"), "the e-mail address is the principal");
    assert!(identity.server_time.is_some(), "the clock of the plane is read");
    let facts = client.facts(&context()).await.expect("facts");
    assert_eq!(facts.ready, Ok("no readiness is offered; sign-in works".to_owned()), "no more than is known");
}

#[tokio::test]
async fn a_plane_is_recognised_by_what_anybody_may_ask() {
    let bench = Bench::new().await;
    let found = recognise(&bench.server.url(), &context(), limits()).await.expect("it is one");
    assert!(found.contains("FuzzyLlama API"), "the title gives it away: {found}");
    bench.plane.hide_description();
    let found = recognise(&bench.server.url(), &context(), limits()).await.expect("it is one");
    assert!(found.contains("/api/auth/me"), "so does its way to refuse: {found}");
    assert_eq!(recognise("http://127.0.0.1:9", &context(), limits()).await, None, "nobody answers there");
    let dead = client("http://127.0.0.1:9", Some("ops@example.com:Passw0rd1"));
    assert!(matches!(dead.facts(&context()).await, Err(Error::Unreachable { .. })), "nothing could be asked");
}

#[tokio::test]
async fn a_verdict_that_cannot_be_read_again_is_given_all_the_same() {
    let bench = Bench::new().await;
    let client = bench.client();
    let id = start(&client, "A console with the first gate by hand").await;
    until(&client, &id, |run| run.summary.open_gates == 1).await;
    // Bears the reading before the verdict, and not the one after it.
    bench.plane.limit(bench.plane.asked("GET /api/projects/:id") + 1);
    let run = client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("the verdict is given");
    assert_eq!(run.steps[0].status, StepStatus::Succeeded, "and shown");
    assert!(matches!(client.run(&context(), &id).await, Err(Error::Throttled { .. })), "though nothing more is read");
}

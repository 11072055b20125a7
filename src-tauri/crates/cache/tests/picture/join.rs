//! The join from a breaker to the steps that met it.

use crate::sample::{at, connection, fresh, local, run, step, summary};
use cache::{Cache, MetStep};
use domain::BreakerVerdict::{Failure, Ignored, Refused, Success};
use domain::{
    Attempt, BreakerEvent, BreakerHappening, BreakerSource, BreakerState, BreakerVerdict, ConnectionId, RunStatus,
    RunSummary, Step, StepStatus, WaitingFor,
};

const BREAKER: &str = "ai:anthropic";

fn attempt(number: u32, started_at: i64, verdict: BreakerVerdict) -> Attempt {
    Attempt {
        number,
        status: if verdict == BreakerVerdict::Success { StepStatus::Succeeded } else { StepStatus::Failed },
        started_at: at(started_at),
        ended_at: Some(at(started_at + 1)),
        failure: None,
        breaker: Some(BREAKER.into()),
        breaker_state: Some(BreakerState::Closed),
        breaker_verdict: Some(verdict),
        exit_code: None,
        usage: None,
    }
}

fn asking(status: StepStatus, attempts: Vec<Attempt>) -> Step {
    Step { status, breaker: Some(BREAKER.into()), attempts, ..step("ask", None) }
}

async fn keep(cache: &Cache, connection: &ConnectionId, id: &str, status: RunStatus, step: Step) {
    let summary = RunSummary { status, ..summary(id, 1) };
    cache.writer().upsert_run(connection, &run(summary, vec![step]), at(1)).await.unwrap();
}

fn told(met: &MetStep) -> (&str, u64, u64, bool) {
    (met.ahead.run.as_str(), met.failures, met.refusals, met.was_hit_last)
}

#[tokio::test]
async fn a_breaker_leads_to_the_steps_that_failed_at_it_and_to_no_others() {
    let (_folder, cache) = fresh().await;
    let (here, elsewhere) = (local(), ConnectionId::new("elsewhere"));
    cache.writer().add_connection(&connection("elsewhere")).await.unwrap();
    let failed = asking(StepStatus::Failed, vec![attempt(1, 100, Failure), attempt(2, 110, Refused)]);
    keep(&cache, &here, "run_failed", RunStatus::Failed, failed).await;
    let went_on = asking(StepStatus::Succeeded, vec![attempt(1, 120, Failure), attempt(2, 130, Success)]);
    keep(&cache, &here, "run_went_on", RunStatus::Succeeded, went_on).await;
    let well = asking(StepStatus::Succeeded, vec![attempt(1, 115, Success)]);
    keep(&cache, &here, "run_well", RunStatus::Succeeded, well).await;
    let own_fault = asking(StepStatus::Failed, vec![attempt(1, 118, Ignored)]);
    keep(&cache, &here, "run_own_fault", RunStatus::Failed, own_fault).await;
    let before = asking(StepStatus::Failed, vec![attempt(1, 50, Failure)]);
    keep(&cache, &here, "run_before", RunStatus::Failed, before).await;
    let away = asking(StepStatus::Failed, vec![attempt(1, 100, Failure)]);
    keep(&cache, &elsewhere, "run_elsewhere", RunStatus::Failed, away).await;

    let reader = cache.reader();
    let hit = reader.steps_hit(&here, BREAKER, at(100)).await.unwrap();
    let expected = [("run_went_on", 1, 0, false), ("run_failed", 1, 1, true)];
    assert_eq!(hit.iter().map(told).collect::<Vec<_>>(), expected, "newest first, each step once");
    assert_eq!((hit[1].first_at, hit[1].newest_at), (at(100), at(110)), "from when to when");
    assert!(reader.steps_hit(&here, "ai:openai", at(0)).await.unwrap().is_empty(), "another breaker is another story");

    let began = reader.failing_since(&here, BREAKER, at(119)).await.unwrap();
    assert_eq!(began, None, "the last that it counted by then was a success");
    let began = reader.failing_since(&here, BREAKER, at(125)).await.unwrap();
    assert_eq!(began, Some(at(120)), "failures begin after the last success");
    let drawn = reader.failures_at(&here, BREAKER, at(100)).await.unwrap();
    assert_eq!(drawn, [at(100), at(120)], "what was sent and failed, oldest first");
}

#[tokio::test]
async fn what_is_read_anew_takes_the_place_of_what_was_known() {
    let (_folder, cache) = fresh().await;
    let reader = cache.reader();
    let waiting = Step {
        waiting_for: Some(WaitingFor::Breaker),
        waiting_until: Some(at(500)),
        ..asking(StepStatus::Waiting, vec![attempt(1, 100, BreakerVerdict::Refused)])
    };
    keep(&cache, &local(), "run_1", RunStatus::Waiting, waiting).await;
    keep(&cache, &local(), "run_2", RunStatus::Running, asking(StepStatus::Queued, vec![])).await;
    let ahead = reader.steps_ahead(&local(), BREAKER).await.unwrap();
    let shown: Vec<_> =
        ahead.iter().map(|step| (step.run.as_str(), step.status, step.waiting_for, step.waiting_until)).collect();
    let expected = [
        ("run_2", StepStatus::Queued, None, None),
        ("run_1", StepStatus::Waiting, Some(WaitingFor::Breaker), Some(at(500))),
    ];
    assert_eq!(shown, expected, "what will call, and what waits to");

    let mut over = summary("run_1", 1);
    (over.status, over.last_seq) = (RunStatus::Succeeded, 2);
    let step = asking(
        StepStatus::Succeeded,
        vec![attempt(1, 100, BreakerVerdict::Refused), attempt(2, 200, BreakerVerdict::Success)],
    );
    cache.writer().upsert_run(&local(), &run(over, vec![step]), at(2)).await.unwrap();
    let ahead = reader.steps_ahead(&local(), BREAKER).await.unwrap();
    assert_eq!(ahead.iter().map(|step| step.run.as_str()).collect::<Vec<_>>(), ["run_2"], "it has gone on");
    let hit = reader.steps_hit(&local(), BREAKER, at(0)).await.unwrap();
    assert_eq!(hit.iter().map(told).collect::<Vec<_>>(), [("run_1", 0, 1, false)], "it was held up once");

    let unread = summary("run_3", 900);
    cache
        .writer()
        .upsert_run_summaries(&local(), &[RunSummary { changed_at: at(900), ..unread }], at(3))
        .await
        .unwrap();
    assert_eq!(
        reader.runs_unread_since(&local(), at(800)).await.unwrap(),
        1,
        "what it met is not known, and that is said"
    );
    cache.writer().remove_connection(&local()).await.unwrap();
    assert!(reader.steps_hit(&local(), BREAKER, at(0)).await.unwrap().is_empty(), "it goes with its connection");
}

fn event(seq: u64, moment: i64, to: BreakerState) -> BreakerEvent {
    BreakerEvent {
        seq,
        breaker: BREAKER.into(),
        at: at(moment),
        what: BreakerHappening::Opened,
        from: BreakerState::Closed,
        to,
        cause: None,
        until: None,
        actor: None,
        reason: None,
        correlation_id: None,
    }
}

#[tokio::test]
async fn what_happened_to_a_breaker_is_kept_once_and_outlives_the_process() {
    let (folder, cache) = fresh().await;
    let (writer, source) = (cache.writer(), BreakerSource::ControlPlane);
    let first = [event(7, 100, BreakerState::Open), event(9, 120, BreakerState::HalfOpen)];
    assert_eq!(writer.append_breaker_events(Some(&local()), source, &first).await.unwrap(), 2, "both are news");
    let again = [event(9, 120, BreakerState::HalfOpen), event(10, 130, BreakerState::Closed)];
    assert_eq!(writer.append_breaker_events(Some(&local()), source, &again).await.unwrap(), 1, "one was known");
    let own = [event(0, 110, BreakerState::Open), event(0, 110, BreakerState::Closed)];
    let kept = writer.append_breaker_events(Some(&local()), BreakerSource::Console, &own).await.unwrap();
    assert_eq!(kept, 2, "what is not numbered is all kept");
    cache.close().await;

    let cache = Cache::open(&folder.path().join("cache.db")).await;
    let reader = cache.reader();
    let told = reader.breaker_events(Some(&local()), source, BREAKER, 2).await.unwrap();
    assert_eq!(told.iter().map(|event| event.seq).collect::<Vec<_>>(), [10, 9], "newest first, so many");
    let lately = reader.breaker_events_since(at(110)).await.unwrap();
    let shown: Vec<_> = lately.iter().map(|known| (known.source, known.event.at, known.event.to)).collect();
    let expected = [
        (BreakerSource::Console, at(110), BreakerState::Open),
        (BreakerSource::Console, at(110), BreakerState::Closed),
        (source, at(120), BreakerState::HalfOpen),
        (source, at(130), BreakerState::Closed),
    ];
    assert_eq!(shown, expected, "of every breaker, oldest first, in the order in which they came");
    cache.writer().apply_retention(at(125), 100).await.unwrap();
    assert_eq!(cache.reader().breaker_events_since(at(0)).await.unwrap().len(), 1, "what is old is forgotten");
}

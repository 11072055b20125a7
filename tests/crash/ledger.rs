//! What the plane acknowledged, and what that binds it to.

use crate::{load::context, plane::Plane};
use control_plane::{ControlPlane, NewRun};
use domain::{GateState, OnRestart, Run, RunId, RunStatus, RunSummary, StepStatus, Verdict};
use parking_lot::Mutex;
use rand::{SeedableRng, rngs::StdRng};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

#[derive(Debug, Default)]
struct Entries {
    asked: BTreeMap<String, NewRun>,
    created: BTreeMap<String, RunId>,
    cancelled: BTreeSet<RunId>,
    decided: BTreeMap<(RunId, String), Verdict>,
    retried: BTreeSet<RunId>,
    final_seen: BTreeMap<RunId, (RunStatus, u64, u32)>,
    /// Runs that were over when last seen, those included that a retry has opened again since.
    over: BTreeSet<RunId>,
}

/// Shared by every client of the load.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    entries: Arc<Mutex<Entries>>,
    effects: PathBuf,
}

impl Ledger {
    pub(crate) fn new(data: &Path) -> Self {
        Self { entries: Arc::default(), effects: data.join("effects.txt") }
    }

    /// The file in which every shell attempt leaves its marker.
    pub(crate) fn effects(&self) -> PathBuf {
        self.effects.clone()
    }

    pub(crate) fn asked_to_create(&self, new: &NewRun) {
        self.entries.lock().asked.insert(new.idempotency_key.clone(), new.clone());
    }

    pub(crate) fn created(&self, key: &str, run: &RunId) {
        self.entries.lock().created.insert(key.to_owned(), run.clone());
    }

    pub(crate) fn cancel_acknowledged(&self, run: &RunId) {
        self.entries.lock().cancelled.insert(run.clone());
    }

    pub(crate) fn decided(&self, run: &RunId, step: &str, verdict: Verdict) {
        let mut entries = self.entries.lock();
        // After a retry the gate may be asked again at any time, so an older answer binds no longer.
        if !entries.retried.contains(run) {
            entries.decided.insert((run.clone(), step.to_owned()), verdict);
        }
    }

    /// From now on the run may be re-opened, and a decided gate behind the step may be asked again.
    pub(crate) fn asked_to_retry(&self, run: &RunId) {
        let mut entries = self.entries.lock();
        entries.retried.insert(run.clone());
        entries.over.remove(run);
        entries.final_seen.remove(run);
        entries.decided.retain(|(decided, _), _| decided != run);
    }

    /// A client saw the run; if it was over, it must stay as it was.
    pub(crate) fn seen(&self, run: &RunSummary) {
        let mut entries = self.entries.lock();
        if run.status.is_terminal() {
            entries.over.insert(run.id.clone());
        }
        if run.status.is_terminal() && !entries.retried.contains(&run.id) {
            entries.final_seen.insert(run.id.clone(), (run.status, run.last_seq, run.generation));
        }
    }

    /// Runs that were not over when last seen.
    pub(crate) fn open_runs(&self) -> Vec<RunId> {
        let entries = self.entries.lock();
        entries.created.values().filter(|run| !entries.over.contains(*run)).cloned().collect()
    }

    pub(crate) fn summary(&self) -> String {
        let entries = self.entries.lock();
        format!(
            "{} creates asked, {} acknowledged; {} cancels, {} verdicts, {} runs retried, {} seen final",
            entries.asked.len(),
            entries.created.len(),
            entries.cancelled.len(),
            entries.decided.len(),
            entries.retried.len(),
            entries.final_seen.len()
        )
    }

    /// Holds the plane to what it acknowledged before it was killed: to all of it when `whole`, and otherwise to every run
    /// that was not over yet and a part of those that were.
    pub(crate) async fn check(&mut self, plane: &Plane, whole: bool, when: &str) {
        let mut random = StdRng::seed_from_u64(0);
        let (created, asked, over) = {
            let entries = self.entries.lock();
            (entries.created.clone(), entries.asked.clone(), entries.over.clone())
        };
        for (key, id) in &created {
            if !whole && over.contains(id) && !random_one_in_eight(id) {
                continue;
            }
            let run = plane.client.run(&context(&mut random), id).await;
            let run = run.unwrap_or_else(|error| panic!("{when}: acknowledged run {id} is lost: {error}"));
            self.check_run(&run, when);
            self.seen(&run.summary);
            if random_one_in_eight(id) {
                let again = plane.client.create_run(&context(&mut random), &asked[key]).await;
                let again = again.unwrap_or_else(|error| panic!("{when}: repeating key {key} fails: {error}"));
                assert_eq!(&again.summary.id, id, "{when}: the same key gives the same run");
            }
        }
    }

    fn check_run(&self, run: &Run, when: &str) {
        let entries = self.entries.lock();
        let id = &run.summary.id;
        if let Some(before) = entries.final_seen.get(id) {
            let now = (run.summary.status, run.summary.last_seq, run.summary.generation);
            assert_eq!(&now, before, "{when}: run {id} was over and must stay as it was");
        }
        for step in run.steps.iter().filter(|step| step.on_restart == OnRestart::Fail && !entries.retried.contains(id))
        {
            let again = step.attempts.windows(2).any(|pair| pair[0].status == StepStatus::Interrupted);
            assert!(!again, "{when}: {id}/{} was cut off and executed again, though its plan forbids that", step.name);
        }
        for ((decided, step), verdict) in &entries.decided {
            if decided == id {
                let gate =
                    run.steps.iter().find(|candidate| &candidate.name == step).and_then(|step| step.gate.as_ref());
                let expected = match verdict {
                    Verdict::Approve => GateState::Approved,
                    Verdict::Reject => GateState::Rejected,
                };
                assert_eq!(gate.map(|gate| gate.state), Some(expected), "{when}: the verdict on {id}/{step} is kept");
            }
        }
    }

    /// Decides what still waits for a person, and waits until every run is over.
    pub(crate) async fn settle(&mut self, plane: &Plane) {
        let mut random = StdRng::seed_from_u64(1);
        let deadline = Instant::now() + Duration::from_mins(2);
        let mut open: Vec<RunId> = self.entries.lock().created.values().cloned().collect();
        while !open.is_empty() {
            assert!(Instant::now() < deadline, "{} runs never end, among them {:?}", open.len(), open.first());
            let mut still_open = Vec::new();
            for id in open {
                let run = plane.client.run(&context(&mut random), &id).await.expect("a healthy plane answers");
                for step in
                    run.steps.iter().filter(|step| step.gate.as_ref().is_some_and(|gate| gate.state == GateState::Open))
                {
                    let _ =
                        plane.client.decide_gate(&context(&mut random), &id, &step.name, Verdict::Approve, None).await;
                }
                if !run.summary.status.is_terminal() {
                    still_open.push(id);
                }
            }
            open = still_open;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Every attempt that had an effect had it once.
    pub(crate) fn check_side_effects(&self, when: &str) {
        let text = std::fs::read_to_string(&self.effects).unwrap_or_default();
        let mut seen = BTreeSet::new();
        for marker in text.lines() {
            assert!(seen.insert(marker), "{when}: attempt {marker} was executed twice");
        }
        assert!(!seen.is_empty(), "{when}: the drill had effects at all");
    }
}

/// The same runs every time, so that replays do not become the load.
fn random_one_in_eight(run: &RunId) -> bool {
    run.as_str().bytes().fold(0_u8, u8::wrapping_add) % 8 == 0
}

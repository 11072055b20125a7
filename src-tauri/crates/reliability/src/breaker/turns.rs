//! How the state machine turns: every transition, isolation and event, and with each a new generation.

use super::{
    control::IsolationId,
    core::{Core, Phase, Probing, Setting},
    event::{Event, EventKind, Operator},
    moment::Moment,
    rare::{Held, Rare},
    state::{Cause, Mode, State},
};
use crate::correlation;
use std::time::Duration;

impl Core {
    /// Opens if there is a cause and the mode allows it; a breaker that only counts says once that it would have.
    pub(super) fn trip(&mut self, setting: &Setting, cause: Option<Cause>) {
        match (self.mode, cause) {
            (_, None) => self.threshold_reported = false,
            (Mode::Active, Some(cause)) => self.open_by_rule(setting, cause),
            (_, Some(cause)) if !self.threshold_reported => {
                self.threshold_reported = true;
                let state = self.recorded_state();
                self.emit(setting, setting.time.now(), state, EventKind::ThresholdReached { cause });
            }
            _ => {}
        }
    }

    pub(super) fn open_by_rule(&mut self, setting: &Setting, cause: Cause) {
        let open_for = setting.policy.open_time(self.open_count.saturating_add(1));
        self.open(setting, setting.time.now(), cause, open_for, None);
    }

    pub(super) fn open(
        &mut self,
        setting: &Setting,
        now: Moment,
        cause: Cause,
        open_for: Duration,
        by: Option<Operator>,
    ) {
        let from = self.recorded_state();
        // An operator who opens it is no recovery that failed.
        self.open_count = if by.is_some() { self.open_count.max(1) } else { self.open_count.saturating_add(1) };
        self.counts.times_opened = self.counts.times_opened.saturating_add(1);
        self.cause = Some(cause);
        self.turn(Phase::Open { until: now.plus(open_for) }, now);
        self.emit(setting, now, from, EventKind::Opened { cause, open_for, open_count: self.open_count, by });
    }

    pub(super) fn half_open(&mut self, setting: &Setting, now: Moment, by: Option<Operator>) {
        let from = self.recorded_state();
        self.turn(Phase::HalfOpen(Box::<Probing>::default()), now);
        self.emit(setting, now, from, EventKind::HalfOpened { by });
    }

    pub(super) fn close(&mut self, setting: &Setting, now: Moment) {
        let from = self.recorded_state();
        self.clear(now);
        self.emit(setting, now, from, EventKind::Closed);
    }

    /// Back to closed with every count at zero; the tallies stay.
    pub(super) fn clear(&mut self, now: Moment) {
        self.open_count = 0;
        self.threshold_reported = false;
        if let Some(window) = &mut self.window {
            window.clear(now);
        }
        self.turn(Phase::Closed, now);
    }

    /// Turns the automatic machine and starts a generation.
    pub(super) fn turn(&mut self, phase: Phase, now: Moment) {
        self.phase = phase;
        self.consecutive_failures = 0;
        self.generation += 1;
        if self.isolations().is_empty() {
            self.since = now;
        }
    }

    /// The isolations in force, as far as their ends have been noticed.
    pub(super) fn isolations(&self) -> &[Held] {
        self.rare.as_ref().map_or(&[], |rare| &rare.isolations)
    }

    pub(super) fn isolate(
        &mut self,
        setting: &Setting,
        now: Moment,
        by: Operator,
        expires_in: Option<Duration>,
    ) -> IsolationId {
        let from = self.recorded_state();
        if self.isolations().is_empty() {
            self.since = now;
        }
        // The number of the event that tells of it, so it is unique.
        let id = IsolationId(u64::from(self.seq) + 1);
        let ends = expires_in.map_or(Moment::NEVER, |time| now.plus(time));
        self.rare().isolations.push(Held { id, by: by.clone(), ends });
        self.generation += 1;
        if matches!(self.phase, Phase::HalfOpen(_)) {
            self.phase = Phase::Open { until: now };
        }
        self.emit(setting, now, from, EventKind::Isolated { id, by, expires_in });
        id
    }

    /// Whether there was such an isolation.
    pub(super) fn end_isolation(&mut self, setting: &Setting, now: Moment, id: IsolationId, kind: EventKind) -> bool {
        let from = self.recorded_state();
        let isolations = &mut self.rare().isolations;
        let Some(at) = isolations.iter().position(|isolation| isolation.id == id) else { return false };
        isolations.remove(at);
        let last = isolations.is_empty();
        self.generation += 1;
        if last {
            self.since = now;
        }
        self.emit(setting, now, from, kind);
        true
    }

    pub(super) fn expire_isolations(&mut self, setting: &Setting, now: Moment) {
        while let Some(over) = self.isolations().iter().find(|isolation| now >= isolation.ends) {
            let (id, ended) = (over.id, over.ends.max(self.since));
            self.end_isolation(setting, ended, id, EventKind::IsolationExpired { id });
        }
    }

    pub(super) fn lease_expired(&mut self, setting: &Setting, now: Moment) {
        self.counts.leases_expired = self.counts.leases_expired.saturating_add(1);
        self.emit(setting, now, State::HalfOpen, EventKind::LeaseExpired);
    }

    /// Numbers an event and puts it into the outbox.
    pub(super) fn emit(&mut self, setting: &Setting, at: Moment, from: State, kind: EventKind) {
        self.seq = self.seq.wrapping_add(1);
        let event = Event {
            breaker: setting.name.clone(),
            seq: self.seq.into(),
            at: setting.time.seen(at),
            generation: self.generation,
            from,
            to: self.recorded_state(),
            trace: correlation::current(),
            kind,
        };
        self.rare().post(event);
    }

    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Gives back the memory of what is not there any more.
    pub(super) fn drop_idle(&mut self) {
        if self.rare.as_ref().is_some_and(|rare| rare.is_idle()) {
            self.rare = None;
        }
    }
}

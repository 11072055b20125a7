//! What an attempt met at a breaker. It is kept with the attempt, so that what an outage did to runs can be told exactly.

use domain::{BreakerState, BreakerVerdict};
use reliability::breaker::Outcome;

/// The breaker that an attempt met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// Which one, e.g. `ai:anthropic`.
    pub id: String,
    /// Where it stood when the attempt first asked it.
    pub state: BreakerState,
    /// What it made of the attempt.
    pub verdict: BreakerVerdict,
}

impl Met {
    /// A call has ended. One failure is enough: what is asked again within the attempt cannot undo it.
    pub(crate) fn heard(&mut self, outcome: Outcome) {
        if self.verdict != BreakerVerdict::Failure {
            self.verdict = match outcome {
                Outcome::Success => BreakerVerdict::Success,
                Outcome::Ignored => BreakerVerdict::Ignored,
                Outcome::Failure(_) => BreakerVerdict::Failure,
            };
        }
    }

    /// What an attempt met whose calls met `earlier` and that ended with `refusal`, if it was refused.
    pub(crate) fn joined(earlier: Option<Self>, refusal: Option<Self>) -> Option<Self> {
        match (earlier, refusal) {
            (Some(earlier), Some(refusal)) if earlier.verdict != BreakerVerdict::Failure => {
                Some(Self { verdict: refusal.verdict, ..earlier })
            }
            (earlier, refusal) => earlier.or(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Met;
    use domain::{BreakerState, BreakerVerdict};
    use reliability::breaker::{Cause, Outcome};

    fn met(state: BreakerState, verdict: BreakerVerdict) -> Met {
        Met { id: "ai:anthropic".into(), state, verdict }
    }

    #[test]
    fn a_failure_stays_whatever_is_asked_after_it() {
        let mut met = met(BreakerState::Closed, BreakerVerdict::Ignored);
        met.heard(Outcome::Failure(Cause::Overloaded));
        met.heard(Outcome::Success);
        assert_eq!(met.verdict, BreakerVerdict::Failure, "the other side failed during this attempt");
    }

    #[test]
    fn a_refusal_counts_unless_the_other_side_had_failed_before_it() {
        let refused = || Some(met(BreakerState::Open, BreakerVerdict::Refused));
        let failed = Some(met(BreakerState::Closed, BreakerVerdict::Failure));
        assert_eq!(Met::joined(failed.clone(), refused()), failed, "it was the failure that came first");
        let told_to_wait = Some(met(BreakerState::Closed, BreakerVerdict::Ignored));
        let joined = Met::joined(told_to_wait, refused());
        assert_eq!(
            joined,
            Some(met(BreakerState::Closed, BreakerVerdict::Refused)),
            "it was refused in the end, and the breaker was closed when it was first asked"
        );
        assert_eq!(Met::joined(None, refused()), refused(), "nothing was sent at all");
    }
}

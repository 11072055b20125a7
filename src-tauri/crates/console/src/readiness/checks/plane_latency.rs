//! How long the plane takes to answer: the 95th percentile of twenty round trips.

use crate::readiness::check::{Check, Facts, Outcome, ProbeContext, Subject};
use domain::CheckStatus;
use std::time::Duration;
use tokio::time::Instant;

/// Round trips that are measured: the fewest of which one lies beyond the 95th percentile.
const ROUNDS: usize = 20;
/// How long may be spent on it, so that the rest of the round gets its turn.
const SPENT: Duration = Duration::from_secs(8);
/// The target for the 95th percentile of an answer.
const GOOD: Duration = Duration::from_millis(200);
/// Above this a person waits.
const BEARABLE: Duration = Duration::from_secs(1);

const REQUEST: &str = "identity, twenty times in a row";

static FACTS: Facts = Facts {
    id: "plane.latency",
    title: "Answers are quick",
    proves: "A person who acts does not wait for the plane.",
    subject: Subject::Plane,
    remedy: "Look at the load of the plane and at the way to it.",
    owner: "plane operator",
};

/// How long the plane takes to answer: the 95th percentile of twenty round trips.
pub(crate) struct PlaneLatency;

#[async_trait::async_trait]
impl Check for PlaneLatency {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        let port = match context.port().await {
            Ok(port) => port,
            Err(error) => return Outcome::unknown(REQUEST, &error),
        };
        let begun = Instant::now();
        let mut times = Vec::with_capacity(ROUNDS);
        while times.len() < ROUNDS && begun.elapsed() < SPENT {
            let started = Instant::now();
            if let Err(error) = port.identity(context.call.context()).await {
                return Outcome::unknown(REQUEST, &error);
            }
            times.push(started.elapsed());
        }
        judged(&mut times)
    }
}

fn judged(times: &mut [Duration]) -> Outcome {
    times.sort_unstable();
    let count = times.len();
    let at = |percent: usize| times.get((count * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default();
    let (median, slow) = (at(50), at(95));
    let answer = format!("{count} answers, median {} ms, p95 {} ms", median.as_millis(), slow.as_millis());
    if count < ROUNDS {
        // Even the quicker half is slow then, and that is known without the rest.
        let finding = format!("Of {ROUNDS} answers {count} came within {} seconds.", SPENT.as_secs());
        let status = if median > BEARABLE { CheckStatus::Fail } else { CheckStatus::Unknown };
        return Outcome::new(status, REQUEST, answer, finding);
    }
    let status = match slow {
        slow if slow < GOOD => CheckStatus::Pass,
        slow if slow <= BEARABLE => CheckStatus::Warn,
        _ => CheckStatus::Fail,
    };
    let finding = format!(
        "95 of 100 answers take up to {} ms, by {count} answers; less than {} ms is good.",
        slow.as_millis(),
        GOOD.as_millis()
    );
    Outcome::new(status, REQUEST, answer, finding)
}

#[cfg(test)]
mod tests {
    use super::{CheckStatus, Duration, ROUNDS, judged};

    fn with_slow(slow: usize, millis: u64) -> CheckStatus {
        let time = |at| Duration::from_millis(if at < slow { millis } else { 5 });
        judged(&mut (0..ROUNDS).map(time).collect::<Vec<_>>()).status
    }

    #[test]
    fn the_slowest_of_twenty_is_forgiven_and_the_second_slowest_counts() {
        assert_eq!(with_slow(1, 5_000), CheckStatus::Pass, "one of twenty lies beyond the 95th percentile");
        assert_eq!(with_slow(2, 199), CheckStatus::Pass, "below the target");
        assert_eq!(with_slow(2, 200), CheckStatus::Warn, "the target itself is missed, whatever the median is");
        assert_eq!(with_slow(2, 1_001), CheckStatus::Fail, "a person waits");
    }

    #[test]
    fn too_few_answers_prove_nothing_unless_most_of_them_are_slow() {
        let few = |millis| judged(&mut vec![Duration::from_millis(millis); ROUNDS - 1]).status;
        assert_eq!(few(100), CheckStatus::Unknown, "nineteen answers have no 95th percentile");
        assert_eq!(few(1_001), CheckStatus::Fail, "a plane that takes so long is not quick");
        assert_eq!(judged(&mut []).status, CheckStatus::Unknown, "nor has none");
    }
}

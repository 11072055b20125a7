//! Events as the stand-in of Stripe sends them, and as somebody else would like to.

mod hostile;
mod told;

use domain::{Secret, Timestamp};

const SECRET: &str = "whsec_canary_that_must_not_show";

/// When the tests happen, in seconds.
const NOW: i64 = 1_787_368_440;

fn secret() -> Secret {
    Secret::new(SECRET)
}

/// So many seconds after the tests happen.
fn later(by: i64) -> Timestamp {
    Timestamp::from_millis((NOW + by) * 1000)
}

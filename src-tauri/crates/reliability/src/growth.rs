//! A duration that grows by a factor up to a cap, and never overflows.
//!
//! Retry delays, the open time of a breaker and the wait between polls all grow this way. `Duration::mul_f64` panics on
//! overflow and a naive loop ends in `NaN` after enough rounds; here every result saturates at the cap.

use std::time::Duration;

/// Growth by `factor` per step, up to `cap`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// What each step multiplies by; below 1 (or not a number) counts as 1, which is no growth.
    pub factor: f64,
    /// No result is longer than this.
    pub cap: Duration,
}

impl Growth {
    /// `base` after `steps` steps of growth; step 0 is `base` itself, or the cap if that is shorter.
    pub fn after(&self, base: Duration, steps: u32) -> Duration {
        if steps == 0 || base.is_zero() {
            return base.min(self.cap);
        }
        let factor = self.factor.max(1.0).powi(i32::try_from(steps).unwrap_or(i32::MAX));
        Duration::try_from_secs_f64(base.as_secs_f64() * factor).map_or(self.cap, |grown| grown.min(self.cap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_saturates_at_the_cap_for_absurd_input() {
        let growth = Growth { factor: f64::INFINITY, cap: Duration::from_secs(30) };
        assert_eq!(growth.after(Duration::MAX, u32::MAX), Duration::from_secs(30), "overflow ends at the cap");
        assert_eq!(growth.after(Duration::ZERO, 5), Duration::ZERO, "nothing times infinity is not NaN");
        let broken = Growth { factor: f64::NAN, cap: Duration::MAX };
        assert_eq!(broken.after(Duration::from_secs(2), 9), Duration::from_secs(2), "no number means no growth");
    }
}

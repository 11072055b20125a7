//! How often somebody may ask: a limit for each tier of the table of operations, by caller where one is known and by address
//! where not.
//!
//! Whoever comes by the local socket owns the machine and is not limited. Deliberately absent: any limit that a header could
//! turn off, and limits shared between processes.

use crate::refusal::Refusal;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use control_plane_api::{Tier, code};
use reliability::rate_limit::{Key, Limited, Quota, RateLimit, RatePolicy};
use std::{net::IpAddr, time::Duration};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The numbers of each tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierPolicies {
    /// By address: what needs no credential, and credentials that are none.
    pub open: RatePolicy,
    /// By caller: everything that has no tier of its own.
    pub general: RatePolicy,
    /// Signing in: by address and by account from devices that are not known, by device from those that are.
    pub sign_in: RatePolicy,
    /// By caller: what costs money or minutes.
    pub expensive: RatePolicy,
    /// By caller: what decides over others.
    pub admin: RatePolicy,
    /// By address: what other machines tell by themselves.
    pub webhooks: RatePolicy,
}

impl Default for TierPolicies {
    /// 100 a minute; in 15 minutes 1,000, 10, 100 and 50; 10 a second.
    fn default() -> Self {
        Self {
            open: RatePolicy::flood(),
            general: RatePolicy::general(),
            sign_in: RatePolicy::auth(),
            expensive: RatePolicy::expensive(),
            admin: RatePolicy::admin(),
            webhooks: RatePolicy::webhooks(),
        }
    }
}

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Limits {
    open: RateLimit,
    general: RateLimit,
    sign_in: RateLimit,
    expensive: RateLimit,
    admin: RateLimit,
    webhooks: RateLimit,
}

/// What a request left of its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    quota: Quota,
    window: Duration,
}

impl Limits {
    pub(crate) fn new(policies: TierPolicies) -> Self {
        Self {
            open: RateLimit::new(policies.open),
            general: RateLimit::new(policies.general),
            sign_in: RateLimit::new(policies.sign_in),
            expensive: RateLimit::new(policies.expensive),
            admin: RateLimit::new(policies.admin),
            webhooks: RateLimit::new(policies.webhooks),
        }
    }

    /// Counts a request of somebody who is known.
    pub(crate) fn of_caller(&self, tier: Tier, principal: &str) -> Result<Spent, Refusal> {
        // What needs no credential counts like everything else when it comes with one.
        let limit = if tier == Tier::Open { &self.general } else { self.of(tier) };
        count(limit, &Key::principal(principal))
    }

    /// Counts a request of a stranger.
    pub(crate) fn of_stranger(&self, tier: Tier, address: IpAddr) -> Result<Spent, Refusal> {
        let limit = if tier == Tier::Webhooks { &self.webhooks } else { &self.open };
        count(limit, &Key::address(address))
    }

    /// Counts an attempt to sign in. A device that is known to be the person's has a limit of its own, so that nobody else
    /// can use it up; all others share those of their address and of the account.
    pub(crate) fn of_sign_in(
        &self,
        address: Option<IpAddr>,
        account: &str,
        device: Option<&str>,
    ) -> Result<(), Refusal> {
        if let Some(device) = device {
            return count(&self.sign_in, &Key::principal(&format!("device {device}"))).map(drop);
        }
        if let Some(address) = address {
            count(&self.sign_in, &Key::address(address))?;
        }
        count(&self.sign_in, &Key::principal(&format!("account {account}"))).map(drop)
    }

    const fn of(&self, tier: Tier) -> &RateLimit {
        match tier {
            Tier::Open => &self.open,
            Tier::General => &self.general,
            Tier::SignIn => &self.sign_in,
            Tier::Expensive => &self.expensive,
            Tier::Admin => &self.admin,
            Tier::Webhooks => &self.webhooks,
        }
    }
}

fn count(limit: &RateLimit, key: &Key) -> Result<Spent, Refusal> {
    let window = limit.policy().window;
    limit.check(key).map(|quota| Spent { quota, window }).map_err(|limited| refused(&limited, window))
}

fn refused(limited: &Limited, window: Duration) -> Refusal {
    let seconds = limited.retry_after_seconds();
    let message =
        format!("{} requests in {} s are allowed here, and they are used up", limited.quota.limit, window.as_secs());
    let mut refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, code::RATE_LIMITED, message)
        .hint("wait as long as `Retry-After` says")
        .detail("limit", limited.quota.limit.into())
        .detail("retry_after_seconds", seconds.into())
        .after(u32::try_from(seconds).unwrap_or(u32::MAX));
    refusal.spent = Some(Spent { quota: limited.quota, window });
    refusal
}

impl Spent {
    /// Says what is left, as the IETF's draft on rate limit headers has it.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.quota.limit.into());
        headers.insert(REMAINING, self.quota.remaining.into());
        headers.insert(RESET, whole_seconds(self.quota.reset).into());
        let policy = format!("{};w={}", self.quota.limit, whole_seconds(self.window));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(POLICY, policy);
        }
    }
}

/// Rounded up, as a wait must be.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

//! The bill: what is told of it, and what is done about it.
//!
//! Every team has a bill of its own.

use crate::{BreakwaterClient, wire::Call};
use control_plane::{CallContext, Error};
use control_plane_api::{
    Operation,
    billing::{BillingActReply, CancelBody, CheckoutBody},
    request::ActBody,
};
use domain::{Billing, BillingAct, ProviderUsage, TeamBilling, TeamUsage, UsageLimit, UsageLine, UsedTokens};

impl BreakwaterClient {
    /// The bill of a team.
    pub(crate) async fn bill(&self, context: &CallContext, team: Option<&str>) -> Result<Billing, Error> {
        let team = charged(team)?;
        let told: TeamBilling = self.wire.send(context, Call::to(Operation::TeamBilling).at(&[team])).await?;
        Ok(translated(told))
    }

    /// Does something about its subscription; gives the address of the page where a person goes on, if there is one.
    pub(crate) async fn change_subscription(
        &self,
        context: &CallContext,
        team: Option<&str>,
        act: &BillingAct,
    ) -> Result<Option<String>, Error> {
        let (team, reason) = (charged(team)?, context.reason.clone());
        let call = match act {
            BillingAct::Checkout { price } => {
                Call::to(Operation::Checkout).body(&CheckoutBody { price: price.clone(), reason })?
            }
            BillingAct::Portal => Call::to(Operation::BillingPortal).body(&ActBody { reason })?,
            BillingAct::Cancel { at_once } => {
                Call::to(Operation::CancelSubscription).body(&CancelBody { at_once: *at_once, reason })?
            }
            BillingAct::Resume => Call::to(Operation::ResumeSubscription).body(&ActBody { reason })?,
        };
        let reply: BillingActReply = self.wire.send(context, call.at(&[team])).await?;
        Ok(reply.page)
    }
}

fn charged(team: Option<&str>) -> Result<&str, Error> {
    team.ok_or_else(|| Error::NotFound { what: "a team that is charged".to_owned() })
}

fn translated(told: TeamBilling) -> Billing {
    let TeamBilling { plans, trouble, tier, subscription, usage } = told;
    // Without a subscription there is no period that is paid for, but what was used is of some time all the same.
    let (from, to) = (usage.from, usage.to);
    let ends = subscription.as_ref().and_then(|subscription| subscription.ends_at);
    let usage = lines(&usage);
    Billing {
        plans,
        tier,
        subscription,
        usage,
        period_from: Some(from),
        period_to: Some(ends.map_or(to, |end| end.max(to))),
        trouble: trouble.map(|code| client_http::plain(&code)),
    }
}

/// Sums first, then each model of each provider.
fn lines(usage: &TeamUsage) -> Vec<UsageLine> {
    let mut lines = vec![line("runs".to_owned(), number(usage.runs_started))];
    lines.extend(used("", &usage.total));
    for ProviderUsage { provider, model, used: sums } in &usage.lines {
        let name = model.as_ref().map_or_else(|| provider.clone(), |model| format!("{provider} {model}"));
        lines.extend(used(&format!("{}: ", client_http::plain(&name)), sums));
    }
    lines
}

fn used(of: &str, sums: &UsedTokens) -> Vec<UsageLine> {
    let mut lines = vec![
        line(format!("{of}input_tokens"), number(sums.input_tokens)),
        line(format!("{of}output_tokens"), number(sums.output_tokens)),
        line(format!("{of}cost_usd"), number(sums.cost_micro_usd) / 1_000_000.0),
    ];
    if sums.unpriced_attempts > 0 {
        lines.push(line(format!("{of}attempts_without_price"), number(sums.unpriced_attempts)));
    }
    lines
}

const fn line(metric: String, used: f64) -> UsageLine {
    UsageLine { metric, used, limit: UsageLimit::NotTold }
}

/// The nearest number that the port has; counts up to 2^53 are exact.
fn number(count: u64) -> f64 {
    serde_json::Number::from(count).as_f64().unwrap_or(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::lines;
    use domain::{ProviderUsage, TeamUsage, Timestamp, UsedTokens};

    #[test]
    fn costs_are_told_in_dollars_and_what_has_no_price_is_counted() {
        let used = UsedTokens {
            attempts: 2,
            input_tokens: 10,
            output_tokens: 5,
            cost_micro_usd: 1_500_000,
            unpriced_attempts: 1,
        };
        let provider = ProviderUsage { provider: "anthropic".to_owned(), model: Some("m\u{1b}1".to_owned()), used };
        let now = Timestamp::from_millis(0);
        let usage = TeamUsage {
            from: now,
            to: now,
            runs_started: 3,
            total: used,
            prices_as_of: String::new(),
            lines: vec![provider],
        };
        let told: Vec<_> = lines(&usage).into_iter().map(|line| (line.metric, line.used)).collect();
        let find = |name: &str| told.iter().find(|(metric, _)| metric == name).map(|(_, used)| *used);
        assert_eq!(find("runs"), Some(3.0), "runs are counted");
        assert_eq!(find("cost_usd"), Some(1.5), "dollars, not millionths");
        assert_eq!(find("anthropic m1: input_tokens"), Some(10.0), "by model, in plain text");
        assert_eq!(find("anthropic m1: attempts_without_price"), Some(1.0), "a cost that is not known is no nought");
    }
}

//! Trying a connection or an address, hop by hop.

use super::{
    address::{is_same_origin, judge_address, judge_token, tidy},
    confirm,
};
use crate::{
    call::Call,
    core::Core,
    error::Error,
    parts::SyncMode,
    view::{ConnectionTest, Hop, HopResult, TestConnection},
};
use control_plane::Error as PlaneError;
use domain::{ConnectionState, Environment, Secret, WireError};

/// Tries it. Faults of the input are refused; anything after that is an answer.
pub(crate) async fn test(core: &Core, call: &Call, request: TestConnection) -> Result<ConnectionTest, Error> {
    if core.mode == SyncMode::CacheOnly {
        return Err(Error::NotContacted);
    }
    let link = request.connection.as_ref().map(|named| core.link(named)).transpose()?;
    let mut faults = Vec::new();
    let known = link.as_ref().map(|link| link.recorded());
    let is_known_origin =
        |address: &String| known.as_ref().is_some_and(|known| is_same_origin(address, &known.base_url));
    let is_familiar = request.base_url.as_ref().map_or(known.is_some(), is_known_origin);
    if let Some(address) = &request.base_url {
        // Without a token there is nothing to be read on the way. With one, somebody has to vouch for the way.
        let vouched = known.as_ref().filter(|_| is_familiar).map(|known| known.environment);
        let environment = request.token.as_ref().map_or(Some(Environment::Local), |_| request.environment.or(vouched));
        judge_address(address, environment, &mut faults);
    } else if link.is_none() {
        return Err(Error::invalid(
            "base_url",
            "required",
            "a connection or an address is needed",
            "Write an address.",
        ));
    }
    if let Some(token) = &request.token {
        judge_token(token, &mut faults);
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    // A stored token goes only to the place that it was entered for.
    let stored = match &known {
        Some(known) if request.token.is_none() && is_familiar => core.credential_of(known).await?.0,
        _ => None,
    };
    let credential = request.token.map(|token| Secret::new(token).into()).or(stored);
    let known = known.map(|known| known.base_url);
    let address = request.base_url.as_deref().map(tidy).or(known).unwrap_or_default();

    let probe = core.connectors.probe(&address, credential).await;
    let passed = probe.kind.is_some() && probe.hops.iter().all(|hop| hop.result == HopResult::Pass);
    if passed
        && is_familiar
        && let Some(link) = &link
    {
        match link.made_port() {
            // The token that has just been accepted may be another than the one that was not.
            _ if link.status().state == ConnectionState::SignedOut => link.forget_port().await,
            // It has just been seen to answer: waiting for the breaker's next probe would be a lie.
            Some(port) => port.expect_recovery(),
            None => {}
        }
        link.nudge.notify_one();
        if let Some(because) = probe.because.filter(|_| probe.kind == Some(link.connection().kind))
            && let Err(error) = confirm(core, link, because).await
        {
            tracing::warn!(connection = %link.id, %error, "by what a connection was recognised is not kept");
        }
    }
    let error = if passed { None } else { Some(why_not(call, &probe.hops)) };
    Ok(ConnectionTest { passed, kind: probe.kind, hops: probe.hops, error })
}

fn why_not(call: &Call, hops: &[Hop]) -> WireError {
    let stopped = hops.iter().find(|hop| matches!(hop.result, HopResult::Fail | HopResult::Needed));
    let error = match stopped {
        Some(hop) if hop.result == HopResult::Needed || hop.name == "Sign in" => Error::Plane(PlaneError::Unauthorised),
        Some(hop) => Error::Plane(PlaneError::Unreachable { detail: format!("{}: {}", hop.name, hop.detail) }),
        None => Error::Plane(PlaneError::Incompatible { detail: "no known control plane answers there".to_owned() }),
    };
    error.into_wire(call.correlation_id().clone())
}

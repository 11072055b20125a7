//! Trying a connection or an address, hop by hop.

use super::address::{judge_address, judge_token, tidy};
use crate::{
    call::Call,
    core::Core,
    error::Error,
    view::{ConnectionTest, Hop, HopResult, TestConnection},
};
use control_plane::Error as PlaneError;
use domain::{Secret, WireError};

/// Tries it. Faults of the input are refused; anything after that is an answer.
pub(crate) async fn test(core: &Core, call: &Call, request: TestConnection) -> Result<ConnectionTest, Error> {
    let link = request.connection.as_ref().map(|named| core.link(named)).transpose()?;
    let mut faults = Vec::new();
    if let Some(address) = &request.base_url {
        // Nobody has said how dangerous it is yet, so plain HTTP is judged when it is added.
        judge_address(address, Some(domain::Environment::Local), &mut faults);
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
    let stored = match &link {
        Some(link) if request.token.is_none() => core.token_of(&link.connection()).await.0,
        _ => None,
    };
    let token = request.token.map(Secret::new).or(stored);
    let known = link.as_ref().map(|link| link.connection().base_url);
    let address = request.base_url.as_deref().map(tidy).or(known).unwrap_or_default();

    let probe = core.connectors.probe(&address, token).await;
    let passed = probe.kind.is_some() && probe.hops.iter().all(|hop| hop.result == HopResult::Pass);
    if passed && let Some(link) = &link {
        // It has just been seen to answer: waiting for the breaker's next probe would be a lie.
        if let Some(port) = link.made_port() {
            port.expect_recovery();
        }
        link.nudge.notify_one();
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

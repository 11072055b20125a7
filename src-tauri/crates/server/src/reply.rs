//! What was asked for, on its way to the envelope.

use crate::refusal::Refusal;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;

/// What a handler made of a request; travels beside an empty body until the envelope is put round it.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// What was asked for, as JSON.
    Carried(Arc<RawValue>),
    /// Why it was not carried out.
    Refused(Box<Refusal>),
}

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Reply<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match to_raw_value(&self.0) {
            Ok(data) => {
                let mut response = StatusCode::OK.into_response();
                response.extensions_mut().insert(Outcome::Carried(Arc::from(data)));
                response
            }
            Err(error) => {
                tracing::error!(%error, "a reply has no JSON form");
                Refusal::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
            }
        }
    }
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Created<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Reply(self.0).into_response();
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::CREATED;
        }
        response
    }
}

/// What every handler of JSON ends in.
pub(crate) type Answer<T> = Result<Reply<T>, Refusal>;

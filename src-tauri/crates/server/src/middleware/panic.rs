//! The net below the handlers: a panic is a defect of ours, and the connection lives on.

use crate::refusal::Refusal;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::any::Any;

/// Answers in place of a handler that panicked. What it said may hold anything that was being worked on, a secret too, so it is
/// neither told nor written down; where it happened is known to the hook of the process.
pub(crate) fn answer(_payload: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Refusal::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

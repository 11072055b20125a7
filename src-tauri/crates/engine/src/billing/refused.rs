//! What it means for whoever asked that Stripe refused something, or that an event of Stripe is not taken.

use super::{stripe::StripeError, webhook::WebhookError};
use crate::{Error, engine::not_configured};
use domain::Fault;

impl From<StripeError> for Error {
    fn from(error: StripeError) -> Self {
        let (code, message, remedy) = (error.code(), error.to_string(), error.remedy());
        match error {
            StripeError::NotConfigured { .. } => not_configured(),
            StripeError::Invalid { field, .. } => fault(field, code, message, remedy),
            StripeError::NoSubscription | StripeError::Refused { .. } => {
                Self::Conflict { code, message, remedy: remedy.to_owned() }
            }
            StripeError::KeyRefused { .. }
            | StripeError::Limited { .. }
            | StripeError::Failed { .. }
            | StripeError::Unreachable { .. }
            | StripeError::Resting { .. }
            | StripeError::NotUnderstood { .. } => Self::Elsewhere { code, message, remedy },
        }
    }
}

impl From<WebhookError> for Error {
    fn from(error: WebhookError) -> Self {
        let (code, message, remedy) = (error.code(), error.to_string(), error.remedy());
        match error {
            WebhookError::NotConfigured => not_configured(),
            WebhookError::TooLong | WebhookError::NotUnderstood => fault("body", code, message, remedy),
            WebhookError::Malformed
            | WebhookError::Unsigned
            | WebhookError::Forged
            | WebhookError::TooOld
            | WebhookError::TooEarly => Self::Unauthenticated { code, message, remedy },
        }
    }
}

fn fault(path: &str, rule: &str, message: String, remedy: &str) -> Error {
    let fault = Fault { path: path.to_owned(), rule: rule.to_owned(), message, remedy: remedy.to_owned() };
    Error::Invalid { faults: vec![fault] }
}

//! One request of a face: its name, its correlation id, and the one place where its error leaves the console.

use crate::error::Error;
use control_plane::CallContext;
use domain::{CorrelationId, WireError};
use uuid::Uuid;

/// One request of a face.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    name: &'static str,
    context: CallContext,
}

impl Call {
    /// A request with a correlation id of its own.
    pub(crate) fn new(name: &'static str) -> Self {
        let id = CorrelationId::new(Uuid::new_v4().simple().to_string());
        Self { name, context: CallContext::new(id) }
    }

    /// The same request with a reason, for planes that keep it with what is done.
    pub(crate) fn because(&self, reason: &str) -> Self {
        Self { name: self.name, context: self.context.because(reason) }
    }

    pub(crate) const fn context(&self) -> &CallContext {
        &self.context
    }

    pub(crate) const fn correlation_id(&self) -> &CorrelationId {
        &self.context.correlation_id
    }

    /// Lets the result leave the console; an error is logged with everything that its message leaves out.
    pub(crate) fn finish<T>(&self, result: Result<T, Error>) -> Result<T, WireError> {
        result.map_err(|error| {
            let correlation_id = self.correlation_id();
            match &error {
                Error::Internal { .. } | Error::Cache(_) => {
                    tracing::error!(call = self.name, %correlation_id, ?error, "a request failed in the console");
                }
                _ => tracing::info!(call = self.name, %correlation_id, %error, "a request was not carried out"),
            }
            error.into_wire(correlation_id.clone())
        })
    }
}

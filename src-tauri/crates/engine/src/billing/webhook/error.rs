//! Why an event is not taken.

/// Why an event is not taken. None of these says anything of the secret, or of what was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// There is no signing secret here, so nothing can be trusted.
    #[error("there is no signing secret for the events of Stripe")]
    NotConfigured,
    /// It is longer than any event.
    #[error("the event is longer than is read")]
    TooLong,
    /// The header is not what Stripe sends.
    #[error("the header Stripe-Signature is missing, too long, or not what Stripe sends")]
    Malformed,
    /// The header has no signature of the scheme that is trusted.
    #[error("the event has no signature that could be checked")]
    Unsigned,
    /// No signature fits.
    #[error("no signature of the event fits")]
    Forged,
    /// It was signed too long ago, so it may be one that somebody recorded.
    #[error("the event was signed too long ago")]
    TooOld,
    /// It was signed in the future.
    #[error("the event was signed in the future")]
    TooEarly,
    /// It is from Stripe, but not as its API says.
    #[error("the event is not understood")]
    NotUnderstood,
}

impl WebhookError {
    /// Stable, for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotConfigured => "webhook_not_configured",
            Self::TooLong => "webhook_too_long",
            Self::Malformed => "webhook_malformed",
            Self::Unsigned => "webhook_unsigned",
            Self::Forged => "webhook_forged",
            Self::TooOld => "webhook_too_old",
            Self::TooEarly => "webhook_too_early",
            Self::NotUnderstood => "webhook_not_understood",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::NotConfigured => "Give the control plane the signing secret of the webhook endpoint.",
            Self::TooLong | Self::Malformed | Self::Unsigned => "Post nothing here but the events of Stripe.",
            Self::Forged => {
                "Check that the signing secret is the one of this endpoint, and that nothing changes the body."
            }
            Self::TooOld | Self::TooEarly => "Set the clock of this machine; Stripe sends the event again.",
            Self::NotUnderstood => "Check which version of the API the webhook endpoint has.",
        }
    }
}

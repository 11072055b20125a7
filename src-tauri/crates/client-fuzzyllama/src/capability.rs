//! What can be asked of `FuzzyLlama`, and for everything else the reason why not, or why only so.

use domain::{Action, Availability, Capabilities};

/// Everything that it can and cannot do.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities::each(|action| match reason(action) {
        reason if action == Action::Stream => (Availability::Observed, reason),
        None => (Availability::Yes, None),
        reason => (Availability::No, reason),
    })
}

/// Why an action is not possible, or only so; none if it simply is.
const fn reason(action: Action) -> Option<&'static str> {
    match action {
        Action::CreateRun
        | Action::DecideGate
        | Action::RejectGate
        | Action::Steps
        | Action::Events
        | Action::Projects => None,
        Action::Preview => Some("FuzzyLlama judges a project only by creating it"),
        Action::RepeatCreate => Some("FuzzyLlama has no idempotency key, so a repeated call makes a second project"),
        Action::CancelRun => Some("FuzzyLlama offers no cancel: what its agents have begun, they finish"),
        Action::RetryStep => Some(
            "FuzzyLlama keeps no record of attempts at a gate and its blocked gates stay blocked; setting its agents to \
             work again is an act on the project",
        ),
        Action::RetryStepWithInputs => Some("the gates of FuzzyLlama take no inputs"),
        Action::Logs => Some("FuzzyLlama keeps no log of a project"),
        Action::Stream => Some(
            "the socket of FuzzyLlama tells what agents do and nothing of verdicts, so it only hints and projects are \
             asked for at intervals",
        ),
        Action::Templates => Some("the templates of FuzzyLlama describe agents, not projects"),
        Action::DeadLetters => Some("FuzzyLlama has no queue that an operator can see, and so no dead letters"),
        Action::Breakers => Some("FuzzyLlama has no circuit breakers"),
        Action::ResetBreaker => Some("FuzzyLlama has no circuit breaker that could be closed"),
        Action::Stores | Action::DeleteStore => Some("FuzzyLlama provisions no stores"),
        Action::Teams => Some("FuzzyLlama offers no way to ask for organisations or their members"),
        Action::ApiKeys => Some("FuzzyLlama has no API keys: its users sign in"),
        Action::Audit => Some("FuzzyLlama shows nobody who did what"),
        Action::Queue | Action::RequeueDeadLetters => Some("FuzzyLlama shows no queue"),
        Action::SignIn => Some("FuzzyLlama is signed in to with `email:password` as the token of the connection"),
        Action::Billing => Some("FuzzyLlama sells nothing through its API; a project tells what it has cost"),
    }
}

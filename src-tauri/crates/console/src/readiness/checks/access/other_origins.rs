//! Whether pages of other origins can read what the plane tells.

use crate::readiness::{
    check::{Check, Facts, Outcome, ProbeContext, Subject},
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

/// No page can ever be there.
const ORIGIN: &str = "https://readiness.invalid";

const REQUEST: &str = "an answer and a preflight for a page at https://readiness.invalid";

static FACTS: Facts = Facts {
    id: "access.other_origins",
    title: "Pages elsewhere read nothing",
    proves: "A page that somebody opens in the same browser cannot read runs or act on them.",
    subject: Subject::Access,
    remedy: "Let the plane allow no origin, or a fixed list; never `*` with credentials and never whatever the request names.",
    owner: "plane operator",
};

/// Whether pages of other origins can read what the plane tells.
pub(crate) struct OtherOrigins;

#[async_trait::async_trait]
impl Check for OtherOrigins {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    let list = context.surface().await?.at(Purpose::List)?.path.clone();
    let read = Ask::get(list.clone(), Shown::Ours).header("origin", ORIGIN);
    let preflight = Ask::of("OPTIONS", list, Shown::Nobody)
        .header("origin", ORIGIN)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    let heard = [context.ask(&read).await?, context.ask(&preflight).await?];
    let allowed = heard.iter().find_map(|heard| heard.header("access-control-allow-origin"));
    let with_credentials =
        heard.iter().any(|heard| heard.header("access-control-allow-credentials").is_some_and(|value| value == "true"));
    let answer = format!(
        "{} and {}, {}",
        heard[0].status,
        heard[1].status,
        if allowed.is_some() { "allowed" } else { "not allowed" }
    );
    Ok(match allowed {
        Some(ORIGIN) => Outcome::new(CheckStatus::Fail, REQUEST, answer, "Whatever page asks is allowed to read."),
        Some("*") if with_credentials => {
            Outcome::new(CheckStatus::Fail, REQUEST, answer, "Every page may read, with credentials.")
        }
        Some("*") => Outcome::new(CheckStatus::Warn, REQUEST, answer, "Every page may read what needs no credential."),
        _ => Outcome::new(CheckStatus::Pass, REQUEST, answer, "A page elsewhere may read nothing."),
    })
}

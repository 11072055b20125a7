//! Whether a header that a proxy might set opens the plane to a stranger.

use super::door;
use crate::readiness::{
    check::{Check, Facts, Manner, Outcome, ProbeContext, Subject},
    checks::keys,
    place::Place,
    seen::Silence,
};
use control_plane::{Ask, Purpose, Shown};
use domain::CheckStatus;

/// By which proxies say who signed in at them.
const USERS: &[(&str, &str)] = &[
    ("x-forwarded-user", "admin"),
    ("x-remote-user", "admin"),
    ("remote-user", "admin"),
    ("x-auth-request-user", "admin"),
    ("x-authenticated-user", "admin"),
    ("x-webauth-user", "admin"),
    ("x-user-id", "admin"),
    ("x-admin", "true"),
];
/// By which proxies say from where somebody came.
const ADDRESSES: &[(&str, &str)] = &[
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("x-client-ip", "127.0.0.1"),
    ("true-client-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;proto=https"),
    ("x-forwarded-host", "localhost"),
];

const REQUEST: &str =
    "the list of runs as a stranger, with headers that name a user, an address, another path and another method";

static FACTS: Facts = Facts {
    id: "access.forged_headers",
    title: "No header opens it",
    proves: "Nobody gets in by a header that names a user, an address, another path or another method.",
    subject: Subject::Access,
    remedy: "Let the plane read who asks from the credential alone, and the proxy in front remove such headers.",
    owner: "plane operator",
};

/// Whether a header that a proxy might set opens the plane to a stranger.
pub(crate) struct ForgedHeaders;

#[async_trait::async_trait]
impl Check for ForgedHeaders {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn applies(&self, place: Place) -> bool {
        place.way.is_tcp()
    }

    fn manner(&self) -> Manner {
        Manner::Knocks
    }

    async fn probe(&self, context: &ProbeContext<'_>) -> Outcome {
        judged(context).await.unwrap_or_else(|silence| silence.outcome(REQUEST))
    }
}

async fn judged(context: &ProbeContext<'_>) -> Result<Outcome, Silence> {
    door::is_shut(context).await?;
    let list = &context.surface().await?.at(Purpose::List)?.path;
    let ask = |method: &str| Ask::of(method, list.clone(), Shown::Nobody);
    let mut opened = Vec::new();
    for names in [USERS, ADDRESSES] {
        let all = names.iter().fold(ask("GET"), |ask, (name, value)| ask.header(name, *value));
        if door::lets_in(&context.ask(&all).await?) {
            // Which of them it was.
            for (name, value) in names {
                if door::lets_in(&context.ask(&ask("GET").header(name, *value)).await?) {
                    opened.push(*name);
                }
            }
        }
    }
    if leads_elsewhere(context, list).await? {
        opened.push("x-original-url");
    }
    if door::lets_in(&context.ask(&ask("POST").header("x-http-method-override", "GET")).await?) {
        opened.push("x-http-method-override");
    }
    let tried = USERS.len() + ADDRESSES.len() + 3;
    let answer = format!("{tried} headers tried, {} opened it", opened.len());
    Ok(if opened.is_empty() {
        Outcome::new(CheckStatus::Pass, REQUEST, answer, "It refuses a stranger with any of them.")
    } else {
        Outcome::new(CheckStatus::Fail, REQUEST, answer, format!("Lets a stranger in: {}.", opened.join(", ")))
    })
}

/// Whether a header leads a request for something that is open to what is not.
async fn leads_elsewhere(context: &ProbeContext<'_>, list: &str) -> Result<bool, Silence> {
    let Ok(live) = context.surface().await?.at(Purpose::Live) else { return Ok(false) };
    let plain = Ask::get(live.path.clone(), Shown::Nobody);
    let led = plain.clone().header("x-original-url", list).header("x-rewrite-url", list);
    let (plain, led) = (context.ask(&plain).await?, context.ask(&led).await?);
    Ok(led.is_success() && keys(&plain) != keys(&led))
}

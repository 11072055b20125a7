//! Signing in at an identity provider: it begins here, goes on in the browser of the system, and comes back to a listener of
//! this console.
//!
//! The plane tells which page the browser is to open; a face opens it. What comes back is taken only with the `state` of this
//! very attempt, so that no other page can end it. A connection has one attempt at a time: beginning another one gives the
//! last one up. Deliberately absent: a browser, and what the plane makes of what came back.

use super::people::{no_person_here, port};
use crate::{
    call::Call,
    core::Core,
    error::Error,
    link::Link,
    parts::{AwaitedReturn, NotLetIn},
    view::{BegunInBrowser, ConnectionRef, WaysIn},
};
use control_plane::{Error as PlaneError, SignIn as By};
use domain::{Secret, Timestamp};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Most characters of the address of a page.
const LONGEST_URL: usize = 8_192;

/// A sign-in that goes on in the browser.
#[derive(Debug)]
pub(crate) struct InBrowser {
    attempt: Secret,
    state: String,
    expires_at: Timestamp,
    /// Whoever waits for the browser takes it.
    listener: Mutex<Option<Box<dyn AwaitedReturn>>>,
    given_up: CancellationToken,
}

impl Drop for InBrowser {
    fn drop(&mut self) {
        self.given_up.cancel();
    }
}

/// How people may sign in.
pub(crate) async fn ways_in(core: &Core, call: &Call, request: &ConnectionRef) -> Result<WaysIn, Error> {
    let link = reachable(core, request)?;
    let ways = port(core, &link.recorded(), None)?.ways_in(call.context()).await?;
    let provider = ways.provider.filter(|_| core.browser_return.is_some());
    Ok(WaysIn { password: ways.password, provider })
}

/// Begins a sign-in, and tells what the browser is to open.
pub(crate) async fn begin(core: &Core, call: &Call, request: &ConnectionRef) -> Result<BegunInBrowser, Error> {
    let link = reachable(core, request)?;
    let Some(browser_return) = &core.browser_return else {
        return Err(refused("not_here", "no browser can come back to this console", "Sign in with a password."));
    };
    let listening = browser_return.listen().await;
    let listener =
        listening.map_err(|error| Error::Internal { doing: "listening for a browser", detail: error.to_string() })?;
    let begun = port(core, &link.recorded(), None)?.begin_sign_in(call.context(), listener.address()).await?;
    let state = state_of(&begun.url)?;
    link.signs_in_in_browser(Some(InBrowser {
        attempt: begun.attempt,
        state,
        expires_at: begun.expires_at,
        listener: Mutex::new(Some(listener)),
        given_up: CancellationToken::new(),
    }));
    Ok(BegunInBrowser { url: begun.url, expires_at: begun.expires_at })
}

/// Gives a sign-in up that goes on in the browser; harmless if there is none.
pub(crate) fn give_up(core: &Core, request: &ConnectionRef) -> Result<(), Error> {
    core.link(&request.connection)?.signs_in_in_browser(None);
    Ok(())
}

/// Waits until the browser is back, and tells what the plane is to be shown.
pub(super) async fn back(core: &Core, link: &Link) -> Result<By, Error> {
    let not_begun = || refused("not_begun", "no sign-in in the browser was begun", "Begin one, then wait for it.");
    let attempt = link.in_browser().ok_or_else(not_begun)?;
    let listener = attempt.listener.lock().take().ok_or_else(not_begun)?;
    let (secret, state, expires_at) = (attempt.attempt.clone(), attempt.state.clone(), attempt.expires_at);
    let given_up = attempt.given_up.clone();
    // Only the link holds it from here on, so that giving it up ends this wait.
    drop(attempt);
    let returned = tokio::select! {
        biased;
        () = given_up.cancelled() => {
            return Err(refused("given_up", "this sign-in was given up", "Begin it again."));
        }
        () = link.stop.cancelled() => {
            return Err(refused("given_up", "the console no longer waits for this sign-in", "Begin it again."));
        }
        returned = listener.came_back(&state) => returned,
        () = tokio::time::sleep(expires_at.since(core.now())) => {
            link.signs_in_in_browser(None);
            let rule = "the browser did not come back in time";
            return Err(refused("over", rule, "Begin the sign-in again, and finish it within ten minutes."));
        }
    };
    link.signs_in_in_browser(None);
    match returned {
        Ok(back) => Ok(By::Browser { attempt: secret, back }),
        Err(NotLetIn { error }) => {
            let message = format!("the identity provider did not let you in: {error}");
            Err(refused("not_let_in", message, "Sign in there as somebody who may, or ask whoever looks after it."))
        }
    }
}

fn reachable(core: &Core, request: &ConnectionRef) -> Result<Arc<Link>, Error> {
    let link = core.link(&request.connection)?;
    if link.connection().built_in {
        return Err(Error::Invalid(vec![no_person_here()]));
    }
    core.may_contact(&link)?;
    Ok(link)
}

fn refused(rule: &str, message: impl Into<String>, remedy: &str) -> Error {
    Error::invalid("browser", rule, message, remedy)
}

/// The `state` that the page of the provider is given, and will lead back with. A page that is neither encrypted nor on this
/// machine is not opened, and nor is anything that is no page.
fn state_of(url: &str) -> Result<String, Error> {
    let is_page = ["https://", "http://127.0.0.1:", "http://[::1]:"].iter().any(|start| url.starts_with(start));
    let is_plain = url.chars().count() <= LONGEST_URL && url.chars().all(|c| c.is_ascii_graphic());
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let state = query.split('&').find_map(|pair| pair.strip_prefix("state="));
    match state {
        Some(state) if is_page && is_plain && !state.is_empty() => Ok(state.to_owned()),
        _ => Err(PlaneError::Incompatible { detail: "the page to sign in on is none to be opened".to_owned() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::state_of;

    #[test]
    fn only_a_page_that_leads_back_with_a_state_is_opened() {
        for (good, state) in [
            ("https://id.example/authorize?client_id=a&state=s-1&nonce=2", "s-1"),
            ("http://127.0.0.1:4000/authorize?state=s2", "s2"),
        ] {
            assert_eq!(state_of(good).ok().as_deref(), Some(state), "{good}");
        }
        for bad in [
            "",
            "https://id.example/authorize",
            "https://id.example/authorize?state=",
            "https://id.example/authorize#state=s",
            "https://id.example/authorize?substate=s",
            "https://id.example/authorize?state=s\u{202e}",
            "https://id.example/auth orize?state=s",
            "http://id.example/authorize?state=s",
            "javascript:alert(1)?state=s",
            "file:///etc/passwd?state=s",
        ] {
            assert!(state_of(bad).is_err(), "{bad:?} is none to be opened");
        }
    }
}

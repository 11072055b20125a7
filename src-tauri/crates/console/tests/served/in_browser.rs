//! Signing in at an identity provider: it begins, goes on in a browser, comes back, or does not.

use crate::{
    desk::{Desk, EMAIL, NAME},
    plane::Plane,
};
use console::{
    AwaitedReturn, BrowserReturn, CameBack, NotLetIn, SyncMode,
    view::{BegunInBrowser, ConnectionRef, ConnectionView, SignIn, SignInBy},
};
use domain::{Clock as _, ConnectionState, Secret, WireError};
use parking_lot::Mutex;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use testkit::{
    TurnedClock, eventually,
    identity_provider::{self, IdentityProvider, Person},
};
use tokio::sync::oneshot;

/// The `state` that it comes with, and what is heard.
type Told = (String, Result<CameBack, NotLetIn>);

/// A listener that hears what a test says.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    tell: Mutex<Option<oneshot::Sender<Told>>>,
    /// Whether somebody waits.
    is_awaited: Arc<AtomicBool>,
}

impl Ear {
    /// Nobody listens any more.
    fn is_deaf(&self) -> bool {
        self.tell.lock().as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    fn tell(&self, state: &str, heard: Result<CameBack, NotLetIn>) {
        self.tell.lock().take().unwrap().send((state.to_owned(), heard)).unwrap();
    }
}

#[derive(Debug)]
struct Listening {
    heard: oneshot::Receiver<Told>,
    is_awaited: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl BrowserReturn for Ear {
    async fn listen(&self) -> io::Result<Box<dyn AwaitedReturn>> {
        let (tell, heard) = oneshot::channel();
        *self.tell.lock() = Some(tell);
        self.is_awaited.store(false, Ordering::SeqCst);
        Ok(Box::new(Listening { heard, is_awaited: Arc::clone(&self.is_awaited) }))
    }
}

#[async_trait::async_trait]
impl AwaitedReturn for Listening {
    fn address(&self) -> &'static str {
        "http://127.0.0.1:9/signed-in"
    }

    async fn came_back(self: Box<Self>, state: &str) -> Result<CameBack, NotLetIn> {
        self.is_awaited.store(true, Ordering::SeqCst);
        let (with, heard) = self.heard.await.unwrap();
        assert_eq!(with, state, "it waits for the state of the page");
        heard
    }
}

struct Scene {
    plane: Plane,
    outside: IdentityProvider,
    desk: Desk,
}

async fn scene(sync: SyncMode) -> Scene {
    let clock = Arc::new(TurnedClock::default());
    let outside = IdentityProvider::start(Arc::<TurnedClock>::clone(&clock)).await;
    outside.sign_in_as(Person::new("subject-1", EMAIL, "Ada"));
    let settings = engine::identity_provider::ProviderSettings {
        issuer: outside.issuer(),
        client_id: identity_provider::CLIENT_ID.to_owned(),
        client_secret: None,
        label: Some("Harbor accounts".to_owned()),
    };
    let plane = Plane::start_with(clock, Some(settings)).await;
    let desk = Desk::before(&plane, sync).await;
    Scene { plane, outside, desk }
}

fn here() -> ConnectionRef {
    ConnectionRef { connection: NAME.into() }
}

impl Scene {
    async fn begin(&self) -> BegunInBrowser {
        self.desk.console.begin_sign_in(here()).await.unwrap()
    }

    /// Waits for the browser beside what else the test does.
    fn wait(&self) -> tokio::task::JoinHandle<Result<ConnectionView, WireError>> {
        let console = self.desk.console.clone();
        tokio::spawn(async move {
            console.sign_in(SignIn { connection: NAME.into(), by: SignInBy::Browser, session_only: false }).await
        })
    }

    /// The person agrees in the browser.
    async fn agree(&self, begun: &BegunInBrowser) {
        let back = self.outside.authorise(&begun.url).await.unwrap();
        let heard = CameBack { state: back.state.clone(), code: Secret::new(back.code), issuer: back.issuer };
        self.desk.ear.tell(&back.state, Ok(heard));
    }
}

/// The rule of the one fault.
fn rule(outcome: Result<ConnectionView, WireError>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!((error.code.as_str(), error.faults[0].path.as_str()), ("invalid", "browser"), "{error:?}");
    assert!(!error.faults[0].remedy.is_empty(), "it says what to do: {error:?}");
    error.faults[0].rule.clone()
}

#[tokio::test]
async fn who_is_invited_comes_in_through_the_browser() {
    let scene = scene(SyncMode::Live).await;
    scene.plane.invite(EMAIL).await;
    let ways = scene.desk.console.ways_in(here()).await.unwrap();
    assert_eq!((ways.password, ways.provider.as_deref()), (true, Some("Harbor accounts")), "both ways are told");
    let begun = scene.begin().await;
    assert!(begun.url.starts_with(&scene.outside.issuer()), "the page of the provider: {}", begun.url);
    let waiting = scene.wait();
    scene.agree(&begun).await;
    let view = waiting.await.unwrap().unwrap();
    assert!(view.who.is_some_and(|who| who.principal.contains(EMAIL)), "it says who came in");
    scene.desk.until(ConnectionState::Live).await;
    assert_eq!(scene.desk.record().await, [("sign_in".to_owned(), "done".to_owned())], "and is on record");
    assert_eq!(rule(scene.wait().await.unwrap()), "not_begun", "it is over");
}

#[tokio::test]
async fn who_is_not_let_in_reads_why() {
    let scene = scene(SyncMode::OnDemand).await;
    let begun = scene.begin().await;
    let waiting = scene.wait();
    scene.agree(&begun).await;
    assert_eq!(rule(waiting.await.unwrap()), "not_invited", "the plane knows nobody with this address");
    let begun = scene.begin().await;
    let (_, state) = begun.url.split_once("state=").unwrap();
    let waiting = scene.wait();
    let declined = NotLetIn { error: "access_denied".to_owned() };
    scene.desk.ear.tell(state.split('&').next().unwrap(), Err(declined));
    let outcome = waiting.await.unwrap();
    assert!(outcome.as_ref().unwrap_err().message.contains("access_denied"), "in the provider's word: {outcome:?}");
    assert_eq!(rule(outcome), "not_let_in", "the provider did not let them in");
    assert_eq!(scene.desk.kept().await, None, "and nothing is kept");
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_or_begun_anew_listens_no_longer() {
    let scene = scene(SyncMode::OnDemand).await;
    scene.begin().await;
    let first = scene.wait();
    let ear = &scene.desk.ear;
    eventually("the first to wait", async || ear.is_awaited.load(Ordering::SeqCst).then_some(())).await;
    scene.desk.console.give_up_sign_in(here()).await.unwrap();
    eventually("the wait to end", async || first.is_finished().then_some(())).await;
    assert_eq!(rule(first.await.unwrap()), "given_up", "whoever waited is told");
    assert!(scene.desk.ear.is_deaf(), "nobody listens");
    scene.begin().await;
    scene.plane.invite(EMAIL).await;
    let begun = scene.begin().await;
    let waiting = scene.wait();
    scene.agree(&begun).await;
    assert!(waiting.await.unwrap().is_ok(), "only the last one counts, and it goes on");
    scene.desk.console.give_up_sign_in(here()).await.unwrap();
}

#[tokio::test]
async fn a_browser_that_does_not_come_back_in_time_is_waited_for_no_longer() {
    let scene = scene(SyncMode::OnDemand).await;
    let begun = scene.begin().await;
    let left = begun.expires_at.since(scene.plane.clock.now());
    assert!((Duration::from_mins(9)..=Duration::from_mins(10)).contains(&left), "ten minutes: {left:?}");
    tokio::time::pause();
    let waiting = scene.wait();
    assert_eq!(rule(waiting.await.unwrap()), "over", "it is over then");
    assert!(scene.desk.ear.is_deaf(), "nobody listens");
}

//! The session of a person over the wire: exchanged ahead of time, once by whoever is first, and never tried when it is over.

#![expect(clippy::expect_used, reason = "a set-up that breaks is a failed test")]

use client_breakwater::{BreakwaterClient, Limits};
use control_plane::{CallContext, ControlPlane, Credential, Error, Session, SessionKeeper, Turn};
use domain::{Clock as _, Secret, Timestamp};
use futures::future::{BoxFuture, join_all};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use testkit::{Asked, Loopback, Said, Service, TurnedClock};

const QUARTER: Duration = Duration::from_mins(15);
/// So late that the access token holds, but not for long.
const ALMOST: Duration = Duration::from_secs(15 * 60 - 29);

/// A plane that knows one session, and ends it when a refresh token comes twice.
#[derive(Default)]
struct Plane {
    clock: TurnedClock,
    /// How far its clock is ahead of the one of its callers.
    ahead: Duration,
    state: Mutex<State>,
    /// Lets nobody in, whatever they come with.
    shut: AtomicBool,
    /// Whoever has it keeps exchanges that were carried out from being answered.
    answers: tokio::sync::RwLock<()>,
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plane").finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct State {
    exchanges: u32,
    used: HashSet<String>,
    over: bool,
    /// Access tokens and when each ends.
    access: Vec<(String, Timestamp)>,
    /// What was carried out.
    done: u32,
    /// Requests that were not let in.
    refused: u32,
}

impl Plane {
    fn now(&self) -> Timestamp {
        self.clock.now().plus(self.ahead)
    }

    fn state<T>(&self, of: impl FnOnce(&mut State) -> T) -> T {
        of(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn refusal(&self, code: &str) -> Said {
        let error = json!({ "code": code, "message": "no" });
        Said::json(401, &json!({ "success": false, "error": error, "meta": self.meta() }))
    }

    fn meta(&self) -> Value {
        json!({ "timestamp": self.now(), "requestId": "r" })
    }

    fn exchange(&self, given: &str) -> Said {
        let ends = self.now().plus(QUARTER);
        let number = self.state(|state| {
            state.exchanges += 1;
            if !state.used.insert(given.to_owned()) {
                state.over = true;
            }
            if state.over {
                return None;
            }
            state.access.push((format!("access-{}", state.exchanges), ends));
            Some(state.exchanges)
        });
        let Some(number) = number else { return self.refusal("session_over") };
        let data = json!({
            "session": "s", "person": "p", "email": "e", "name": "n",
            "access_token": format!("access-{number}"), "access_expires_at": ends,
            "refresh_token": format!("refresh-{number}"), "refresh_expires_at": ends,
        });
        Said::json(200, &json!({ "success": true, "data": data, "meta": self.meta() }))
    }

    fn teams(&self, bearer: &str) -> Said {
        let now = self.now();
        let is_let_in = self.state(|state| {
            let holds = state.access.iter().any(|(token, ends)| format!("Bearer {token}") == bearer && *ends > now);
            let is_let_in = holds && !state.over && !self.shut.load(Ordering::SeqCst);
            *if is_let_in { &mut state.done } else { &mut state.refused } += 1;
            is_let_in
        });
        if !is_let_in {
            return self.refusal("unauthenticated");
        }
        Said::json(200, &json!({ "success": true, "data": [], "meta": self.meta() }))
    }
}

impl Service for Plane {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        Box::pin(async move {
            if asked.path.ends_with("/sessions/refresh") {
                let body = asked.json().unwrap_or_default();
                let said = self.exchange(body["refresh_token"].as_str().unwrap_or_default());
                let _may_answer = self.answers.read().await;
                return said;
            }
            self.teams(asked.header("authorization").unwrap_or_default())
        })
    }
}

/// What several processes share: the kept session, and one lock.
#[derive(Debug)]
struct Keeper {
    plane: Arc<Plane>,
    kept: Mutex<Option<Session>>,
    lock: Arc<tokio::sync::Mutex<()>>,
    /// Reading and keeping take a moment, as with a keychain.
    slow: Duration,
}

impl Keeper {
    fn over(plane: &Arc<Plane>) -> Arc<Self> {
        let now = plane.clock.now();
        let session =
            Session { access: Secret::new("access-0"), access_expires_at: now, refresh: Secret::new("refresh-0") };
        let kept = Mutex::new(Some(session));
        Arc::new(Self { plane: Arc::clone(plane), kept, lock: Arc::default(), slow: Duration::from_millis(2) })
    }

    fn kept(&self) -> Option<Session> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, session: Option<Session>) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }
}

#[async_trait::async_trait]
impl SessionKeeper for Keeper {
    async fn turn(&self) -> Result<Turn, Error> {
        Ok(Box::new(Arc::clone(&self.lock).lock_owned().await))
    }

    async fn session(&self) -> Result<Option<Session>, Error> {
        tokio::time::sleep(self.slow).await;
        Ok(self.kept())
    }

    async fn keep(&self, session: &Session) -> Result<(), Error> {
        tokio::time::sleep(self.slow).await;
        self.set(Some(session.clone()));
        Ok(())
    }

    async fn end(&self) -> Result<(), Error> {
        self.set(None);
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.plane.clock.now()
    }
}

fn client(server: &Loopback, keeper: &Arc<Keeper>) -> BreakwaterClient {
    let keeper: Arc<dyn SessionKeeper> = Arc::<Keeper>::clone(keeper);
    BreakwaterClient::tcp(&server.url(), Some(Credential::Session(keeper)), Limits::default()).expect("a client")
}

fn context() -> CallContext {
    CallContext::new("sessions-1")
}

async fn ask(client: &BreakwaterClient) -> Result<(), Error> {
    client.teams(&context()).await.map(drop)
}

async fn set_up(plane: Plane) -> (Arc<Plane>, Loopback, Arc<Keeper>) {
    let plane = Arc::new(plane);
    let server = Loopback::serve(Arc::clone(&plane)).await;
    let keeper = Keeper::over(&plane);
    (plane, server, keeper)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_race_exchange_once() {
    let (plane, server, keeper) = set_up(Plane::default()).await;
    let clients = [client(&server, &keeper), client(&server, &keeper)];
    for round in 1..=5 {
        let asked = join_all((0..100).map(|number| ask(&clients[number % 2]))).await;
        assert!(asked.iter().all(Result::is_ok), "every call is carried out in round {round}: {asked:?}");
        let (exchanges, over, done) = plane.state(|state| (state.exchanges, state.over, state.done));
        assert_eq!((exchanges, over), (round, false), "whoever is first exchanges for both");
        assert_eq!(done, round * 100, "no call is carried out twice");
        plane.clock.advance(ALMOST);
    }
    assert_eq!(plane.state(|state| state.refused), 0, "nobody comes with a token that is about to end");
}

#[tokio::test]
async fn what_is_not_let_in_is_sent_again_once() {
    let (plane, server, keeper) = set_up(Plane::default()).await;
    let client = client(&server, &keeper);
    ask(&client).await.expect("it is let in");
    plane.state(|state| state.access.clear());
    ask(&client).await.expect("with the next token it is let in");
    assert_eq!(plane.state(|state| (state.exchanges, state.done, state.refused)), (2, 2, 1), "and carried out once");
    plane.shut.store(true, Ordering::SeqCst);
    assert_eq!(ask(&client).await, Err(Error::Unauthorised), "a plane that lets nobody in is not asked for ever");
    assert_eq!(plane.state(|state| (state.exchanges, state.refused)), (3, 3), "one exchange, one repetition");
}

#[tokio::test]
async fn what_another_process_kept_is_used_without_an_exchange() {
    let (plane, server, keeper) = set_up(Plane::default()).await;
    let (here, there) = (client(&server, &keeper), client(&server, &keeper));
    ask(&here).await.expect("it is let in");
    plane.clock.advance(QUARTER);
    ask(&there).await.expect("another process goes on with the session");
    ask(&here).await.expect("and this one reads what that has kept");
    assert_eq!(plane.state(|state| (state.exchanges, state.refused)), (2, 0), "one exchange each quarter of an hour");
}

#[tokio::test]
async fn a_session_that_is_over_is_tried_once() {
    let (plane, server, keeper) = set_up(Plane::default()).await;
    plane.state(|state| state.over = true);
    let clients = [client(&server, &keeper), client(&server, &keeper)];
    let asked = join_all((0..20).map(|number| ask(&clients[number % 2]))).await;
    assert!(asked.iter().all(|asked| *asked == Err(Error::Unauthorised)), "nobody is let in: {asked:?}");
    assert_eq!(plane.state(|state| (state.exchanges, state.refused)), (1, 0), "and nobody tries it again");
    plane.state(|state| state.over = false);
    let anew = Session { refresh: Secret::new("refresh-new"), ..Keeper::over(&plane).kept().expect("a session") };
    keeper.set(Some(anew));
    ask(&clients[0]).await.expect("another session is another matter");
}

#[tokio::test]
async fn a_call_that_is_given_up_does_not_lose_the_next_refresh_token() {
    let (plane, server, keeper) = set_up(Plane::default()).await;
    let client = client(&server, &keeper);
    let held = plane.answers.write().await;
    let asking = tokio::time::timeout(Duration::from_secs(20), ask(&client));
    let exchanged = async {
        while plane.state(|state| state.exchanges) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = exchanged => {}
        early = asking => panic!("nothing was answered yet: {early:?}"),
    }
    drop(held);
    ask(&client).await.expect("the session goes on");
    assert_eq!(plane.state(|state| (state.exchanges, state.over)), (1, false), "with the token that came of it");
}

#[tokio::test]
async fn a_clock_that_goes_wrong_costs_no_exchange_a_call() {
    let (plane, server, keeper) = set_up(Plane { ahead: Duration::from_hours(2), ..Plane::default() }).await;
    let client = client(&server, &keeper);
    ask(&client).await.expect("it is let in");
    plane.clock.advance(ALMOST);
    ask(&client).await.expect("it is let in");
    assert_eq!(plane.state(|state| (state.exchanges, state.refused)), (2, 0), "how long a token holds is what counts");
    let (plane, server, keeper) = set_up(Plane::default()).await;
    let behind = Keeper { slow: Duration::ZERO, ..Arc::into_inner(keeper).expect("nobody else has it") };
    let client = self::client(&server, &Arc::new(behind));
    for _ in 0..10 {
        ask(&client).await.expect("it is let in");
    }
    assert_eq!(plane.state(|state| state.exchanges), 1, "one exchange serves many calls");
}

#[tokio::test]
async fn nothing_of_a_session_is_shown() {
    let (_plane, server, keeper) = set_up(Plane::default()).await;
    let client = client(&server, &keeper);
    ask(&client).await.expect("it is let in");
    let shown = format!("{client:?} {keeper:?}");
    assert!(!shown.contains("access-1") && !shown.contains("refresh-1"), "neither token: {shown}");
}

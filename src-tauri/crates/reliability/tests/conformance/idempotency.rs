//! Idempotency: I01 to I06, over a store in memory that can fail the next operation.

use reliability::{
    Random,
    idempotency::{
        Fingerprint, Idempotency, IdempotencyKey, IdempotencyPolicy, KeyError, Record, Refused, Reply, Scope, Store,
    },
};
use std::{
    collections::HashMap,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{sync::Notify, task::yield_now, time::timeout};

type Response = (u16, String);

#[derive(Debug, Clone, Default)]
struct Memory {
    records: Arc<Mutex<HashMap<Scope, Record<Response>>>>,
    fail_next_replace: Arc<Mutex<Option<u32>>>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the disk is full")]
struct DiskFull;

impl Store<Response> for Memory {
    type Error = DiskFull;

    async fn load(&self, scope: &Scope) -> Result<Option<Record<Response>>, DiskFull> {
        yield_now().await;
        Ok(self.records.lock().unwrap().get(scope).cloned())
    }

    async fn replace(
        &self,
        scope: &Scope,
        expected: Option<u64>,
        record: Option<Record<Response>>,
    ) -> Result<bool, DiskFull> {
        yield_now().await;
        if let Some(left) = self.fail_next_replace.lock().unwrap().as_mut() {
            if *left == 0 {
                return Err(DiskFull);
            }
            *left -= 1;
        }
        let mut records = self.records.lock().unwrap();
        if records.get(scope).map(|found| found.token) != expected {
            return Ok(false);
        }
        match record {
            Some(record) => records.insert(scope.clone(), record),
            None => records.remove(scope),
        };
        Ok(true)
    }
}

/// An idempotency layer, a wall clock and a count of how often the handler ran.
struct Desk {
    layer: Idempotency<Memory>,
    wall: AtomicU64,
    ran: AtomicU32,
}

impl Desk {
    fn new() -> Self {
        let layer = Idempotency::new(IdempotencyPolicy::default(), Memory::default(), Random::seeded(3));
        Self { layer, wall: AtomicU64::new(1_800_000_000), ran: AtomicU32::new(0) }
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.wall.load(Ordering::SeqCst))
    }

    /// Sends a request whose handler answers with `status`; what is below 400 is kept.
    async fn send(&self, principal: &str, body: &str, status: u16) -> Result<Reply<Response>, Refused<DiskFull>> {
        let handler = || async {
            let run = self.ran.fetch_add(1, Ordering::SeqCst) + 1;
            (status, format!("run {run}"))
        };
        let request = Fingerprint::of(&[b"POST", b"/runs", body.as_bytes()]);
        self.layer.run(&scope(principal), request, || self.now(), handler, |(status, _)| *status < 400).await
    }

    fn ran(&self) -> u32 {
        self.ran.load(Ordering::SeqCst)
    }
}

fn scope(principal: &str) -> Scope {
    Scope::new(principal, IdempotencyKey::accept("create-run-1").unwrap())
}

#[tokio::test(start_paused = true)]
async fn i01_a_duplicate_in_flight_is_told_to_wait_and_the_handler_runs_once() {
    let desk = Desk::new();
    let open = Notify::new();
    let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
    let first = async {
        let handler = || async {
            desk.ran.fetch_add(1, Ordering::SeqCst);
            open.notified().await;
            (201, "run 1".to_owned())
        };
        desk.layer.run(&scope("amira"), request, || desk.now(), handler, |_| true).await
    };
    let second = async {
        while desk.ran() == 0 {
            yield_now().await;
        }
        let refused = desk.send("amira", "{}", 201).await;
        open.notify_one();
        refused
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(
        second,
        Err(Refused::InFlight { retry_after: Duration::from_secs(1) }),
        "the duplicate is told when to ask again"
    );
    assert!(first.unwrap().stored, "the first is carried out and stored");
    assert_eq!(desk.ran(), 1, "once");
}

#[tokio::test]
async fn i01_of_many_at_the_same_instant_one_runs() {
    let desk = Arc::new(Desk::new());
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.send("amira", "{}", 201).await })
        })
        .collect();
    for request in requests {
        match request.await.unwrap() {
            Ok(reply) => {
                assert_eq!(
                    reply.response,
                    (201, "run 1".to_owned()),
                    "everybody who is answered gets the one response"
                );
            }
            Err(refused) => assert!(matches!(refused, Refused::InFlight { .. }), "everybody else is told to wait"),
        }
    }
    assert_eq!(desk.ran(), 1, "the handler ran once");
}

#[tokio::test]
async fn i02_a_key_cannot_be_used_for_another_request() {
    let desk = Desk::new();
    desk.send("amira", "{\"goal\":\"one\"}", 201).await.unwrap();
    let other = desk.send("amira", "{\"goal\":\"two\"}", 201).await;
    assert_eq!(other, Err(Refused::AnotherRequest), "the same key with another body is refused");
    assert_eq!(desk.ran(), 1, "and not carried out");
    let parts = [Fingerprint::of(&[b"ab", b"c"]), Fingerprint::of(&[b"a", b"bc"])];
    assert_ne!(parts[0], parts[1], "where a part ends matters");
}

#[tokio::test]
async fn i03_a_repeated_request_gets_the_stored_response() {
    let desk = Desk::new();
    let first = desk.send("amira", "{}", 201).await.unwrap();
    desk.wall.fetch_add(24 * 3600 - 1, Ordering::SeqCst);
    let again = desk.send("amira", "{}", 500).await.unwrap();
    assert_eq!(again.response, first.response, "status and body are the same");
    assert_eq!((first.replayed, again.replayed), (false, true), "and it says that it is a replay");
    assert_eq!(desk.ran(), 1, "the handler did not run again");
    desk.wall.fetch_add(1, Ordering::SeqCst);
    assert!(!desk.send("amira", "{}", 201).await.unwrap().replayed, "after the retention it is a new request");
}

#[tokio::test]
async fn i04_another_principal_has_keys_of_its_own() {
    let desk = Desk::new();
    let amira = desk.send("amira", "{}", 201).await.unwrap();
    let bela = desk.send("bela", "{}", 201).await.unwrap();
    assert!(!bela.replayed, "nobody gets an answer that was made for somebody else");
    assert_ne!(amira.response, bela.response, "each is carried out");
}

#[tokio::test]
async fn i05_what_is_not_final_is_not_kept() {
    let desk = Desk::new();
    for (runs, status) in [(1, 422), (2, 503), (3, 201)] {
        let reply = desk.send("amira", "{}", status).await.unwrap();
        assert!(!reply.replayed, "a refusal or a server error does not answer the next request");
        assert_eq!((desk.ran(), reply.stored), (runs, status == 201), "which is carried out");
    }
    assert!(desk.send("amira", "{}", 201).await.unwrap().replayed, "what is final is kept");
}

#[test]
fn i05_keys_have_8_to_255_plain_characters() {
    assert!(IdempotencyKey::accept("abcd_-09").is_ok(), "eight characters are enough");
    assert!(IdempotencyKey::accept(&"a".repeat(255)).is_ok(), "255 are the most");
    for found in [0, 7, 256] {
        assert_eq!(
            IdempotencyKey::accept(&"a".repeat(found)),
            Err(KeyError::Length { found }),
            "{found} are not accepted"
        );
    }
    for bad in ["create run", "create.run", "create/run", "créate-run", "create\nrun"] {
        assert!(matches!(IdempotencyKey::accept(bad), Err(KeyError::Character { .. })), "{bad:?} is not accepted");
    }
}

#[tokio::test(start_paused = true)]
async fn i06_a_claim_whose_process_died_ends_with_its_lease() {
    let desk = Desk::new();
    let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
    let amira = scope("amira");
    let dying = desk.layer.run(&amira, request, || desk.now(), pending::<Response>, |_| true);
    assert!(
        timeout(Duration::from_secs(1), dying).await.is_err(),
        "the handler is dropped, as if the process had died"
    );
    desk.wall.fetch_add(299, Ordering::SeqCst);
    assert!(
        matches!(desk.send("amira", "{}", 201).await, Err(Refused::InFlight { .. })),
        "until the lease ends it is claimed"
    );
    desk.wall.fetch_add(1, Ordering::SeqCst);
    assert!(desk.send("amira", "{}", 201).await.unwrap().stored, "then it can run again");
}

#[tokio::test(start_paused = true)]
async fn i06_a_handler_that_outlives_its_lease_does_not_overwrite_its_successor() {
    let desk = Desk::new();
    let open = Notify::new();
    let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
    let slow = async {
        let handler = || async {
            open.notified().await;
            (201, "too late".to_owned())
        };
        desk.layer.run(&scope("amira"), request, || desk.now(), handler, |_| true).await
    };
    let successor = async {
        while desk.layer.store().records.lock().unwrap().is_empty() {
            yield_now().await;
        }
        desk.wall.fetch_add(300, Ordering::SeqCst);
        let reply = desk.send("amira", "{}", 201).await;
        open.notify_one();
        reply
    };
    let (slow, successor) = tokio::join!(slow, successor);
    assert!(successor.unwrap().stored, "the successor is carried out");
    assert!(!slow.unwrap().stored, "the late answer is not stored");
    let replay = desk.send("amira", "{}", 201).await.unwrap();
    assert_eq!(replay.response.1, "run 1", "the successor's answer stands");
}

#[tokio::test]
async fn a_store_that_fails_refuses_before_the_work_and_never_hides_its_answer() {
    let desk = Desk::new();
    *desk.layer.store().fail_next_replace.lock().unwrap() = Some(0);
    assert_eq!(desk.send("amira", "{}", 201).await, Err(Refused::Store(DiskFull)), "with no claim nothing is done");
    assert_eq!(desk.ran(), 0, "the handler did not run");
    *desk.layer.store().fail_next_replace.lock().unwrap() = Some(1);
    let reply = desk.send("amira", "{}", 201).await.unwrap();
    assert_eq!(
        (desk.ran(), reply.stored),
        (1, false),
        "work that was done is answered, and says that it was not stored"
    );
}

#[tokio::test(start_paused = true)]
async fn i06_a_wall_clock_that_stepped_back_locks_no_key() {
    let desk = Desk::new();
    let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
    let amira = scope("amira");
    let dies = desk.layer.run(&amira, request, || desk.now(), pending::<Response>, |_| true);
    assert!(timeout(Duration::from_secs(1), dies).await.is_err(), "its process dies in the middle");
    desk.wall.fetch_sub(3600, Ordering::SeqCst);
    let reply = desk.send("amira", "{}", 201).await.expect("no honest claim ends an hour from now");
    assert_eq!((reply.replayed, desk.ran()), (false, 1), "so the request is carried out");
}

#[tokio::test(start_paused = true)]
async fn i03_an_answer_that_was_stored_meanwhile_is_replayed_and_not_replaced() {
    let desk = Desk::new();
    let open = Notify::new();
    let request = Fingerprint::of(&[b"POST", b"/runs", b"{}"]);
    let slow = async {
        let handler = || async {
            desk.ran.fetch_add(1, Ordering::SeqCst);
            open.notified().await;
            (201, "slow".to_owned())
        };
        desk.layer.run(&scope("amira"), request, || desk.now(), handler, |_| true).await
    };
    let late = async {
        while desk.ran() == 0 {
            yield_now().await;
        }
        // Its lease has ended, so the next to come may take over what it has just read; and then the slow one answers.
        desk.wall.fetch_add(301, Ordering::SeqCst);
        let read = desk.layer.store().load(&scope("amira")).await.unwrap().expect("there is a claim");
        open.notify_one();
        for _ in 0..10 {
            yield_now().await;
        }
        let claim = Record { token: 7, ..read.clone() };
        desk.layer.store().replace(&scope("amira"), Some(read.token), Some(claim)).await.unwrap()
    };
    let (answered, replaced) = tokio::join!(slow, late);
    assert!(answered.unwrap().stored, "the slow answer was stored");
    assert!(!replaced, "and what is not the claim any more cannot be taken for it");
    let again = desk.send("amira", "{}", 201).await.unwrap();
    assert_eq!((again.replayed, again.response.1.as_str(), desk.ran()), (true, "slow", 1), "it is what everybody gets");
}

//! What an operator is told: once for each cause, nothing that is old, and nothing in quiet hours but a number.

use crate::bench::{Bench, quick};
use cache::Cache;
use console::{
    Pace, Subscription, SyncMode,
    view::{
        AcknowledgeProblem, AddConnection, Banner, ConsoleEvent, Looking, NoticeKind, NoticeLevel, NoticeSettings,
        Notices, QuietHours,
    },
};
use domain::{
    Breaker, BreakerCause, BreakerSource, BreakerState, Clock as _, Connection, ConnectionState, Environment, RunId,
};
use std::{sync::Arc, time::Duration};
use testkit::{FakeControlPlane, TurnedClock, eventually};

struct Desk {
    bench: Bench,
    clock: Arc<TurnedClock>,
    events: Subscription,
}

/// A console that watches a plane, at 03:14 on the clock on the wall.
async fn desk() -> Desk {
    let clock = Arc::new(TurnedClock::default());
    let plane = FakeControlPlane::new(Arc::<TurnedClock>::clone(&clock));
    over(plane, clock).await
}

async fn over(plane: FakeControlPlane, clock: Arc<TurnedClock>) -> Desk {
    let pace = Pace { breakers_every: Duration::from_millis(20), ..quick() };
    let bench = Bench::at(Arc::<TurnedClock>::clone(&clock), plane, SyncMode::Live, pace).await;
    let events = bench.console.events(None);
    bench.until(ConnectionState::Live).await;
    Desk { bench, clock, events }
}

impl Desk {
    /// A run that fails at a step.
    fn fails(&self, goal: &str, step: &str, code: &str) -> RunId {
        let run = self.bench.plane.begin(goal, &[step]);
        self.bench.plane.fail(&run, step, code, None);
        run
    }

    /// What the desktop is to show next.
    async fn banner(&mut self) -> Banner {
        let next = async {
            loop {
                if let Some((_, ConsoleEvent::Banner { banner })) = self.events.next().await {
                    return banner;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), next).await.expect("a banner is shown")
    }

    /// The cause whose banner is taken away next.
    async fn taken_away(&mut self) -> String {
        let next = async {
            loop {
                if let Some((_, ConsoleEvent::BannerOver { cause })) = self.events.next().await {
                    return cause;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), next).await.expect("a banner is taken away")
    }

    /// That nothing else is shown: what comes next is about a run that fails now.
    async fn nothing_else(&mut self, step: &str) {
        self.clock.advance(Duration::from_mins(2));
        self.fails("a witness", step, "witness");
        let next = self.banner().await;
        assert_eq!(next.title, "Failed: a witness", "nothing was shown before it");
    }

    async fn notices(&self) -> Notices {
        self.bench.console.notices(()).await.unwrap()
    }

    async fn badge(&self, number: u64) {
        eventually(&format!("{number} in the badge"), async || {
            (self.notices().await.unresolved == number).then_some(())
        })
        .await;
    }

    async fn wants(&self, settings: NoticeSettings) {
        self.bench.console.set_notices(settings).await.unwrap();
    }

    async fn again(self) -> Self {
        self.bench.console.shutdown().await;
        let bench = self.bench.again(SyncMode::Live).await;
        let events = bench.console.events(None);
        bench.until(ConnectionState::Live).await;
        Self { bench, events, clock: self.clock }
    }

    fn breaker(&self, state: BreakerState) -> Breaker {
        Breaker {
            id: "ai:anthropic".to_owned(),
            protects: "Anthropic".to_owned(),
            source: BreakerSource::ControlPlane,
            connection: None,
            state,
            since: self.clock.now(),
            cause: (state == BreakerState::Open).then_some(BreakerCause::Overloaded),
            consecutive_failures: 5,
            failure_threshold: 5,
            success_threshold: 2,
            next_probe_at: None,
            calls: 5,
            failures: 5,
            rejections: 0,
            times_opened: 1,
            last_call_at: None,
            isolation: None,
        }
    }
}

const NIGHT: (&str, &str) = ("22:00", "07:00");

fn quiet((from, to): (&str, &str)) -> NoticeSettings {
    let quiet = Some(QuietHours { from: from.to_owned(), to: to.to_owned() });
    NoticeSettings { quiet, ..NoticeSettings::default() }
}

#[tokio::test]
async fn a_breaker_that_fails_forty_runs_is_one_notice_and_is_told_again_only_when_it_came_back() {
    let mut desk = desk().await;
    let runs: Vec<_> = (0..40).map(|n| desk.bench.plane.begin(&format!("run {n}"), &["ask"])).collect();
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Open)]);
    let opened = desk.banner().await;
    assert_eq!(opened.title, "Breaker opened: ai:anthropic", "the cause is named");
    assert_eq!(opened.route, "#/breakers/local/ai%3Aanthropic/blast", "and a click leads to whom it hurts");
    for run in &runs {
        desk.bench.plane.fail(run, "ask", "overloaded", Some("ai:anthropic"));
    }
    let counted = eventually("every failed run to be counted with the breaker", async || {
        let known = desk.notices().await;
        known.items.iter().any(|notice| notice.text.contains("40 runs failed")).then_some(known)
    });
    let counted = counted.await;
    assert_eq!((counted.items.len(), counted.unresolved), (1, 1), "one notice, not 41: {:?}", counted.items);

    desk.clock.advance(Duration::from_mins(4));
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Closed)]);
    let closed = desk.banner().await;
    assert_eq!((closed.title.as_str(), &closed.cause), ("Breaker closed: ai:anthropic", &opened.cause));
    desk.badge(0).await;

    desk.clock.advance(Duration::from_mins(4));
    desk.bench.plane.show_breakers(vec![Breaker { times_opened: 2, ..desk.breaker(BreakerState::Open) }]);
    assert_eq!(desk.banner().await.title, opened.title, "it came back, so it is told again");
}

#[tokio::test]
async fn a_failure_is_mine_if_i_asked_for_the_run_or_nobody_says_who_did() {
    let clock = Arc::new(TurnedClock::default());
    let plane = FakeControlPlane::new(Arc::<TurnedClock>::clone(&clock));
    plane.know_caller_as("amira");
    let mut desk = over(plane, clock).await;
    let asked = |goal: &str, step: &str, who: &str| {
        let run = desk.bench.plane.begin(goal, &[step]);
        desk.bench.plane.asked_by(&run, who);
        desk.bench.plane.fail(&run, step, "exit_code", None);
        run
    };
    let theirs = asked("theirs", "build", "jonas");
    desk.bench.told(&theirs).await;
    let mine = asked("mine", "test", "amira");
    let banner = desk.banner().await;
    assert_eq!(banner.title, "Failed: mine", "the other one is not shown");
    assert_eq!(banner.route, format!("#/runs/local/{mine}?step=test"), "a click leads to the step");
    desk.fails("nobody's", "deploy", "exit_code");
    assert_eq!(desk.banner().await.title, "Failed: nobody's", "where nobody says whose it is, it is mine");
    desk.badge(2).await;
}

#[tokio::test]
async fn failures_of_one_cause_are_one_notice_until_somebody_has_looked() {
    let mut desk = desk().await;
    let first = desk.fails("first", "build", "exit_code");
    let banner = desk.banner().await;
    desk.fails("second", "build", "exit_code");
    let grown = eventually("the second to be counted with the first", async || {
        desk.notices().await.items.into_iter().find(|notice| notice.title == "2 runs failed at build")
    });
    let newest = grown.await.route;
    desk.badge(1).await;
    desk.nothing_else("other").await;

    let looking = |route: Option<&str>| Looking { page: "page".to_owned(), route: route.map(ToOwned::to_owned) };
    desk.bench.console.looking(looking(Some(&newest))).await.unwrap();
    desk.badge(1).await;
    desk.bench.console.looking(looking(None)).await.unwrap();
    desk.fails("third", "build", "exit_code");
    let again = desk.banner().await;
    assert_eq!(
        (again.cause, again.title.as_str()),
        (banner.cause, "Failed: third"),
        "what was looked at is not counted again"
    );

    desk.bench.plane.status(&first, domain::RunStatus::Running);
    desk.bench.console.looking(looking(Some("#/runs/local/elsewhere"))).await.unwrap();
    let refused = desk.bench.console.looking(Looking { page: String::new(), route: Some("runs".to_owned()) }).await;
    let paths: Vec<_> = refused.unwrap_err().faults.into_iter().map(|fault| fault.path).collect();
    assert_eq!(paths, ["page", "route"], "every fault is named");
}

#[tokio::test]
async fn nothing_that_is_on_screen_or_in_hand_or_switched_off_is_shown() {
    let mut desk = desk().await;
    let run = desk.bench.plane.begin("watched", &["build"]);
    let route = format!("#/runs/local/{run}?tab=log");
    desk.bench.console.looking(Looking { page: "page".to_owned(), route: Some(route) }).await.unwrap();
    desk.bench.plane.fail(&run, "build", "exit_code", None);
    desk.bench.told(&run).await;
    desk.nothing_else("first").await;
    desk.badge(1).await;

    let open = desk.breaker(BreakerState::Open);
    let looking = Looking { page: "page".to_owned(), route: Some("#/breakers".to_owned()) };
    desk.bench.console.looking(looking).await.unwrap();
    desk.bench.plane.show_breakers(vec![open.clone()]);
    desk.badge(2).await;
    desk.nothing_else("second").await;
    desk.badge(3).await;

    desk.bench.console.looking(Looking { page: "page".to_owned(), route: None }).await.unwrap();
    desk.wants(NoticeSettings { breaker: NoticeLevel::Badge, ..NoticeSettings::default() }).await;
    desk.bench.plane.show_breakers(vec![open.clone(), Breaker { id: "ai:openai".to_owned(), ..open }]);
    desk.badge(4).await;
    desk.nothing_else("third").await;
    desk.badge(5).await;
    let breaker = desk.notices().await.items.into_iter().find(|notice| notice.kind == NoticeKind::Breaker).unwrap();
    desk.bench.console.acknowledge_problem(AcknowledgeProblem { problem: breaker.cause, in_hand: true }).await.unwrap();
    desk.badge(4).await;
    desk.wants(NoticeSettings { failure: NoticeLevel::Off, ..NoticeSettings::default() }).await;
    desk.badge(1).await;
    desk.wants(NoticeSettings::default()).await;
    desk.nothing_else("fourth").await;
}

#[tokio::test]
async fn quiet_hours_across_midnight_count_and_end_in_one_banner() {
    let desk = desk().await;
    // 03:14 in UTC is 05:14 on this wall.
    desk.clock.hang_ahead(120);
    desk.wants(quiet(NIGHT)).await;
    assert!(desk.notices().await.is_quiet, "the night goes on past midnight");
    desk.fails("one", "build", "exit_code");
    desk.fails("two", "test", "exit_code");
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Open)]);
    desk.badge(3).await;
    let held = desk.notices().await.items;
    assert!(held.iter().all(|notice| notice.told_at.is_none()), "they are held back: {held:?}");

    let mut desk = desk.again().await;
    desk.badge(3).await;
    desk.clock.advance(Duration::from_mins(106));
    let summary = desk.banner().await;
    assert_eq!(
        (summary.title.as_str(), summary.route.as_str()),
        ("3 things need you", "#/triage"),
        "at 07:00, all as one"
    );
    desk.nothing_else("deploy").await;

    let wrong = desk.bench.console.set_notices(quiet(("7:00", "24:00"))).await.unwrap_err();
    let paths: Vec<_> = wrong.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["quiet.from", "quiet.to"], "times that are none are refused");
    assert!(desk.bench.console.set_notices(quiet(("07:00", "07:00"))).await.is_err(), "and hours that never end");
}

#[tokio::test]
async fn a_start_tells_nothing_that_is_old_and_a_restart_tells_nothing_twice() {
    let clock = Arc::new(TurnedClock::default());
    let plane = FakeControlPlane::new(Arc::<TurnedClock>::clone(&clock));
    for n in 0..30 {
        let run = plane.begin("old", &["build"]);
        plane.fail(&run, "build", &format!("code_{n}"), None);
    }
    clock.advance(Duration::from_mins(1));
    let mut desk = over(plane, clock).await;
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Open)]);
    assert_eq!(desk.banner().await.title, "Breaker opened: ai:anthropic", "30 old failures came before it, unsaid");
    desk.badge(1).await;

    let mut desk = desk.again().await;
    desk.badge(1).await;
    desk.nothing_else("build").await;
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Closed)]);
    assert_eq!(desk.banner().await.title, "Breaker closed: ai:anthropic", "its end is told to whom its beginning was");
}

#[tokio::test]
async fn an_approval_is_told_ten_minutes_before_it_closes_and_taken_back_when_it_has() {
    let mut desk = desk().await;
    let run = desk.bench.plane.begin("ship it", &["sign-off"]);
    desk.bench.plane.ask(&run, "sign-off", "Ship it?");
    desk.bench.plane.closes(&run, "sign-off", desk.clock.now().plus(Duration::from_mins(30)));
    desk.bench.plane.print(&run, "sign-off", "asked");
    eventually("the gate with its end to be known", async || {
        let triage = desk.bench.console.triage(console::view::TriageQuery { minutes: None }).await.unwrap();
        let text = serde_json::to_string(&triage.problems).unwrap();
        text.contains("expires_at\":\"").then_some(())
    })
    .await;
    desk.fails("before", "build", "exit_code");
    assert_eq!(desk.banner().await.title, "Failed: before", "half an hour is enough, so nothing is said");
    desk.clock.advance(Duration::from_mins(21));
    let banner = desk.banner().await;
    assert_eq!(banner.title, "sign-off is about to close", "nine minutes are not");
    assert!(banner.sound, "what cannot wait is heard");
    desk.clock.advance(Duration::from_mins(9));
    assert_eq!(desk.taken_away().await, banner.cause, "once it has closed");
}

#[tokio::test]
async fn more_than_five_banners_in_a_minute_come_as_one() {
    let mut desk = desk().await;
    for step in ["a", "b", "c", "d", "e"] {
        desk.fails(step, step, "exit_code");
        assert_eq!(desk.banner().await.title, format!("Failed: {step}"), "each by itself");
    }
    for step in ["f", "g", "h", "i"] {
        desk.fails(step, step, "exit_code");
    }
    desk.badge(9).await;
    assert_eq!(
        desk.notices().await.items.iter().filter(|notice| notice.told_at.is_none()).count(),
        4,
        "the rest waits"
    );
    desk.clock.advance(Duration::from_mins(1));
    let mut told = 0;
    while told < 4 {
        let banner = desk.banner().await;
        told += if banner.title.starts_with("Failed: ") { 1 } else { 4 };
    }
    assert_eq!(told, 4, "and is told when the minute is over");
}

#[tokio::test]
async fn readiness_that_loses_what_it_had_is_told_with_what_was_lost() {
    let mut desk = desk().await;
    desk.wants(NoticeSettings { readiness: NoticeLevel::Banner, ..NoticeSettings::default() }).await;
    desk.bench.console.run_checks(console::view::RunChecks::default()).await.unwrap();
    desk.clock.advance(Duration::from_mins(1));
    desk.bench.plane.go_away();
    desk.bench.until(ConnectionState::Offline).await;
    desk.bench.console.run_checks(console::view::RunChecks::default()).await.unwrap();
    let banner = loop {
        let banner = desk.banner().await;
        if banner.title.starts_with("Readiness") {
            break banner;
        }
    };
    assert!(banner.title.starts_with("Readiness of local fell from "), "{banner:?}");
    assert!(banner.route.starts_with("#/readiness?check="), "a click leads to the check: {banner:?}");
}

#[tokio::test]
async fn a_drill_is_never_told_as_if_it_were_real() {
    let mut desk = desk().await;
    let other = AddConnection {
        name: "staging".to_owned(),
        base_url: "https://plane.example.com/".to_owned(),
        kind: None,
        environment: Environment::Staging,
        read_only: None,
        token: Some("hunter2hunter2".into()),
        session_only: false,
    };
    let drill = desk.bench.console.add_connection(other).await.unwrap().connection.id;
    let cache = Cache::open(&desk.bench.cache_file()).await;
    let known = cache.reader().connections().await.unwrap();
    let added = known.into_iter().find(|connection| connection.id == drill).unwrap();
    cache.writer().edit_connection(&Connection { environment: Environment::Drill, ..added }).await.unwrap();
    eventually("the console to know that one is a drill, and to hear the other", async || {
        let all = desk.bench.console.connections(()).await.unwrap();
        let is_drill = all.iter().any(|view| view.connection.environment == Environment::Drill);
        (is_drill && all.iter().all(|view| view.status.state == ConnectionState::Live)).then_some(())
    })
    .await;
    desk.bench.plane.show_breakers(vec![desk.breaker(BreakerState::Open)]);
    let banner = desk.banner().await;
    assert_eq!(banner.route, "#/breakers/local/ai%3Aanthropic/blast", "of the one that is real");
    desk.fails("both see it", "build", "exit_code");
    desk.banner().await;
    desk.badge(2).await;
    let told = desk.notices().await.items;
    assert!(told.iter().all(|notice| notice.connection.as_ref() != Some(&drill)), "nothing of the drill: {told:?}");
}

//! Hints over the socket: what gives one and what does not, and how listening ends.

use crate::bench::{Bench, Bent, bent, client, context, limits, new_run, start, until};
use crate::shapes::ask;
use client_fuzzyllama::{FuzzyLlamaClient, Limits};
use control_plane::{ControlPlane, Error, Hints};
use domain::{Action, Availability, ProjectAct, RunId, Secret, Verdict};
use futures::{StreamExt, future::join_all};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use testkit::{Loopback, Said, eventually, stand_in::FuzzyLlama};
use tokio::time::timeout;

const PONG: &str = "socket pong";
const JOIN: &str = "socket join:project";

/// A stand-in that pings often.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.plane.ping_every(Duration::from_millis(400));
    bench
}

async fn listen(client: &FuzzyLlamaClient) -> Hints {
    client.hints(&context()).await.expect("the socket opens")
}

/// Listens until there is something.
async fn next(hints: &mut Hints) -> Option<Result<(), Error>> {
    timeout(Duration::from_secs(10), hints.next()).await.expect("something is heard")
}

/// Listens through two pings, which come after whatever was told before.
async fn quiet(hints: &mut Hints, plane: &FuzzyLlama, what: &str) {
    let enough = plane.asked(PONG) + 2;
    let pongs = eventually("pings are answered", || async { (plane.asked(PONG) >= enough).then_some(()) });
    tokio::select! {
        heard = hints.next() => panic!("nothing is heard {what}: {heard:?}"),
        () = pongs => {}
    }
}

async fn begin(client: &FuzzyLlamaClient, id: &RunId) {
    let act = ProjectAct::Start { requirements: "Build a plumbing site".to_owned() };
    client.act_on_project(&context(), id, &act).await.expect("it starts");
}

#[tokio::test]
async fn agents_at_work_give_a_hint() {
    let bench = bench().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    let mut hints = listen(&client).await;
    quiet(&mut hints, &bench.plane, "before anything happens").await;
    begin(&client, &id).await;
    assert_eq!(next(&mut hints).await, Some(Ok(())), "its agent has begun");
    quiet(&mut hints, &bench.plane, "twice of the same").await;
    until(&client, &id, |run| run.steps[0].waiting_for.is_some()).await;
    assert_eq!(next(&mut hints).await, Some(Ok(())), "its agent is done");
}

#[tokio::test]
async fn verdicts_and_words_of_agents_give_none() {
    let bench = bench().await;
    let client = bench.client();
    let id = start(&client, "A console at rest").await;
    begin(&client, &id).await;
    until(&client, &id, |run| run.steps[0].waiting_for.is_some()).await;
    let mut hints = listen(&client).await;
    client.decide_gate(&context(), &id, "G1", Verdict::Approve, None).await.expect("approved");
    quiet(&mut hints, &bench.plane, "of a verdict").await;
    bench.plane.tell(id.as_str(), "agent:chunk", json!({ "agentId": "a", "chunk": "<b>" }));
    bench.plane.tell(id.as_str(), "agent:progress", json!({ "agentId": "a", "message": "m" }));
    quiet(&mut hints, &bench.plane, "of words").await;
    bench.plane.tell(id.as_str(), "chat:message", json!({ "id": "m", "role": "assistant", "content": "c" }));
    assert_eq!(next(&mut hints).await, Some(Ok(())), "what is said to a person is a change");
}

#[tokio::test]
async fn a_poll_is_held_longer_than_any_other_answer() {
    let bench = Bench::new().await;
    bench.plane.ping_every(Duration::from_millis(800));
    let limits = Limits { read: Duration::from_millis(400), ..limits() };
    let client = FuzzyLlamaClient::new(&bench.server.url(), Some(Secret::new("ops@example.com:Passw0rd1")), limits);
    let mut hints = listen(&client.expect("a client")).await;
    quiet(&mut hints, &bench.plane, "and no time runs out").await;
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_renewed_or_unauthorised() {
    let bench = bench().await;
    let signed = bench.client();
    start(&signed, "A console at rest").await;
    let only = bench.client_with(Some(&bench.plane.access_token()));
    bench.plane.expire();
    let refused = only.hints(&context()).await.map(|_| ());
    assert_eq!(refused, Err(Error::Unauthorised), "the transport was up, and then the plane hung up");
    assert_eq!(bench.plane.asked("401 GET /api/projects"), 0, "which the socket alone has told");
    drop(listen(&signed).await);
    assert_eq!(bench.plane.asked("POST /api/auth/refresh"), 1, "whoever can sign in again does");
}

#[tokio::test]
async fn listening_ends_with_the_connection() {
    let Bench { plane, server } = bench().await;
    let mut hints = listen(&client(&server.url(), Some("ops@example.com:Passw0rd1"))).await;
    quiet(&mut hints, &plane, "as long as it stands").await;
    drop(server);
    let last = next(&mut hints).await;
    assert!(matches!(last, Some(Err(Error::Unreachable { .. }))), "the loss is told: {last:?}");
    assert_eq!(next(&mut hints).await, None, "once");
}

#[tokio::test]
async fn projects_of_others_are_not_heard_and_keep_nobody_from_ours() {
    let bench = bench().await;
    let other = bench.client_with(Some("other@example.com:Passw0rd2"));
    let (ours, theirs) = (start(&bench.client(), "A console at rest").await, start(&other, "Another console").await);
    let (_, mine) = ask(&bench.plane, &bench.plane.access_token(), "GET", "/api/projects", &Value::Null);
    let mut foreign = mine[0].clone();
    foreign["id"] = theirs.as_str().into();
    let listed = Said::json(200, &json!([foreign, mine[0]]));
    let (_server, client) = bent(&bench.plane, "/api/projects", listed).await;
    let mut hints = listen(&client).await;
    assert_eq!(bench.plane.asked(JOIN), 2, "both are asked for");
    bench.plane.tell(theirs.as_str(), "agent:failed", json!({}));
    quiet(&mut hints, &bench.plane, "of others").await;
    bench.plane.tell(ours.as_str(), "agent:failed", json!({}));
    assert_eq!(next(&mut hints).await, Some(Ok(())), "ours is heard");
}

#[tokio::test]
async fn the_newest_fifty_that_are_not_finished_are_joined() {
    let bench = bench().await;
    let client = bench.client();
    let done = start(&client, "A console, carry it through").await;
    until(&client, &done, |run| run.summary.status.is_terminal()).await;
    start(&client, "A console at rest").await;
    drop(listen(&client).await);
    assert_eq!(bench.plane.asked(JOIN), 1, "what is finished changes no more");
    let (plan, context) = (new_run(json!({ "description": "A console at rest" })), context());
    join_all((0..60).map(|_| client.create_run(&context, &plan))).await;
    drop(listen(&client).await);
    assert_eq!(bench.plane.asked(JOIN), 51, "fifty at once");
}

#[tokio::test]
async fn a_socket_that_talks_nonsense_is_incompatible() {
    let plane = FuzzyLlama::new();
    let long = format!(r#"0{{"sid":"{}","pingInterval":1,"pingTimeout":1}}"#, "s".repeat(200));
    for body in ["", "<html>", "0", "0{}", "42[\"connected\"]", "2", long.as_str()] {
        let (_server, client) = bent(&plane, "/socket.io/", Said::text(200, "text/plain", body)).await;
        let outcome = client.hints(&context()).await.map(|_| ());
        assert!(matches!(outcome, Err(Error::Incompatible { .. })), "{body:?} is no opening: {outcome:?}");
    }
    // The same to every poll: the names are good, and nobody is ever let in.
    let opening = r#"0{"sid":"a","pingInterval":18446744073709551615,"pingTimeout":1}"#;
    for (more, expected) in [
        ("", Error::TimedOut),
        ("\u{1e}2\u{1e}42[\"<disconnect>\",\"io server disconnect\"]", Error::TimedOut),
        (
            "\u{1e}44{\"message\":\"no\"}",
            Error::Forbidden { message: "the control plane refuses the socket".to_owned(), remedy: None },
        ),
        ("\u{1e}1", Error::Unreachable { detail: "the control plane has closed the socket".to_owned() }),
    ] {
        let said = Said::text(200, "text/plain", &format!("{opening}{more}"));
        let server = Loopback::serve(Arc::new(Bent { plane: Arc::clone(&plane), at: "/socket.io/", said }));
        let server = server.await;
        let limits = Limits { call: Duration::from_millis(900), ..limits() };
        let client = FuzzyLlamaClient::new(&server.url(), Some(Secret::new("ops@example.com:Passw0rd1")), limits);
        let outcome = client.expect("a client").hints(&context()).await.map(|_| ());
        assert_eq!(outcome, Err(expected), "{more:?} lets nobody in");
    }
}

#[tokio::test]
async fn hints_are_no_feed() {
    let bench = Bench::new().await;
    let client = bench.client();
    let capabilities = client.capabilities();
    assert_eq!(capabilities.of(Action::Stream), Availability::Observed, "they are only observed");
    assert!(capabilities.reason(Action::Stream).is_some_and(|reason| reason.contains("hints")), "and it is said why");
    assert!(matches!(client.feed(&context(), None).await, Err(Error::Unsupported { .. })), "a feed is not offered");
}

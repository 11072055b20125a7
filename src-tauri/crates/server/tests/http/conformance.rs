//! The conformance story through our own client, by TCP and by the local socket.

use crate::plane::{PATIENCE, Plane, endless, failing, gated, good};
use client_breakwater::{BreakwaterClient, Limits};
use control_plane::conformance::{Harness, Planned, story};
use domain::Secret;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug)]
struct Drills;

fn planned(plan: Value) -> Planned {
    let step = plan["steps"][0]["name"].as_str().expect("a step").to_owned();
    Planned { plan, step }
}

#[async_trait::async_trait]
impl Harness for Drills {
    fn good(&self) -> Planned {
        planned(good())
    }

    fn faulty(&self) -> Value {
        json!({"goal": "", "steps": [{"name": "a", "tool": "none", "depends_on": ["b"]}]})
    }

    fn failing(&self) -> Option<Planned> {
        Some(planned(failing()))
    }

    /// The drill fails once and is mended by that.
    async fn mend(&self) {}

    fn gated(&self) -> Planned {
        planned(gated())
    }

    fn endless(&self) -> Planned {
        planned(endless())
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

#[tokio::test]
async fn the_story_is_told_by_tcp() {
    let plane = Plane::start().await;
    let token = Secret::new(plane.token.clone());
    let client = BreakwaterClient::tcp(&plane.url(""), Some(token.into()), Limits::default()).expect("a client");
    story(&client, &Drills).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_story_is_told_by_the_local_socket() {
    let plane = Plane::start().await;
    let path = plane.listen_locally().await;
    let client = BreakwaterClient::unix(path, Limits::default()).expect("a client");
    story(&client, &Drills).await;
}

#[tokio::test]
async fn a_wrong_token_is_named_as_such() {
    use control_plane::{CallContext, ControlPlane, Error};

    let plane = Plane::start().await;
    let context = CallContext::new("c1");
    for token in [None, Some(Secret::new("wrong"))] {
        let client = BreakwaterClient::tcp(&plane.url(""), token.map(Into::into), Limits::default()).expect("a client");
        let refused = client.identity(&context).await.expect_err("not let in");
        assert_eq!(refused, Error::Unauthorised, "the console can say what is missing");
        let feed = client.feed(&context, None).await.err();
        assert_eq!(feed, Some(Error::Unauthorised), "the feed says the same");
        let facts = client.facts(&context).await.expect("probes need no token");
        assert_eq!(facts.live.as_deref(), Ok("200 alive"), "it is alive all the same");
        assert_eq!(facts.queue_depth, None, "what needs a token is not known");
    }
}

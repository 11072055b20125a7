//! The client tells the conformance story over real HTTP.

use crate::bench::Bench;
use control_plane::conformance::{Harness, Planned, story};
use serde_json::{Value, json};
use std::time::Duration;

struct Plans;

fn planned(description: &str, step: &str) -> Planned {
    Planned { plan: json!({ "description": description }), step: step.to_owned() }
}

#[async_trait::async_trait]
impl Harness for Plans {
    fn good(&self) -> Planned {
        planned("A console, carry it through", "G1")
    }

    fn faulty(&self) -> Value {
        json!({ "description": "short" })
    }

    fn failing(&self) -> Option<Planned> {
        Some(planned("A console that is blocked at G6", "G6"))
    }

    async fn mend(&self) {}

    fn gated(&self) -> Planned {
        planned("A console with the last gate by hand", "G9")
    }

    fn endless(&self) -> Planned {
        planned("A console, work and work", "G1")
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(20)
    }
}

#[tokio::test]
async fn the_client_tells_the_whole_story() {
    let bench = Bench::new().await;
    story(&bench.client(), &Plans).await;
}

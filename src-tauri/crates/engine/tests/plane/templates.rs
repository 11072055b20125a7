//! The templates that come with the plane do what they say, against a real host on loopback.

use super::fixture::Plane;
use domain::{RunStatus, StepStatus};
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// A host that takes so long before it answers `204 No Content`.
async fn host(takes: Duration) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                tokio::time::sleep(takes).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    Ok(format!("http://{address}/health"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_smoke_test_tells_a_quick_host_from_a_slow_one() {
    let plane = Plane::new().await;
    for (takes, speed) in [(Duration::ZERO, StepStatus::Succeeded), (Duration::from_millis(2_300), StepStatus::Failed)]
    {
        let values = json!({ "url": host(takes).await.expect("loopback has a free port"), "status": "204" });
        let run = plane.create_from("http-smoke", values).await;
        let run = plane.ended(&run.summary.id).await;
        assert_eq!(run.summary.status, RunStatus::Succeeded, "the status is as wanted, and slowness is a warning");
        let last = run.steps.last().expect("the template has steps");
        assert_eq!(last.status, speed, "a host that takes {takes:?} is judged by its speed: {:?}", last.failure);
    }
    plane.finish().await;
}

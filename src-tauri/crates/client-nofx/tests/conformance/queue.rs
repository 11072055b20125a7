//! The queue and its dead letters: looked at sparingly, and put back.

use crate::{context, ended, plan, scene, stand_in};
use client_nofx::Dialect;
use control_plane::{ControlPlane, Error};
use domain::{PageRequest, RunStatus};
use testkit::eventually;

#[tokio::test]
async fn dead_letters_are_put_back() {
    let scene = scene(stand_in(Dialect::Express), None).await;
    let (plane, context) = (&scene.plane, context());
    for key in ["dead-letter-1", "dead-letter-2"] {
        ended(plane, plan("write", "codegen"), key, RunStatus::Failed).await;
    }
    let letters = || async {
        let page = plane.dead_letters(&context, &PageRequest::default()).await.expect("letters");
        page.items.len()
    };
    eventually("both are dead", || async { (letters().await == 2).then_some(()) }).await;
    let queue = plane.queue(&context).await.expect("a queue");
    assert_eq!((queue.dead_letters, queue.newest_dead.len()), (Some(2), 2), "they are told with the queue");
    assert_eq!((queue.name.as_deref(), queue.failed), (Some("step.ready"), Some(8)), "which counts every attempt");
    scene.stand_in.mend();
    assert_eq!(plane.requeue_dead_letters(&context, 1).await, Ok(1), "one is put back");
    let left = eventually("it is worked at", || async { (letters().await == 1).then_some(()) });
    left.await;
    let queue = plane.queue(&context).await.expect("a queue");
    assert_eq!(queue.dead_letters, Some(1), "after an act the queue is read again");
    assert_eq!(plane.requeue_dead_letters(&context, 500).await, Ok(1), "and so is the other");
    let before = scene.stand_in.calls().len();
    for at_most in [0, 501] {
        let error = plane.requeue_dead_letters(&context, at_most).await.expect_err("not so many");
        let Error::Invalid { faults, .. } = error else { panic!("a fault of the input: {error:?}") };
        assert_eq!((faults[0].path.as_str(), faults[0].rule.as_str()), ("at_most", "range"), "which is judged here");
    }
    assert_eq!(scene.stand_in.calls().len(), before, "and not sent");
}

#[tokio::test]
async fn a_look_at_the_queue_spares_its_few_calls() {
    let scene = scene(stand_in(Dialect::Express), None).await;
    let (plane, context) = (&scene.plane, context());
    let queue_calls = || scene.stand_in.calls().iter().filter(|call| call.contains("/dev/")).count();
    for _ in 0..100 {
        plane.queue(&context).await.expect("a queue");
        plane.identity(&context).await.expect("it says who it is");
        plane.facts(&context).await.expect("it can be probed");
    }
    assert_eq!(queue_calls(), 4, "its doors were knocked at and each was looked through once");
    for _ in queue_calls()..50 {
        plane.dead_letters(&context, &PageRequest::default()).await.expect("letters");
    }
    let error = plane.dead_letters(&context, &PageRequest::default()).await.expect_err("its calls are used up");
    assert!(matches!(&error, Error::Conflict { code, .. } if code == "calls_used_up"), "which is said: {error:?}");
    plane.facts(&context).await.expect("and hinders nothing else");
}

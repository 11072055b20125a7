//! The queue of the embedded plane: a list in memory. It may be lost at any time, since the store can tell it again.

use super::{Queue, Work};
use domain::StepId;
use parking_lot::Mutex;
use std::collections::{HashSet, VecDeque};
use tokio::sync::Notify;

/// Ready work of one process.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    work: Mutex<(VecDeque<Work>, HashSet<StepId>)>,
    grown: Notify,
}

impl MemoryQueue {
    fn take(&self) -> Option<Work> {
        let (list, known) = &mut *self.work.lock();
        let first = list.pop_front()?;
        known.remove(&first.step);
        Some(first)
    }
}

#[async_trait::async_trait]
impl Queue for MemoryQueue {
    fn push(&self, work: Work) {
        let (list, known) = &mut *self.work.lock();
        if known.insert(work.step.clone()) {
            list.push_back(work);
            self.grown.notify_one();
        }
    }

    fn replace(&self, work: Vec<Work>) {
        {
            let (list, known) = &mut *self.work.lock();
            *known = work.iter().map(|work| work.step.clone()).collect();
            *list = work.into();
        }
        self.grown.notify_one();
    }

    async fn pop(&self) -> Work {
        loop {
            // A stored permit of `notify_one` covers work that arrives between the look and the wait.
            if let Some(work) = self.take() {
                return work;
            }
            self.grown.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MemoryQueue, Queue, Work};
    use domain::Timestamp;

    fn work(step: &str) -> Work {
        Work { run: "run".into(), step: step.into(), ready_at: Timestamp::from_millis(0) }
    }

    #[tokio::test]
    async fn is_first_in_first_out_and_keeps_each_step_once() {
        let queue = MemoryQueue::default();
        for step in ["a", "b", "a", "c"] {
            queue.push(work(step));
        }
        let order = [queue.pop().await, queue.pop().await, queue.pop().await].map(|work| work.step.to_string());
        assert_eq!(order, ["a", "b", "c"], "the second `a` is the same work");
        queue.push(work("a"));
        assert_eq!(queue.pop().await.step.as_str(), "a", "work that was taken may come again");
    }

    #[tokio::test]
    async fn a_dropped_pop_loses_nothing() {
        let queue = MemoryQueue::default();
        {
            let mut waiting = Box::pin(queue.pop());
            assert!(futures::poll!(&mut waiting).is_pending(), "there is nothing yet");
            queue.push(work("a"));
        }
        assert_eq!(queue.pop().await.step.as_str(), "a", "the work outlives the call that was dropped");
    }
}

//! A process and all that it starts, as one thing that can be ended.
//!
//! The child leads a process group of its own, and signals go to the group, so grandchildren are reached as well. A
//! descendant that leaves the group on purpose (`setsid`) is found by its marker instead; see [`crate::tools::orphans`].

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};

/// A process group. Dropping it kills whatever is left in it, so that an abandoned attempt leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Group {
    #[cfg(unix)]
    leader: Option<Pid>,
}

impl Group {
    /// The group that is led by the child of this process id.
    #[cfg(unix)]
    pub(crate) fn led_by(id: Option<u32>) -> Self {
        Self { leader: id.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) }
    }

    /// Without process groups only the child itself is ended, by its own handle.
    #[cfg(not(unix))]
    pub(crate) fn led_by(_id: Option<u32>) -> Self {
        Self {}
    }

    /// Asks every process of the group to end.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Not possible here.
    #[cfg(not(unix))]
    pub(crate) fn terminate(&self) {}

    /// Ends every process of the group at once; says whether there was any.
    #[cfg(unix)]
    pub(crate) fn kill(&self) -> bool {
        self.signal(Signal::KILL)
    }

    /// Not possible here.
    #[cfg(not(unix))]
    pub(crate) fn kill(&self) -> bool {
        false
    }

    /// Nothing is left in the group: its number may belong to somebody else from now on.
    pub(crate) fn release(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) -> bool {
        self.leader.is_some_and(|leader| kill_process_group(leader, signal).is_ok())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

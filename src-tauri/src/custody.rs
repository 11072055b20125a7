//! Who has the built-in control plane behind a face that stays, from its start to its end.
//!
//! This process takes it if nobody has it. If another one has it, this one watches over the socket: it tells the console
//! when the other is gone and when somebody serves again. Taking it over is left to a person, who asks for it through
//! [`PlaneStarter`]: whoever stopped the other process may be about to start it anew, and must not find it taken.

use crate::{
    data_dir::DataDir,
    plane::{self, Owner, Plane},
    socket,
    start_error::StartError,
};
use console::{Console, NotStarted, PlaneStarter, view::BuiltInPlane};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::sleep};
use tokio_util::sync::CancellationToken;

/// Between two looks whether the other process still serves.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The built-in control plane as this process has it.
#[derive(Debug)]
pub(crate) struct Custody {
    dir: DataDir,
    /// `None` where it is not wanted, and once the end was asked for.
    owner: Mutex<Option<Owner>>,
}

impl Custody {
    /// Takes the control plane, or finds who has it.
    pub(crate) async fn open(dir: &DataDir) -> Result<Arc<Self>, StartError> {
        let owner = Plane::open_or_find(dir).await?;
        Ok(Arc::new(Self { dir: dir.clone(), owner: Mutex::new(Some(owner)) }))
    }

    /// For a face that contacts nothing: neither takes the control plane nor looks for it.
    pub(crate) fn none(dir: &DataDir) -> Arc<Self> {
        Arc::new(Self { dir: dir.clone(), owner: Mutex::new(None) })
    }

    /// Where it is.
    pub(crate) async fn place(&self) -> BuiltInPlane {
        match &*self.owner.lock().await {
            Some(Owner::Us(_)) => BuiltInPlane::Embedded,
            Some(Owner::Other) => BuiltInPlane::Attached,
            None => BuiltInPlane::NotRunning,
        }
    }

    /// Tells the console where the control plane is, until the end is asked for; then ends it in order if it is ours.
    pub(crate) async fn hold(&self, console: &Console, asked: &CancellationToken) {
        let mut told = self.place().await;
        let watching = async {
            loop {
                sleep(LOOK_EVERY).await;
                let place = match self.place().await {
                    BuiltInPlane::Attached if !socket::is_served(&self.dir.socket()).await => BuiltInPlane::NotRunning,
                    place => place,
                };
                if place != told {
                    tracing::info!(?place, "the built-in control plane is elsewhere now");
                    console.built_in_plane_is(place);
                    told = place;
                }
            }
        };
        tokio::select! {
            () = watching => {}
            () = asked.cancelled() => {}
        }
        if let Some(Owner::Us(plane)) = self.owner.lock().await.take() {
            plane.stop(plane::GRACE).await;
        }
    }
}

#[async_trait::async_trait]
impl PlaneStarter for Custody {
    async fn start(&self) -> Result<BuiltInPlane, NotStarted> {
        let mut owner = self.owner.lock().await;
        if owner.is_none() {
            let reason = "this face was told to contact nothing".to_owned();
            return Err(NotStarted { reason, remedy: Some("Start it again without --offline.".to_owned()) });
        }
        if matches!(*owner, Some(Owner::Other)) {
            let found = Plane::open_or_find(&self.dir).await;
            *owner = Some(found.map_err(|error| NotStarted { reason: error.to_string(), remedy: error.hint() })?);
        }
        drop(owner);
        Ok(self.place().await)
    }
}

//! The stage of a drill: an engine and a server as the built-in plane has them, over a data directory that is thrown away,
//! with AI providers that fail by script.
//!
//! Nothing of it can leave this machine, and not because somebody is careful: its plane knows no tool but `ai`, `echo` and
//! `wait`, its only key is made for it, its providers are at loopback addresses or it does not open, and it listens on a
//! socket alone.

mod lock;
mod readings;
mod scene;
#[cfg(test)]
mod tests;
mod workload;

use crate::data_dir::DataDir;
use console::{DrillSeen, DrillStage, NotStarted, OpenedDrill};
use domain::DrillScenario;
use drill::Scenario;
use lock::Held;
use scene::Scene;
use tokio::sync::Mutex;

/// Plays these scenarios below a data directory, one at a time.
#[derive(Debug)]
pub(crate) struct Rehearsal {
    dir: DataDir,
    scenarios: Vec<Scenario>,
    scene: Mutex<Option<Scene>>,
}

impl Rehearsal {
    pub(crate) fn new(dir: &DataDir, scenarios: Vec<Scenario>) -> Self {
        Self { dir: dir.clone(), scenarios, scene: Mutex::new(None) }
    }
}

#[async_trait::async_trait]
impl DrillStage for Rehearsal {
    fn scenarios(&self) -> Vec<DrillScenario> {
        self.scenarios.iter().map(|scenario| scenario.known.clone()).collect()
    }

    async fn tidy(&self) -> bool {
        // Nobody has ever played one here: the lock comes before everything else of a drill.
        if !self.dir.drill_lock().exists() {
            return false;
        }
        match Held::take(&self.dir) {
            Ok(Some(_held)) => {
                scene::remove(&self.dir.drill());
                false
            }
            Ok(None) => true,
            Err(error) => {
                tracing::warn!(%error, "whether somebody plays a drill cannot be seen");
                true
            }
        }
    }

    async fn open(&self, scenario: &str) -> Result<OpenedDrill, NotStarted> {
        let mut scene = self.scene.lock().await;
        let known = self.scenarios.iter().find(|known| known.known.id == scenario);
        let known = known.ok_or_else(|| refused(format!("there is no scenario {scenario}"), None))?;
        let taken = || {
            let reason = "another process of this user plays one".to_owned();
            refused(reason, Some("End that one first.".to_owned()))
        };
        let held = Held::take(&self.dir).map_err(|error| refused(error.to_string(), None))?.ok_or_else(taken)?;
        if scene.is_some() {
            return Err(taken());
        }
        scene::remove(&self.dir.drill());
        let opened = Scene::open(&self.dir.drill(), known, held).await;
        let opened = opened.map_err(|error| refused(error.to_string(), error.hint()))?;
        let told = OpenedDrill {
            address: format!("unix:{}", self.dir.drill().socket().display()),
            providers: opened.providers(),
            phases: known.phases.clone(),
        };
        *scene = Some(opened);
        Ok(told)
    }

    async fn rest(&self) {
        if let Some(scene) = &*self.scene.lock().await {
            scene.rest().await;
        }
    }

    async fn seen(&self) -> Option<DrillSeen> {
        self.scene.lock().await.as_mut()?.seen().await
    }

    async fn close(&self) {
        let scene = self.scene.lock().await.take();
        if let Some(scene) = scene {
            scene.close().await;
        }
    }
}

const fn refused(reason: String, remedy: Option<String>) -> NotStarted {
    NotStarted { reason, remedy }
}

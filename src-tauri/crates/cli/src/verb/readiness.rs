//! `readiness`.

use super::Session;
use crate::{
    arguments::{Format, ReadinessArguments},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::RunChecks;
use domain::Readiness;

pub(super) async fn run(
    session: &Session<'_>,
    arguments: &ReadinessArguments,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let readiness: Readiness = if session.settings.offline {
        session.ask("readiness.get", ()).await?
    } else {
        let request = RunChecks { checks: arguments.check.clone(), connection: session.connection() };
        session.ask("readiness.run", request).await?
    };
    match screen.format() {
        Format::Table => {
            screen.table(&render::readiness(&readiness))?;
            screen.line(&format!("score {}", readiness.score))?;
        }
        Format::Json => screen.document(&readiness)?,
        Format::Ndjson => {
            screen.documents(&readiness.checks)?;
            screen.document(&serde_json::json!({ "score": readiness.score }))?;
        }
    }
    let is_below = arguments.fail_under.is_some_and(|bound| readiness.score < bound);
    Ok(if is_below { Exit::NotReady } else { Exit::Done })
}

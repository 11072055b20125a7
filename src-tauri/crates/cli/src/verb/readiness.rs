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
use domain::{ConnectionId, Readiness};

pub(super) async fn run(
    session: &Session<'_>,
    arguments: &ReadinessArguments,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let named = session.named()?;
    let readiness: Readiness = if session.settings.offline {
        session.ask("readiness.get", ()).await?
    } else {
        let request = RunChecks { checks: arguments.check.clone(), connection: named.clone() };
        session.ask("readiness.run", request).await?
    };
    let readiness = of_those_asked_for(readiness, named.as_ref(), &arguments.check)?;
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

/// Checks of the connection that was named, those that were named, and the score of these alone.
fn of_those_asked_for(
    readiness: Readiness,
    connection: Option<&ConnectionId>,
    ids: &[String],
) -> Result<Readiness, Trouble> {
    let mut checks = readiness.checks;
    if let Some(unknown) = ids.iter().find(|id| checks.iter().all(|check| check.id != **id)) {
        return Err(Trouble::given(format!("there is no check {unknown:?}"), "See `breakwater readiness`."));
    }
    checks.retain(|check| ids.is_empty() || ids.contains(&check.id));
    // Without contact the checks of the usual plane come back; they say nothing of another.
    checks
        .retain(|check| connection.is_none() || check.connection.is_none() || check.connection.as_ref() == connection);
    Ok(Readiness::of(checks))
}

#[cfg(test)]
mod tests {
    use super::of_those_asked_for;
    use domain::{Check, CheckStatus, Readiness};

    fn check(id: &str, connection: Option<&str>, status: CheckStatus) -> Check {
        Check {
            id: id.into(),
            title: String::new(),
            proves: String::new(),
            group: String::new(),
            connection: connection.map(Into::into),
            status,
            evidence: None,
            remedy: String::new(),
            owner: String::new(),
            weight: 1,
            checked_at: None,
        }
    }

    #[test]
    fn the_score_is_that_of_the_checks_that_were_asked_for() {
        let all = || {
            Readiness::of(vec![
                check("plane.live", Some("local"), CheckStatus::Pass),
                check("console.disk", None, CheckStatus::Fail),
            ])
        };
        let one = of_those_asked_for(all(), None, &["plane.live".to_owned()]).expect("there is such a check");
        assert_eq!((one.checks.len(), one.score), (1, 100), "what was not asked for does not count");
        let other = of_those_asked_for(all(), Some(&"staging".into()), &[]).expect("nothing is named");
        assert_eq!((other.checks.len(), other.score), (1, 0), "a check of another plane says nothing of this one");
        assert!(of_those_asked_for(all(), None, &["typo".to_owned()]).is_err(), "a typo is refused");
    }
}

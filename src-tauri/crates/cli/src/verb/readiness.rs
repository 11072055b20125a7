//! `readiness`.

mod report;

use super::Session;
use crate::{
    arguments::{Output, ReadinessArguments, ReadinessVerb},
    exit::Exit,
    render,
    screen::Screen,
    trouble::Trouble,
};
use console::view::{ReadinessQuery, RunChecks};
use domain::{ConnectionId, Readiness, Timestamp};

pub(super) async fn run(
    session: &Session<'_>,
    arguments: &ReadinessArguments,
    screen: &mut Screen<'_>,
) -> Result<Exit, Trouble> {
    let named = session.named()?;
    if let Some(ReadinessVerb::Report { out, force }) = &arguments.verb {
        return report::write(session, named, out, *force, screen).await;
    }
    let known: Readiness = session.ask("readiness.get", ReadinessQuery { connection: named.clone() }).await?;
    all_exist(&known, &arguments.check)?;
    let readiness = if session.settings.offline {
        screen.note(&as_last_probed(known.checked_at));
        known
    } else {
        let request = RunChecks { checks: arguments.check.clone(), connection: named.clone() };
        session.ask("readiness.run", request).await?
    };
    let readiness = of_those_asked_for(readiness, named.as_ref(), &arguments.check);
    match session.settings.output {
        Output::Table => {
            screen.table(&render::readiness(&readiness))?;
            screen.line(&format!("score {}", readiness.score))?;
        }
        Output::Json => screen.document(&readiness)?,
        Output::Ndjson => {
            screen.documents(&readiness.checks)?;
            screen.document(&serde_json::json!({ "score": readiness.score }))?;
        }
        Output::Junit => screen.text(&render::junit(&readiness))?,
        Output::Markdown => screen.text(&console::readiness_in_markdown(&readiness))?,
    }
    let is_below = arguments.fail_under.is_some_and(|bound| readiness.score < bound);
    Ok(if is_below { Exit::NotReady } else { Exit::Done })
}

fn as_last_probed(at: Option<Timestamp>) -> String {
    match at {
        Some(at) => format!("nothing was probed: this is as it was last found, at {} or before", render::moment(at)),
        None => "nothing was probed, now or before".to_owned(),
    }
}

fn all_exist(readiness: &Readiness, ids: &[String]) -> Result<(), Trouble> {
    match ids.iter().find(|id| readiness.checks.iter().all(|check| check.id != **id)) {
        Some(unknown) => Err(Trouble::missing(format!("there is no check {unknown:?}"), "See `breakwater readiness`.")),
        None => Ok(()),
    }
}

/// Checks of the connection that was named, those that were named, and the score of these alone.
fn of_those_asked_for(readiness: Readiness, connection: Option<&ConnectionId>, ids: &[String]) -> Readiness {
    let mut checks = readiness.checks;
    checks.retain(|check| ids.is_empty() || ids.contains(&check.id));
    // Without contact the checks of the usual plane come back; they say nothing of another.
    checks
        .retain(|check| connection.is_none() || check.connection.is_none() || check.connection.as_ref() == connection);
    Readiness::of(checks)
}

#[cfg(test)]
mod tests {
    use super::{all_exist, as_last_probed, of_those_asked_for};
    use crate::exit::Exit;
    use domain::{Check, CheckStatus, Points, Readiness, Timestamp};

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
            points: Points::default(),
            checked_at: None,
            expires_at: None,
            since: None,
            last_pass: None,
            regressed: false,
            writes: None,
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
        let one = of_those_asked_for(all(), None, &["plane.live".to_owned()]);
        assert_eq!((one.checks.len(), one.score), (1, 100), "what was not asked for does not count");
        let other = of_those_asked_for(all(), Some(&"staging".into()), &[]);
        assert_eq!((other.checks.len(), other.score), (1, 0), "a check of another plane says nothing of this one");
        let typo = all_exist(&all(), &["typo".to_owned()]).map_err(|trouble| trouble.exit());
        assert_eq!(typo, Err(Exit::NotFound), "a typo is not found, as for every other noun");
    }

    #[test]
    fn what_was_not_probed_says_when_it_was() {
        let at = Timestamp::from_millis(1_787_368_462_007);
        assert!(as_last_probed(Some(at)).contains("2026-08-22 03:14:22Z"), "an old pass is not taken for a new one");
        assert!(as_last_probed(None).contains("nothing was probed"), "nor is nothing");
    }
}

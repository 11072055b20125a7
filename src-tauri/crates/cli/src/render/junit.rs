//! Readiness as `JUnit` XML, for programs that know tests: a suite for each group, a test for each check.
//!
//! Unknown is a failure of its own type and never skipped, since what is not known is not ready. A warning is no failure;
//! what it found is told, and the score counts it.

use crate::visible::visible;
use domain::{Check, CheckStatus, Readiness};
use std::fmt::Write as _;

/// The whole document.
pub(crate) fn junit(readiness: &Readiness) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"breakwater readiness\" tests=\"{}\" \
         failures=\"{}\" errors=\"0\" time=\"{}\">\n",
        readiness.checks.len(),
        failures(&readiness.checks.iter().collect::<Vec<_>>()),
        seconds(readiness.checks.iter().map(duration_ms).sum())
    );
    for (name, checks) in suites(readiness) {
        suite(&mut xml, readiness.score, &name, &checks);
    }
    xml.push_str("</testsuites>\n");
    xml
}

/// Checks by connection and group, in the order of the registry.
fn suites(readiness: &Readiness) -> Vec<(String, Vec<&Check>)> {
    let mut suites: Vec<(String, Vec<&Check>)> = Vec::new();
    for check in &readiness.checks {
        let of = check.connection.as_ref().map_or_else(String::new, |connection| format!("{connection}: "));
        let name = format!("{of}{}", check.group);
        match suites.iter_mut().find(|(known, _)| *known == name) {
            Some((_, checks)) => checks.push(check),
            None => suites.push((name, vec![check])),
        }
    }
    suites
}

fn suite(xml: &mut String, score: u32, name: &str, checks: &[&Check]) {
    let sum = |part: fn(&Check) -> u32| points(checks.iter().map(|check| part(check)).sum());
    let _ = write!(
        xml,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{}\"{}>\n    \
         <properties>\n      <property name=\"score\" value=\"{score}\"/>\n      \
         <property name=\"points.earned\" value=\"{}\"/>\n      <property name=\"points.possible\" value=\"{}\"/>\n    \
         </properties>\n",
        escaped(name),
        checks.len(),
        failures(checks),
        seconds(checks.iter().copied().map(duration_ms).sum()),
        checks
            .iter()
            .filter_map(|check| check.checked_at)
            .max()
            .map_or_else(String::new, |at| { format!(" timestamp=\"{at}\"") }),
        sum(|check| check.points.earned),
        sum(|check| check.points.possible)
    );
    for check in checks {
        case(xml, check);
    }
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, check: &Check) {
    let finding = check.evidence.as_ref().map_or("Not probed yet.", |evidence| evidence.finding.as_str());
    let _ = writeln!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">",
        escaped(&check.id),
        escaped(&check.title),
        seconds(duration_ms(check))
    );
    if let Some(kind) = failure(check.status) {
        let _ = writeln!(
            xml,
            "      <failure type=\"{kind}\" message=\"{}\">{}</failure>",
            escaped(finding),
            escaped(&format!("Remedy: {}\nOwner: {}", check.remedy, check.owner))
        );
    }
    let evidence = check
        .evidence
        .as_ref()
        .map_or_else(String::new, |evidence| format!("\nAsked: {}\nCame back: {}", evidence.request, evidence.answer));
    let told =
        format!("{finding}\nPoints: {} of {}{evidence}", points(check.points.earned), points(check.points.possible));
    let _ = writeln!(xml, "      <system-out>{}</system-out>\n    </testcase>", escaped(&told));
}

const fn failure(status: CheckStatus) -> Option<&'static str> {
    match status {
        CheckStatus::Fail => Some("fail"),
        CheckStatus::Unknown => Some("unknown"),
        CheckStatus::Pass | CheckStatus::Warn => None,
    }
}

fn failures(checks: &[&Check]) -> usize {
    checks.iter().filter(|check| failure(check.status).is_some()).count()
}

fn duration_ms(check: &Check) -> u64 {
    check.evidence.as_ref().map_or(0, |evidence| evidence.duration_ms)
}

fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

/// Tenths of a point as a number.
pub(super) fn points(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Text for an attribute or an element. What XML has no place for becomes visible; line ends stay.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            safe.push_str("&#10;");
        }
        for character in visible(line).chars() {
            match character {
                '&' => safe.push_str("&amp;"),
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '"' => safe.push_str("&quot;"),
                '\'' => safe.push_str("&apos;"),
                '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
                character => safe.push(character),
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::junit;
    use domain::{Check, CheckStatus, Evidence, Points, Readiness};
    use quick_xml::{Reader, XmlVersion, events::Event};

    const HOSTILE: &str = "]]></failure><script>\u{1b}[2J\u{0}\u{ffff} & \"quoted\" 'twice'\nnext line";

    fn check(id: &str, group: &str, status: CheckStatus, evidence: bool) -> Check {
        let text = || HOSTILE.to_owned();
        let seen = || Evidence { request: text(), answer: text(), finding: text(), duration_ms: 1_007 };
        Check {
            id: id.into(),
            title: text(),
            proves: text(),
            group: group.into(),
            connection: (group != "Console").then(|| "local".into()),
            status,
            evidence: evidence.then(seen),
            remedy: text(),
            owner: text(),
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

    /// An element with its attributes.
    type Element = (String, Vec<(String, String)>);

    /// Every element with its attributes, and every text, as a reader of XML sees them.
    fn read(xml: &str) -> (Vec<Element>, String) {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut elements, mut texts) = (Vec::new(), String::new());
        loop {
            match reader.read_event().expect("the document is well formed") {
                Event::Start(element) | Event::Empty(element) => {
                    let attributes = element.attributes().map(|attribute| {
                        let attribute = attribute.expect("attributes are well formed");
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("entities are known");
                        (attribute.key.as_ref().to_owned(), value.into_owned())
                    });
                    elements.push((element.name().as_ref().to_owned(), attributes.collect()));
                }
                Event::Text(text) => texts.push_str(&text),
                Event::Eof => return (elements, texts),
                _ => {}
            }
        }
    }

    #[test]
    fn a_reader_of_xml_finds_every_check_and_no_markup_of_others() {
        let readiness = Readiness::of(vec![
            check("plane.live", "Control plane", CheckStatus::Pass, true),
            check("plane.ready", "Control plane", CheckStatus::Fail, true),
            check("plane.clock", "Control plane", CheckStatus::Unknown, false),
            check("console.disk", "Console", CheckStatus::Warn, true),
        ]);
        let xml = junit(&readiness);
        let (elements, texts) = read(&xml);
        let named = |name: &str| elements.iter().filter(|(element, _)| element == name).collect::<Vec<_>>();
        let value = |element: &Element, key: &str| {
            element.1.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let suites: Vec<_> = named("testsuite").iter().map(|suite| value(suite, "name")).collect();
        assert_eq!(suites, ["local: Control plane", "Console"], "one suite for each group of a connection");
        assert_eq!(named("testcase").len(), 4, "one test for each check");
        let failures: Vec<_> = named("failure").iter().map(|failure| value(failure, "type")).collect();
        assert_eq!(failures, ["fail", "unknown"], "unknown is a failure, and a warning is none");
        assert_eq!(value(named("testsuites")[0], "failures"), "2", "as the head counts");
        assert!(named("skipped").is_empty() && named("script").is_empty(), "nothing is skipped, nothing smuggled in");
        let properties: Vec<_> =
            named("property").iter().map(|one| (value(one, "name"), value(one, "value"))).collect();
        assert!(properties.contains(&("score".into(), "37".into())), "the score is there: {properties:?}");
        assert!(properties.contains(&("points.possible".into(), "75.0".into())), "and what a group could give");
        assert_eq!(value(named("testcase")[0], "time"), "1.007", "in seconds");
        assert!(!xml.contains(['\u{1b}', '\u{0}', '\u{ffff}']), "XML has no place for these");
        assert!(!texts.contains("]]>"), "the end of a section is none here");
    }
}

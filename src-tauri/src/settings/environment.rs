//! Variables of the environment that the control plane reads itself.
//!
//! Deliberately absent: the data directory and the token of a connection, which the command line judges, and keys of AI
//! providers, which a step asks for when it needs them.

use super::{outside::Outside, section::Broken, web_address};
use domain::Fault;
use engine::tools::AiEndpoints;
use tracing_subscriber::EnvFilter;

/// Judges them all; answers where the AI providers are.
pub(super) fn judge(outside: &Outside<'_>, faults: &mut Vec<Fault>) -> AiEndpoints {
    let mut read = |name: &str, judge: fn(&str) -> Result<String, Broken>| {
        let text = (outside.variable)(name)?.into_string();
        let judged = text.map_err(|_| NOT_TEXT).and_then(|text| judge(&text));
        judged.map_err(|broken| faults.push(broken.at(format!("env.{name}")))).ok()
    };
    let usual = AiEndpoints::default();
    let anthropic = read("ANTHROPIC_BASE_URL", web_address::any_service).unwrap_or(usual.anthropic);
    let openai = read("OPENAI_BASE_URL", web_address::any_service).unwrap_or(usual.openai);
    read("BREAKWATER_LOG", filter);
    AiEndpoints { anthropic, openai }
}

const NOT_TEXT: Broken =
    Broken { rule: "characters", message: "The variable is not text.", remedy: "Write it in UTF-8, or unset it." };

fn filter(text: &str) -> Result<String, Broken> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| Broken {
        rule: "filter",
        message: "This does not say what to log.",
        remedy: "Write e.g. info, or engine=debug,server=info.",
    })
}

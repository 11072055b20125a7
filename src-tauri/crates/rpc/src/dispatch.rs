//! From a name and a JSON request to a JSON reply. Made from the list of commands, so no command can be forgotten.

use crate::commands::with_commands;
use console::{
    Console, code,
    view::{
        AcknowledgeProblem, ActOnBilling, ActOnBreaker, ActOnProject, ActOnTeam, AddConnection, BillRef, BlastQuery,
        BreakerRef, ConnectionRef, CoverageQuery, CreateApiKey, CreateRun, DecideGate, DeleteStore, EditConnection,
        FillTemplate, FolderQuery, LogSearch, Looking, NoticeSettings, Preference, PreviewPlan, ProjectRef,
        ReadinessHistoryQuery, ReadinessQuery, ReadinessReportQuery, RequeueDeadLetters, RetryStep, RevokeApiKey,
        RunAct, RunChecks, RunQuery, RunRef, SearchQuery, SequenceQuery, SignIn, SignOut, StartDrill, Tag, TeamRef,
        TemplatesQuery, TestConnection, TriageQuery, WatchRun,
    },
};
use domain::{CorrelationId, Fault, WireError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::any::TypeId;

/// Carries out one command.
///
/// A command without a request takes `null` or `{}`. An error has one of the codes in [`console::code`]; a request that
/// cannot be read is `invalid` with the path of the fault.
pub async fn dispatch(console: &Console, command: &str, request: Value) -> Result<Value, WireError> {
    macro_rules! route {
        ($($(#[doc = $doc:literal])* $kind:ident $name:literal $method:ident($request:ty) -> $reply:ty, [$($tag:ident),*];)+) => {
            match command {
                $($name => {
                    let reply = written(&Box::pin(console.$method(read::<$request>(request)?)).await?)?;
                    if stringify!($kind) == "act" {
                        let tags: &[&str] = &[$(stringify!($tag)),*];
                        console.announce_stale(tags.iter().filter_map(|tag| stale(tag, &reply)).collect());
                    }
                    Ok(reply)
                })+
                _ => Err(unknown(command)),
            }
        };
    }
    with_commands!(route)
}

fn read<T: DeserializeOwned + 'static>(request: Value) -> Result<T, WireError> {
    let request = match request {
        Value::Object(fields) if fields.is_empty() && TypeId::of::<T>() == TypeId::of::<()>() => Value::Null,
        Value::Null if TypeId::of::<T>() != TypeId::of::<()>() => Value::Object(Map::new()),
        request => request,
    };
    serde_path_to_error::deserialize(request).map_err(|error| {
        let path = error.path().to_string();
        let message = without_value(&error.into_inner().to_string());
        let fault = Fault {
            path: if path == "." { String::new() } else { path },
            rule: "type".to_owned(),
            message: message.clone(),
            remedy: "See the request of this command in the schema.".to_owned(),
        };
        refused(code::INVALID, format!("the request cannot be read: {message}"), vec![fault])
    })
}

/// The message without the value that it quotes, which may be a secret.
fn without_value(message: &str) -> String {
    let quotes = ["invalid type", "invalid value", "unknown variant"].iter().any(|kind| message.starts_with(kind));
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if quotes => format!("this is not what is expected here: {expected}"),
        _ => message.to_owned(),
    }
}

fn written<T: Serialize>(reply: &T) -> Result<Value, WireError> {
    serde_json::to_value(reply).map_err(|error| {
        tracing::error!(%error, "a reply cannot be written");
        refused(code::INTERNAL, "the reply cannot be written".to_owned(), Vec::new())
    })
}

fn unknown(command: &str) -> WireError {
    let shown: String = command.chars().filter(|c| !c.is_control()).take(100).collect();
    let mut error = refused(code::UNKNOWN_COMMAND, format!("there is no command {shown:?}"), Vec::new());
    error.hint = Some("The page and this program may be of different versions: reload the page.".to_owned());
    error
}

fn refused(code: &str, message: String, faults: Vec<Fault>) -> WireError {
    let correlation_id = CorrelationId::new(uuid::Uuid::new_v4().simple().to_string());
    tracing::info!(code, message, %correlation_id, "a request was refused at the door");
    WireError { code: code.to_owned(), message, hint: None, retry_after_ms: None, correlation_id, faults }
}

/// The tag by its name in the list. The run of a reply is named by the reply itself.
fn stale(tag: &str, reply: &Value) -> Option<Tag> {
    Some(match tag {
        "Runs" => Tag::Runs,
        "Run" => {
            Tag::Run { connection: reply.get("connection")?.as_str()?.into(), run: reply.get("id")?.as_str()?.into() }
        }
        "Connections" => Tag::Connections,
        "Breakers" => Tag::Breakers,
        "Readiness" => Tag::Readiness,
        "Coverage" => Tag::Coverage,
        "Templates" => Tag::Templates,
        "Projects" => Tag::Projects,
        "Teams" => Tag::Teams,
        "Audit" => Tag::Audit,
        "ApiKeys" => Tag::ApiKeys,
        "Queues" => Tag::Queues,
        "Billing" => Tag::Billing,
        "Preferences" => Tag::Preferences,
        "Acts" => Tag::Acts,
        "Drill" => Tag::Drill,
        "Notices" => Tag::Notices,
        "App" => Tag::App,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::stale;
    use crate::commands;
    use serde_json::json;

    #[test]
    fn every_tag_in_the_list_is_a_tag() {
        let reply = json!({ "connection": "local", "id": "run_1" });
        for command in commands() {
            for tag in command.tags {
                assert!(stale(tag, &reply).is_some(), "{} names the unknown tag {tag}", command.name);
            }
        }
    }
}

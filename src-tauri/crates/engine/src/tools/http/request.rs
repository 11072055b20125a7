//! What a step asks of another host, as the plan says it.

use crate::tools::{
    given::Given,
    inputs::{Fields, child, element, fault, kind, secret_in_plan},
    web,
};
use domain::Fault;
use reqwest::{Method, Url, header::HeaderName};
use serde_json::{Map, Value};
use std::time::Duration;

/// Headers whose value is a credential.
const SECRET_HEADERS: [&str; 6] =
    ["authorization", "cookie", "x-api-key", "proxy-authorization", "x-auth-token", "api-key"];
/// How much of an answer is read unless the plan says otherwise.
const BODY_CAP: usize = 1024 * 1024;

/// One request and what its answer must be.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(HeaderName, Given)>,
    pub(super) body: Option<Body>,
    pub(super) expect: Expect,
    pub(super) timeout: Duration,
    pub(super) body_cap: usize,
    pub(super) redirects: web::Redirects,
}

/// What is sent.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// Text from wherever the plan says.
    Text(Given),
    /// A value as JSON.
    Json(Value),
}

/// What the answer must be.
#[derive(Debug, Clone, Default)]
pub(super) struct Expect {
    /// `None` means 200 to 299; an empty list means any.
    pub(super) status: Option<Vec<u16>>,
    pub(super) body_contains: Option<String>,
    /// Dotted path and the value that must be there.
    pub(super) json: Vec<(String, Value)>,
}

impl Expect {
    /// Whether the status is as it must be.
    pub(super) fn allows(&self, status: u16) -> bool {
        match &self.status {
            None => (200..=299).contains(&status),
            Some(list) => list.is_empty() || list.contains(&status),
        }
    }
}

/// Reads the inputs of an `http` step.
pub(super) fn read(inputs: &Map<String, Value>) -> Result<Request, Vec<Fault>> {
    let mut fields = Fields::new(inputs, "");
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = fields.choice("method", &methods).and_then(|method| method.parse().ok()).unwrap_or(Method::GET);
    let url = url(&mut fields);
    let headers = headers(&mut fields);
    let body = body(&mut fields);
    let expect = fields.object("expect").map(|expect| read_expect(expect, "expect"));
    let (expect, faults) = expect.unwrap_or_default();
    fields.adopt(faults);
    let timeout = fields.duration("timeout", Duration::from_millis(1)..=Duration::from_hours(1));
    let cap = fields.integer("max_body_bytes", 0..=16 * 1024 * 1024).and_then(|cap| usize::try_from(cap).ok());
    let follow = fields.boolean("follow_redirects").unwrap_or(false);
    let faults = fields.finish();
    let request = url.map(|url| Request {
        method,
        url,
        headers,
        body,
        expect,
        timeout: timeout.unwrap_or(Duration::from_secs(30)),
        body_cap: cap.unwrap_or(BODY_CAP),
        redirects: if follow { web::Redirects::SameOrigin } else { web::Redirects::Shown },
    });
    request.filter(|_| faults.is_empty()).ok_or(faults)
}

fn url(fields: &mut Fields<'_>) -> Option<Url> {
    let text = fields.required_text("url", 1..=8_000)?;
    let url = text.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        fields.refuse(
            "url",
            "not_a_url",
            "url is not an address of http or https.",
            "Write a full address such as https://example.org/health.",
        );
        return None;
    };
    if !url.username().is_empty() || url.password().is_some() {
        let found = secret_in_plan(fields.path("url"), "url");
        fields.adopt([found]);
    }
    Some(url)
}

fn headers(fields: &mut Fields<'_>) -> Vec<(HeaderName, Given)> {
    let (mut headers, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in fields.object("headers").into_iter().flatten() {
        let path = child(&fields.path("headers"), name);
        let Ok(header) = name.parse::<HeaderName>() else {
            faults.push(fault(
                path,
                "not_a_name",
                "This cannot be the name of a header.",
                "Write a name such as Accept.",
            ));
            continue;
        };
        match Given::read(value, &path) {
            Ok(given) if given.is_literal() && SECRET_HEADERS.contains(&header.as_str()) => {
                faults.push(secret_in_plan(path, name));
            }
            Ok(Given::Literal(text)) if text.chars().any(|c| c.is_control() && c != '\t') => {
                faults.push(fault(
                    path,
                    "control_character",
                    "A header cannot hold control characters.",
                    "Remove them.",
                ));
            }
            Ok(given) => headers.push((header, given)),
            Err(fault) => faults.push(fault),
        }
    }
    fields.adopt(faults);
    headers
}

fn body(fields: &mut Fields<'_>) -> Option<Body> {
    let (text, json) = (fields.any("body"), fields.any("json"));
    match (text, json) {
        (Some(_), Some(_)) => {
            fields.refuse("json", "conflict", "body and json are both given.", "Keep one of them.");
            None
        }
        (Some(value), None) => match Given::read(value, &fields.path("body")) {
            Ok(given) => Some(Body::Text(given)),
            Err(fault) => {
                fields.adopt([fault]);
                None
            }
        },
        (None, Some(value)) => Some(Body::Json(value.clone())),
        (None, None) => None,
    }
}

fn read_expect(expect: &Map<String, Value>, path: &str) -> (Expect, Vec<Fault>) {
    let mut fields = Fields::new(expect, path);
    let status = fields.any("status").and_then(|value| match statuses(value, &fields.path("status")) {
        Ok(list) => Some(list),
        Err(fault) => {
            fields.adopt([fault]);
            None
        }
    });
    let body_contains = fields.text("body_contains", 1..=10_000).map(str::to_owned);
    let json = fields.object("json").into_iter().flatten().map(|(path, value)| (path.clone(), value.clone())).collect();
    (Expect { status, body_contains, json }, fields.finish())
}

fn statuses(value: &Value, path: &str) -> Result<Vec<u16>, Fault> {
    let remedy = "Write a status such as 200, a list such as [200, 204], or \"any\".";
    let one = |value: &Value, path: &str| {
        let status =
            value.as_u64().and_then(|status| u16::try_from(status).ok()).filter(|status| (100..=599).contains(status));
        status.ok_or_else(|| fault(path, "out_of_range", "This is not a status from 100 to 599.", remedy))
    };
    match value {
        Value::String(word) if word == "any" => Ok(Vec::new()),
        Value::Array(list) if list.is_empty() => Err(fault(path, "empty", "The list of statuses is empty.", remedy)),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| one(value, &element(path, index))).collect(),
        Value::Number(_) => one(value, path).map(|status| vec![status]),
        other => {
            Err(fault(path, "wrong_type", format!("status is {} where a number is expected.", kind(other)), remedy))
        }
    }
}

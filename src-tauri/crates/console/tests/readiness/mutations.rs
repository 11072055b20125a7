//! Protections that can be broken by what stands before a plane, each with the probe that must find it.

use serde_json::Value;
use std::time::Duration;
use testkit::{Asked, Meddling, Said};

/// One protection that is broken.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    /// The probe that must not pass any more.
    pub(crate) found_by: &'static str,
    pub(crate) meddling: Meddling,
}

const RUNS: &str = "/api/v1/runs";

/// Every mutation; the token is one that the plane takes.
pub(crate) fn all(token: &str) -> Vec<Mutation> {
    [entrances(token), answers(), limits(), contract(), state()].into_iter().flatten().collect()
}

fn one(name: &'static str, found_by: &'static str, meddling: Meddling) -> Mutation {
    Mutation { name, found_by, meddling }
}

/// Lets a stranger in whose request is like this.
fn opened(token: &str, is_opened: fn(&mut Asked) -> bool) -> Meddling {
    let bearer = format!("Bearer {token}");
    Meddling::before(move |asked| {
        if is_opened(asked) {
            asked.headers.retain(|(name, _)| name != "authorization");
            asked.headers.push(("authorization".to_owned(), bearer.clone()));
        }
        None
    })
}

fn shows_nothing(asked: &Asked) -> bool {
    asked.header("authorization").is_none()
}

fn entrances(token: &str) -> Vec<Mutation> {
    let by = |is_opened| opened(token, is_opened);
    vec![
        one("strangers are let in as somebody", "access.no_credential", by(|asked| shows_nothing(asked))),
        one(
            "one route is forgotten by the check of who asks",
            "access.no_credential",
            by(|asked| shows_nothing(asked) && asked.path == "/api/v1/queue"),
        ),
        one(
            "any bearer token is taken for a good one",
            "access.wrong_credential",
            by(|asked| asked.header("authorization").is_some_and(|value| value.starts_with("Bearer made-up"))),
        ),
        one(
            "a header that names a user is believed",
            "access.forged_headers",
            by(|asked| shows_nothing(asked) && asked.header("x-forwarded-user").is_some()),
        ),
        one(
            "a header that names an address is believed",
            "access.forged_headers",
            by(|asked| shows_nothing(asked) && asked.header("x-real-ip") == Some("127.0.0.1")),
        ),
        one(
            "a header that names another path is followed past the check",
            "access.forged_headers",
            by(|asked| {
                let Some(path) = asked.header("x-original-url").map(str::to_owned) else { return false };
                asked.path = path;
                shows_nothing(asked)
            }),
        ),
        one(
            "a header that names another method is followed past the check",
            "access.forged_headers",
            by(|asked| {
                let Some(method) = asked.header("x-http-method-override").map(str::to_owned) else { return false };
                asked.method = method;
                shows_nothing(asked)
            }),
        ),
        one(
            "a token in the address is taken whatever it is",
            "access.in_address",
            by(|asked| {
                let is_opened = shows_nothing(asked) && asked.query.contains("access_token=");
                if is_opened {
                    asked.query.clear();
                }
                is_opened
            }),
        ),
        one(
            "a parameter turns the check off",
            "access.in_address",
            by(|asked| {
                let is_opened = shows_nothing(asked) && asked.query.contains("auth=off");
                if is_opened {
                    asked.query.clear();
                }
                is_opened
            }),
        ),
        one(
            "an empty bearer token is somebody",
            "access.malformed_credential",
            by(|asked| asked.header("authorization") == Some("Bearer null")),
        ),
        one(
            "a stranger is told which run is not there",
            "access.hides_existence",
            Meddling::before(|asked| {
                let is_told = shows_nothing(asked) && asked.path.ends_with("dead") && asked.path.starts_with(RUNS);
                is_told.then(|| refusal(404, "not_found", "the run is not there"))
            }),
        ),
        one(
            "every name of the machine is answered to",
            "access.foreign_host",
            Meddling::before(|asked| {
                if let Some((_, value)) = asked.headers.iter_mut().find(|(name, _)| name == "host") {
                    "localhost".clone_into(value);
                }
                None
            }),
        ),
    ]
}

fn without(names: &'static [&'static str]) -> Meddling {
    Meddling::after(move |_, said| said.headers.retain(|(name, _)| !names.contains(&name.as_str())))
}

fn answers() -> Vec<Mutation> {
    vec![
        one(
            "a page may frame the plane",
            "access.browser_headers",
            without(&["x-frame-options", "content-security-policy"]),
        ),
        one("browsers may guess what an answer is", "access.browser_headers", without(&["x-content-type-options"])),
        one("answers may be kept on the way", "access.not_kept", without(&["cache-control"])),
        one(
            "whatever origin asks is allowed",
            "access.other_origins",
            Meddling::after(|asked, said| {
                if let Some(origin) = asked.header("origin") {
                    said.headers.push(("access-control-allow-origin".to_owned(), origin.to_owned()));
                    said.headers.push(("access-control-allow-credentials".to_owned(), "true".to_owned()));
                }
            }),
        ),
        one("correlation ids are lost", "contract.correlation", without(&["x-correlation-id"])),
    ]
}

fn limits() -> Vec<Mutation> {
    const TOLD: &[&str] = &["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "ratelimit-policy"];
    vec![
        one("nobody is told of limits", "limits.told", without(TOLD)),
        one("the limit does not count", "limits.count_down", remaining(|_| true)),
        one("strangers are not counted", "limits.strangers", remaining(shows_nothing)),
        one(
            "a body that is too large breaks the plane",
            "limits.body",
            Meddling::after(|_, said| {
                if said.status == 413 {
                    *said = refusal(500, "internal", "the control plane has a defect");
                }
            }),
        ),
    ]
}

/// Says that as much is left as before.
fn remaining(is_meant: fn(&Asked) -> bool) -> Meddling {
    Meddling::after(move |asked, said| {
        let left = said.headers.iter_mut().find(|(name, _)| name == "ratelimit-remaining");
        if let Some((_, value)) = left.filter(|_| is_meant(asked)) {
            "900000".clone_into(value);
        }
    })
}

fn contract() -> Vec<Mutation> {
    let refused = |change: fn(&mut Said)| {
        Meddling::after(move |_, said| {
            if said.status >= 400 && said.status != 503 {
                change(said);
            }
        })
    };
    vec![
        one(
            "errors are pages",
            "contract.envelope",
            refused(|said| {
                said.headers.retain(|(name, _)| name != "content-type");
                said.headers.push(("content-type".to_owned(), "text/html".to_owned()));
                said.body = b"<html>Something went wrong</html>".to_vec();
            }),
        ),
        one(
            "errors have no code",
            "contract.envelope",
            refused(|said| change(said, |json| json["error"]["code"] = Value::Null)),
        ),
        one(
            "errors tell where they happened",
            "contract.no_internals",
            refused(|said| change(said, |json| json["error"]["message"] = "panicked at src/main.rs:10:5".into())),
        ),
        one("what is not there is a defect", "contract.not_found", status(404, 500)),
        one("a method that is not taken is answered", "contract.method", status(405, 200)),
        one("a broken body is a defect", "contract.malformed", status(400, 500)),
        one("the size of a page is not looked at", "contract.page_bounds", unasked("limit")),
        one("the place of a page is not looked at", "contract.pages", unasked("after")),
        one(
            "the document leaves a route out",
            "contract.document",
            Meddling::after(|asked, said| {
                if asked.path.ends_with("openapi.json") {
                    change(said, |json| {
                        json["paths"].as_object_mut().map(|paths| paths.remove(RUNS));
                    });
                }
            }),
        ),
        one("the live feed cannot be resumed", "contract.feed", Meddling::cutting_resumed_streams()),
        one(
            "readiness says what liveness says",
            "contract.ready_parts",
            Meddling::before(|asked| {
                if asked.path == "/health/ready" {
                    "/health/live".clone_into(&mut asked.path);
                }
                None
            }),
        ),
        one(
            "health needs a credential",
            "contract.open_probes",
            Meddling::before(|asked| {
                let is_asked = asked.path.starts_with("/health") && shows_nothing(asked);
                is_asked.then(|| refusal(401, "unauthenticated", "a bearer token is needed"))
            }),
        ),
    ]
}

fn state() -> Vec<Mutation> {
    let at = |path: &'static str, edit: fn(&mut Value)| {
        Meddling::after(move |asked, said| {
            if asked.path == path {
                change(said, edit);
            }
        })
    };
    vec![
        one(
            "the plane cannot work",
            "plane.ready",
            Meddling::before(|asked| {
                (asked.path == "/health/ready").then(|| refusal(503, "not_ready", "the database is away"))
            }),
        ),
        one(
            "the plane does not say that it lives",
            "plane.live",
            Meddling::before(|asked| (asked.path == "/health/live").then(|| refusal(503, "not_live", "it is away"))),
        ),
        one("answers take long", "plane.latency", Meddling::slow("/api/v1/identity", Duration::from_millis(250))),
        one(
            "the clock is an hour ahead",
            "plane.clock",
            at("/api/v1/identity", |json| {
                let ahead = domain::Clock::now(&domain::SystemClock).plus(Duration::from_hours(1));
                json["data"]["server_time"] = ahead.to_string().into();
            }),
        ),
        one(
            "the plane is of another version",
            "plane.version",
            at("/api/v1/identity", |json| {
                json["data"]["version"] = "9.9.9".into();
            }),
        ),
        one(
            "the plane fails often",
            "work.error_rate",
            Meddling::after(|asked, said| {
                if asked.path == "/metrics" {
                    said.body.extend_from_slice(
                        b"breakwater_http_requests_total{method=\"GET\",route=\"/\",status=\"500\"} 99999\n",
                    );
                }
            }),
        ),
        one(
            "measurements are not passed on",
            "work.measurements",
            Meddling::before(|asked| {
                (asked.path == "/metrics").then(|| refusal(404, "not_found", "there is no such path"))
            }),
        ),
        one("the disk of the plane is nearly full", "plane.disk", measured("breakwater_disk_free_bytes", "99000000")),
        one("the schema is of an older build", "data.migrations", measured("breakwater_schema_version", "5")),
        one(
            "the last backup is of last month",
            "data.backup",
            measured("breakwater_backup_timestamp_seconds", "1750000000"),
        ),
        one("no backup was ever made", "data.backup", measured("breakwater_backup_timestamp_seconds", "0")),
        one(
            "measurements are a page",
            "work.measurements",
            Meddling::after(|asked, said| {
                if asked.path == "/metrics" && said.status == 200 {
                    *said = Said::text(200, "text/html", "<html><title>Sign in</title></html>");
                }
            }),
        ),
        one(
            "a line of a log is lost",
            "data.log_complete",
            Meddling::after(|asked, said| {
                if asked.path.ends_with("/logs") {
                    change(said, |json| {
                        json["data"]["items"].as_array_mut().map(|items| (!items.is_empty()).then(|| items.remove(0)));
                    });
                }
            }),
        ),
    ]
}

/// Says that this was measured instead.
fn measured(name: &'static str, value: &'static str) -> Meddling {
    Meddling::after(move |asked, said| {
        if asked.path == "/metrics" && said.status == 200 {
            let text = String::from_utf8_lossy(&said.body).into_owned();
            let line = |line: &str| match line.split_once(' ') {
                Some((known, _)) if known == name => format!("{name} {value}\n"),
                _ => format!("{line}\n"),
            };
            said.body = text.lines().map(line).collect::<String>().into_bytes();
        }
    })
}

fn refusal(status: u16, code: &str, message: &str) -> Said {
    Said::json(
        status,
        &serde_json::json!({
            "success": false,
            "error": { "code": code, "message": message },
            "meta": { "timestamp": "2026-01-01T00:00:00Z", "requestId": "made-up" },
        }),
    )
}

/// Another status in place of this one.
fn status(from: u16, to: u16) -> Meddling {
    Meddling::after(move |_, said| {
        if said.status == from {
            said.status = to;
        }
    })
}

/// Takes a parameter out of a request for the list of runs.
fn unasked(parameter: &'static str) -> Meddling {
    Meddling::before(move |asked| {
        if asked.path == RUNS && asked.method == "GET" {
            let pairs = asked.query.split('&').filter(|pair| pair.split('=').next() != Some(parameter));
            asked.query = pairs.collect::<Vec<_>>().join("&");
        }
        None
    })
}

fn change(said: &mut Said, edit: impl FnOnce(&mut Value)) {
    if let Ok(mut json) = serde_json::from_slice(&said.body) {
        edit(&mut json);
        said.body = json.to_string().into_bytes();
    }
}

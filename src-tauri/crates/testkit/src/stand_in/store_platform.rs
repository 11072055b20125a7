//! A store platform in memory that behaves as the real one was recorded to: shapes, oddities and faults included.
//!
//! Its orchestrator makes one move on each store at every request. Stores named `doomed` fail, those named `endless` never end.

use crate::{Asked, Said, Service};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
};

/// The platform.
#[derive(Debug, Default)]
pub struct StorePlatform {
    stores: Mutex<Vec<Store>>,
    clock: AtomicI64,
    ids: AtomicU64,
    /// Calls so far.
    pub calls: AtomicUsize,
    /// Stores one user may have; 0 for no cap.
    pub cap: AtomicUsize,
    /// POST requests that the create limiter lets through; 0 for no limit.
    pub creates: AtomicUsize,
}

#[derive(Debug, Clone)]
struct Store {
    row: Value,
    key: Option<String>,
    events: Vec<Value>,
    /// Requests since it was asked to go; after some its namespace has ended.
    looks: u32,
}

impl StorePlatform {
    /// 2026-11-20T10:00:00Z and one second more at each look.
    fn now(&self) -> String {
        let seconds = self.clock.fetch_add(1, Ordering::Relaxed);
        format!("2026-11-20T{:02}:{:02}:{:02}.000Z", 10 + seconds / 3600 % 14, seconds / 60 % 60, seconds % 60)
    }

    fn event(&self, store: &mut Store, kind: &str, message: &str) {
        let id = self.ids.fetch_add(1, Ordering::Relaxed) + 1;
        let correlation = if kind == "created" { store.row["correlation_id"].clone() } else { Value::Null };
        store.events.push(json!({
            "id": id, "store_id": store.row["id"], "event_type": kind, "message": message,
            "created_at": self.now(), "correlation_id": correlation,
        }));
    }

    /// One move of the orchestrator on every store: at most one step each.
    fn orchestrate(&self) {
        let mut stores = self.stores.lock();
        stores.retain(|store| store.row["status"] != "deleting" || store.looks < 6);
        for store in stores.iter_mut() {
            if store.row["status"] == "deleting" {
                store.looks += 1;
            }
            if store.row["status"] != "provisioning" {
                continue;
            }
            let name = store.row["name"].as_str().unwrap_or_default().to_owned();
            match store.events.len() {
                1 => self.event(store, "namespace_created", "Namespace store-x created"),
                2 if name.contains("doomed") => {
                    let said =
                        "Helm installation failed: Command failed: helm install store-x\nError: INSTALLATION FAILED\n";
                    self.event(store, "provisioning_failed", &format!("Failed: {said}"));
                    store.row["status"] = "failed".into();
                    store.row["error_message"] = said.into();
                    store.row["updated_at"] = self.now().into();
                }
                2 => self.event(store, "helm_installed", "Helm chart installed for medusa"),
                _ if name.contains("endless") => {}
                _ => {
                    self.event(store, "store_ready", "Store is ready at http://203.0.113.7:30400");
                    store.row["status"] = "ready".into();
                    store.row["urls"] = r#"["http://203.0.113.7:30400"]"#.into();
                    store.row["updated_at"] = self.now().into();
                }
            }
        }
    }

    fn create(&self, asked: &Asked, user: &str) -> Said {
        let limit = self.creates.load(Ordering::Relaxed);
        if limit == 1 {
            return Said::text(
                429,
                "text/html; charset=utf-8",
                "Too many store creation requests, please try again later",
            )
            .header("retry-after", "880");
        }
        self.creates.store(limit.saturating_sub(1), Ordering::Relaxed);
        let Some(body) = asked.json() else { return coded(500, "INTERNAL_SERVER_ERROR", "Unexpected token") };
        let mut details = Vec::new();
        let name = body["name"].as_str().unwrap_or_default().trim().to_owned();
        let mut blame = |path: &str, value: &Value, msg: &str| {
            details.push(json!({"type": "field", "value": value, "msg": msg, "path": path, "location": "body"}));
        };
        if name.is_empty() || name.len() > 50 {
            blame("name", &body["name"], "Store name must be between 1 and 50 characters");
        }
        if !["woocommerce", "medusa"].contains(&body["engine"].as_str().unwrap_or_default()) {
            blame("engine", &body["engine"], "Engine must be either woocommerce or medusa");
        }
        if !details.is_empty() {
            return Said::json(400, &json!({"error": "Validation failed", "details": details}));
        }
        let mut stores = self.stores.lock();
        let held = |store: &&Store| {
            store.row["user_id"] == user
                && ["provisioning", "ready"].contains(&store.row["status"].as_str().unwrap_or_default())
        };
        let cap = self.cap.load(Ordering::Relaxed);
        if cap > 0 && stores.iter().filter(held).count() >= cap {
            return coded(429, "RATE_LIMIT_EXCEEDED", &format!("Maximum store limit ({cap}) reached"));
        }
        let key = asked.header("idempotency-key").filter(|key| !key.is_empty()).map(ToOwned::to_owned);
        let known = stores.iter().find(|store| key.is_some() && store.key == key && store.row["user_id"] == user);
        if let Some(known) = known {
            return Said::json(201, &json!({"message": "Store creation initiated", "store": known.row}));
        }
        let number = stores.len();
        let id = format!("{number:08x}-0000-4000-8000-000000000000");
        let (now, correlation) = (self.now(), asked.header("x-correlation-id").unwrap_or("made-here"));
        let row = json!({
            "id": id, "name": name, "engine": body["engine"], "status": "provisioning",
            "namespace": format!("store-{}-{number:08x}", name.to_lowercase().replace(' ', "-")), "urls": null,
            "created_at": now, "updated_at": now, "user_id": user, "error_message": null, "idempotency_key": key,
            "correlation_id": correlation,
        });
        let mut store = Store { row, key, events: Vec::new(), looks: 0 };
        self.event(&mut store, "created", "Store creation initiated");
        let answer = json!({"message": "Store creation initiated", "store": store.row});
        stores.push(store);
        Said::json(201, &answer)
    }

    fn list(&self, asked: &Asked, user: &str) -> Said {
        let number =
            |name: &str, default: usize| asked.parameter(name).and_then(|text| text.parse().ok()).unwrap_or(default);
        let (limit, offset) = (number("limit", 50), number("offset", 0));
        if limit > 100 {
            return coded(400, "VALIDATION_ERROR", "Limit must be between 1 and 100");
        }
        let stores = self.stores.lock();
        let mut rows: Vec<_> = stores.iter().map(|store| &store.row).filter(|row| row["user_id"] == user).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row["created_at"].to_string()));
        let page: Vec<_> = rows.iter().skip(offset).take(limit).collect();
        let pagination =
            json!({"total": rows.len(), "limit": limit, "offset": offset, "hasMore": offset + limit < rows.len()});
        Said::json(200, &json!({"stores": page, "pagination": pagination}))
    }

    fn one(&self, method: &str, id: &str, user: &str, rest: &[&str]) -> Said {
        let mut stores = self.stores.lock();
        let found = stores.iter_mut().find(|store| store.row["id"] == id && store.row["user_id"] == user);
        let Some(store) = found else { return coded(404, "STORE_NOT_FOUND", "Store not found") };
        match (method, rest) {
            ("GET", []) => Said::json(200, &json!({"store": store.row})),
            ("GET", ["events"]) => {
                let newest_first: Vec<_> = store.events.iter().rev().take(50).collect();
                Said::json(200, &json!({"events": newest_first}))
            }
            ("DELETE", []) => {
                self.event(store, "deleting", "Store deletion initiated");
                store.row["status"] = "deleting".into();
                Said::json(200, &json!({"message": "Store deletion initiated", "store_id": id}))
            }
            _ => page(),
        }
    }

    fn route(&self, asked: &Asked) -> Said {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.orchestrate();
        let user = asked.header("x-user-id").unwrap_or("default-user").to_owned();
        let pieces: Vec<_> = asked.path.split('/').filter(|piece| !piece.is_empty()).collect();
        match (asked.method.as_str(), pieces.as_slice()) {
            ("GET", []) => Said::json(
                200,
                &json!({
                    "name": "Kubernetes Store Provisioning Platform API", "version": "1.0.0", "status": "running",
                    "endpoints": {"health": "/health", "stores": "/api/stores"}, "documentation": "/docs",
                }),
            ),
            ("GET", ["health", "live"]) => Said::json(200, &json!({"status": "alive", "timestamp": self.now()})),
            ("GET", ["health", "ready"]) => Said::json(200, &json!({"status": "ready", "timestamp": self.now()})),
            ("GET", ["api", "stores"]) => self.list(asked, &user),
            ("POST", ["api", "stores"]) => self.create(asked, &user),
            (method, ["api", "stores", id, rest @ ..]) => self.one(method, id, &user, rest),
            _ => page(),
        }
    }
}

impl Service for StorePlatform {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        let said =
            self.route(&asked).header("x-correlation-id", asked.header("x-correlation-id").unwrap_or("made-here"));
        Box::pin(futures::future::ready(said))
    }
}

fn coded(status: u16, code: &str, message: &str) -> Said {
    Said::json(status, &json!({"error": {"code": code, "message": message}}))
}

fn page() -> Said {
    Said::text(404, "text/html; charset=utf-8", "<!DOCTYPE html><pre>Cannot GET</pre>")
}

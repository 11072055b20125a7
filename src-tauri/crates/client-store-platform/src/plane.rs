//! The port itself: each question as one call or two.

use crate::{
    error::{CORRELATION, refused},
    order::Order,
    pages::Place,
    routes, translate,
    wire::{Deleted, EventList, EventRow, Health, OneStore, Root, StoreList, StoreRow},
};
use client_http::{Answer, BuildError, Call, Limits, Wire, header::HeaderName};
use control_plane::{
    Ask, CallContext, ControlPlane, Error, Heard, KnownRoute, Manners, NewRun, PlaneFacts, PlaneIdentity, RunFilter,
};
use domain::{
    Action, Availability, Capabilities, ControlPlaneKind, Event, Page, Run, RunId, RunSummary, Secret, Spending,
};
use serde::de::DeserializeOwned;
use std::time::Duration;

const USER: HeaderName = HeaderName::from_static("x-user-id");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Where the platform's user name goes when none is given.
const NOBODY: &str = "default-user";

/// A store platform, seen by one of its users.
#[derive(Debug, Clone)]
pub struct StorePlatformClient {
    wire: Wire,
    user: String,
}

impl StorePlatformClient {
    /// A platform at an `http://` or `https://` address. `user` is the name whose stores are wanted; the platform takes
    /// it on trust, and takes `default-user` for nobody.
    ///
    /// # Errors
    /// If the address cannot be used, or the name cannot be sent.
    pub fn new(base_url: &str, user: Option<&Secret>, limits: Limits) -> Result<Self, BuildError> {
        let wire = Wire::tcp(base_url, CORRELATION, limits)?;
        let name = user.map_or(NOBODY, |user| user.expose());
        // Longer ones make the platform's database fail.
        if name.is_empty() || name.len() > 255 {
            return Err(BuildError::Token);
        }
        Ok(Self { wire: wire.with_secret(USER, name)?, user: name.to_owned() })
    }

    async fn read<T: DeserializeOwned>(&self, context: &CallContext, call: Call, subject: &str) -> Result<T, Error> {
        let answer = self.wire.ask(context, call).await?;
        understood(&answer, subject)
    }

    async fn store(&self, context: &CallContext, run: &RunId) -> Result<StoreRow, Error> {
        let subject = format!("store {run}");
        let id = store_id(run).ok_or_else(|| Error::NotFound { what: subject.clone() })?;
        let one: OneStore = self.read(context, Call::get(&["api", "stores", id]), &subject).await?;
        Ok(one.store)
    }

    /// What is told of a store, oldest first: ids grow, and moments may be the same.
    async fn told(&self, context: &CallContext, run: &RunId) -> Result<Vec<EventRow>, Error> {
        let subject = format!("store {run}");
        let id = store_id(run).ok_or_else(|| Error::NotFound { what: subject.clone() })?;
        let list: EventList = self.read(context, Call::get(&["api", "stores", id, "events"]), &subject).await?;
        let mut rows = list.events;
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        Ok(rows)
    }

    async fn health(&self, context: &CallContext, of: &'static str) -> Result<String, Error> {
        let answer = self.wire.ask(context, Call::get(&["health", of])).await?;
        let health: Health = match answer.status {
            503 => return Err(Error::Unavailable { status: 503, correlation_id: None }),
            _ => understood(&answer, "health")?,
        };
        Ok(format!("GET /health/{of}: {}", health.status))
    }
}

/// An answer as `T`, or what its refusal means.
pub(crate) fn understood<T: DeserializeOwned>(answer: &Answer, subject: &str) -> Result<T, Error> {
    if answer.is_success() { answer.json(subject) } else { Err(refused(answer, subject)) }
}

/// The id as the platform takes it: a UUID of version 4 in lower case. It answers others as mistakes, or not at all.
fn store_id(run: &RunId) -> Option<&str> {
    let id = run.as_str();
    let is_uuid = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
            _ => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
        });
    is_uuid.then_some(id)
}

#[async_trait::async_trait]
impl ControlPlane for StorePlatformClient {
    fn kind(&self) -> ControlPlaneKind {
        ControlPlaneKind::StorePlatform
    }

    fn capabilities(&self) -> Capabilities {
        const NO: Availability = Availability::No;
        Capabilities::each(|action| match action {
            Action::CreateRun
            | Action::RepeatCreate
            | Action::Events
            | Action::Steps
            | Action::Stores
            | Action::DeleteStore => (Availability::Yes, None),
            Action::Preview => (NO, Some("the platform judges a store only when it is created")),
            Action::CancelRun => (NO, Some("provisioning cannot be stopped; deleting the store removes it")),
            Action::RetryStep | Action::RetryStepWithInputs => {
                (NO, Some("the platform tries nothing again: delete the store and create it anew"))
            }
            Action::DecideGate | Action::RejectGate => (NO, Some("nothing on this platform waits for a person")),
            Action::Logs => (NO, Some("the platform keeps no output of Helm or of pods")),
            Action::Stream => (NO, Some("the platform tells nothing by itself, so it is asked at intervals")),
            Action::Templates => (NO, Some("stores are made of a name and an engine only")),
            Action::DeadLetters => (NO, Some("failed stores stay in the list; there is no queue")),
            Action::Breakers | Action::ResetBreaker => (NO, Some("the platform has no breakers")),
            Action::Projects => (NO, Some("this platform has stores and no projects")),
            Action::Teams => (NO, Some("the platform has no teams: a store belongs to whoever is named in a header")),
            Action::ApiKeys => (NO, Some("the platform asks nobody for a key")),
            Action::Queue | Action::RequeueDeadLetters => (NO, Some("the platform shows no queue")),
            Action::Billing => (NO, Some("the platform charges nobody")),
            Action::SignIn => (NO, Some("the platform takes everybody by the name that is given as the token")),
            Action::Audit => (NO, Some("the platform keeps no record of who did what")),
        })
    }

    fn numbers_events(&self) -> bool {
        false
    }

    /// A reading with its events is two requests, of a thousand in a quarter of an hour; four of ten are left for the rest.
    fn reading_gap(&self) -> Option<Duration> {
        Some(Duration::from_secs(3))
    }

    fn spending(&self) -> Option<Spending> {
        Some(self.wire.spending())
    }

    fn routes(&self) -> Vec<KnownRoute> {
        routes::all()
    }

    fn manners(&self) -> Option<Manners> {
        Some(routes::MANNERS)
    }

    async fn ask(&self, context: &CallContext, ask: &Ask) -> Result<Heard, Error> {
        self.wire.hear(context, ask, None).await
    }

    async fn identity(&self, context: &CallContext) -> Result<PlaneIdentity, Error> {
        let root: Root = self.read(context, Call::whole(client_http::Method::GET, "/"), "the root").await?;
        if !root.endpoints.contains_key("stores") {
            return Err(client_http::incompatible("the root names no stores"));
        }
        let live: Health = self.read(context, Call::get(&["health", "live"]), "health").await?;
        Ok(PlaneIdentity {
            version: client_http::plain(&root.version),
            principal: Some(self.user.clone()),
            may: Vec::new(),
            teams: Vec::new(),
            server_time: Some(live.timestamp),
            credential_ends: None,
        })
    }

    async fn facts(&self, context: &CallContext) -> Result<PlaneFacts, Error> {
        let (live, ready) = futures::join!(self.health(context, "live"), self.health(context, "ready"));
        Ok(PlaneFacts { live, ready, queue_depth: None, oldest_queued_ms: None, dead_letters: None })
    }

    async fn list_runs(&self, context: &CallContext, filter: &RunFilter) -> Result<Page<RunSummary>, Error> {
        let place = Place::read(&filter.page);
        let (offset, number) = place.asked(filter.page.limit);
        let call = Call::get(&["api", "stores"]).query("limit", number.to_string()).query("offset", offset.to_string());
        let list: StoreList = self.read(context, call, "the list of stores").await?;
        let (rows, next) = place.cut(list.stores, offset, list.pagination.has_more, filter.page.limit);
        // The platform filters nothing; a page may hold fewer than were asked for, even none, and still have a next one.
        let runs = rows.iter().map(translate::summary).collect::<Result<Vec<_>, _>>()?;
        let wanted = |run: &RunSummary| filter.statuses.is_empty() || filter.statuses.contains(&run.status);
        Ok(Page { items: runs.into_iter().filter(wanted).collect(), next })
    }

    async fn run(&self, context: &CallContext, run: &RunId) -> Result<Run, Error> {
        let row = self.store(context, run).await?;
        translate::run(&row, &self.told(context, run).await?)
    }

    async fn events(&self, context: &CallContext, run: &RunId, _: u64, _: u32) -> Result<Page<Event>, Error> {
        Ok(Page { items: translate::events(run, &self.told(context, run).await?), next: None })
    }

    async fn run_with_events(&self, context: &CallContext, run: &RunId) -> Result<(Run, Vec<Event>), Error> {
        let (row, told) = (self.store(context, run).await?, self.told(context, run).await?);
        Ok((translate::run(&row, &told)?, translate::events(run, &told)))
    }

    async fn create_run(&self, context: &CallContext, new: &NewRun) -> Result<Run, Error> {
        let order = Order::read(&new.plan)?;
        // An empty key counts as none once and as a repeated one from then on; long ones make the database fail.
        if new.idempotency_key.is_empty() || new.idempotency_key.len() > 255 {
            let message = "the idempotency key must have 1 to 255 characters".to_owned();
            return Err(Error::Invalid { message, faults: Vec::new() });
        }
        let call = Call::post(&["api", "stores"]).json(&order.body())?;
        let call = call.header(KEY, &new.idempotency_key, "the idempotency key")?;
        let one: OneStore = self.read(context, call, "a new store").await?;
        // The platform answers a known key with the store that it made then, whatever is asked for now.
        if one.store.name != order.name || one.store.engine != order.engine {
            let message = format!("this key was used before, for the {} store {}", one.store.engine, one.store.name);
            return Err(Error::Conflict { code: "idempotency_key_reused".to_owned(), message });
        }
        self.run(context, &RunId::new(one.store.id)).await
    }

    async fn delete_store(&self, context: &CallContext, run: &RunId) -> Result<(), Error> {
        let subject = format!("store {run}");
        let id = store_id(run).ok_or_else(|| Error::NotFound { what: subject.clone() })?;
        let _: Deleted = self.read(context, Call::delete(&["api", "stores", id]), &subject).await?;
        Ok(())
    }
}

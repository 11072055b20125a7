//! The handle that every face holds: one method for each command. All logic lives in the rooms that these name.

use crate::{
    acts,
    announce::{Announcer, Subscription},
    api_keys, audit, billing, breakers,
    call::Call,
    connections,
    core::Core,
    drill, folders, news, notices, overview,
    parts::{ConsoleParts, SyncMode},
    preferences, projects, queues, readiness, retention,
    runs::{self, follow::Followed},
    stores, teams, templates, triage,
    view::{
        AcknowledgeProblem, ActOnBilling, ActOnBreaker, ActOnProject, ActOnTeam, ActRecord, AddConnection, ApiKeyMade,
        AppInfo, BegunInBrowser, BillRef, BillingActed, BlastQuery, BlastRadius, BreakerRef, BreakerView, BuiltInPlane,
        ConnectionRef, ConnectionTest, ConnectionView, CoverageQuery, CreateApiKey, CreateRun, DecideGate, DeleteStore,
        Drill, DrillStatus, EditConnection, EventList, FillTemplate, FilledTemplate, FolderEntry, FolderQuery, LogList,
        LogMatches, LogSearch, Looking, NoticeSettings, Notices, Preference, Preferences, PreviewPlan, ProjectList,
        ProjectRef, ReadinessHistory, ReadinessHistoryQuery, ReadinessQuery, ReadinessReport, ReadinessReportQuery,
        ReadinessStatus, RequeueDeadLetters, RetryStep, RevokeApiKey, RunAct, RunChecks, RunList, RunQuery, RunRef,
        RunView, SearchHit, SearchQuery, SequenceQuery, SignIn, SignOut, StartDrill, StoreList, Tag, TeamActed,
        TeamRef, TemplatesQuery, TestConnection, Told, Triage, TriageQuery, WatchRun, WaysIn,
    },
};
use domain::{
    ApiKey, AuditEntry, AuditState, Billing, BreakerEvent, Connection, ConnectionId, Coverage, DrillScenario, Preview,
    ProjectWork, Queue, Readiness, Secret, Team, TeamPeople, Template, Verdict, WireError,
};
use futures::stream::{BoxStream, StreamExt};
use std::sync::Arc;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

/// The application service behind every face. Clones are the same console; when the last one is dropped, everything
/// that runs in the background ends.
#[derive(Debug, Clone)]
pub struct Console {
    core: Arc<Core>,
    /// Background tasks hold the core but not this, so they do not keep the console alive.
    _lifetime: Arc<DropGuard>,
}

impl Console {
    /// Joins the parts and, if this console watches, starts watching every connection.
    ///
    /// Cannot fail: what cannot be read from the cache is logged, and the console starts with what there is.
    pub async fn assemble(parts: ConsoleParts) -> Self {
        let stop = CancellationToken::new();
        let started_at = parts.clock.now();
        let (diary, happened) = breakers::diary::post();
        let core = Arc::new(Core {
            read: parts.cache.reader(),
            write: parts.cache.writer(),
            cache: parts.cache,
            credentials: parts.credentials,
            session: Arc::new(parts.session_credentials),
            connectors: parts.connectors,
            clock: parts.clock,
            started_at,
            built_in: parking_lot::RwLock::new(parts.built_in),
            actor: parts.actor,
            data_dir: parts.data_dir,
            home_dir: parts.home_dir,
            version: parts.version,
            preferences: parts.preferences,
            updates_configured: parts.updates_configured,
            browser_return: parts.browser_return,
            mode: parts.sync,
            pace: parts.pace,
            announcer: Announcer::default(),
            diary,
            drills: drill::Drills::on(parts.drills),
            links: parking_lot::RwLock::default(),
            occasions: Arc::default(),
            notices: notices::Desk::default(),
            probing: readiness::probing::Probing::default(),
            tasks: TaskTracker::new(),
            stop: stop.clone(),
            settings: tokio::sync::Mutex::default(),
        });
        for connection in known_connections(&core).await {
            connections::start(&core, connection).await;
        }
        if core.mode == SyncMode::Live {
            news::spawn(&core);
            retention::spawn(&core);
            breakers::diary::spawn(&core, happened);
            readiness::schedule::spawn(&core);
            readiness::on_change::spawn(&core);
            notices::spawn(&core);
        }
        Self { core, _lifetime: Arc::new(stop.drop_guard()) }
    }

    /// Stops watching, waits until nothing runs in the background any more, and closes the cache.
    pub async fn shutdown(&self) {
        self.core.stop.cancel();
        self.core.tasks.close();
        self.core.tasks.wait().await;
        if !self.core.mode.is_live() {
            retention::if_due(&self.core).await;
        }
        self.core.announcer.close();
        self.core.cache.close().await;
    }

    /// What happens from now on, or after the event with this id.
    pub fn events(&self, after: Option<u64>) -> Subscription {
        self.core.announcer.subscribe(after)
    }

    /// The connection with this id or name. Contacts nothing.
    pub fn connection_named(&self, id_or_name: &ConnectionId) -> Result<Connection, WireError> {
        let found = self.core.link(id_or_name).map(|link| link.connection());
        Call::new("connections.named").finish(found)
    }

    /// Gives a connection a token for as long as this console lives; it is written nowhere.
    pub async fn lend_token(&self, connection: &ConnectionId, token: Secret) -> Result<(), WireError> {
        Call::new("connections.lend_token").finish(connections::lend(&self.core, connection, token).await)
    }

    /// Says where the built-in control plane runs from now on.
    pub fn built_in_plane_is(&self, how: BuiltInPlane) {
        connections::built_in::moved(&self.core, how);
    }

    /// Says that what was read under these tags is out of date.
    pub fn announce_stale(&self, tags: Vec<Tag>) {
        self.core.announcer.stale(tags);
    }

    /// Tells the story of a run from its beginning, then as it happens, until it ends. Dropping the stream detaches.
    pub async fn follow_run(&self, wanted: RunRef) -> Result<BoxStream<'static, Followed>, WireError> {
        let call = Call::new("runs.follow");
        let stream = runs::follow::follow(&self.core, call.clone(), &wanted).await;
        call.finish(stream).map(StreamExt::boxed)
    }
}

/// Connections from the cache, the built-in one first and as it is reached today.
async fn known_connections(core: &Core) -> Vec<Connection> {
    let known = core.read.connections().await.unwrap_or_else(|error| {
        tracing::error!(%error, "connections cannot be read from the cache");
        Vec::new()
    });
    let mut known = drill::tidy(core, known).await;
    // What an earlier start cached of its built-in plane stays readable.
    let Some(built_in) = core.built_in.read().clone() else { return known };
    let before = known.iter().position(|connection| connection.built_in).map(|at| known.remove(at));
    let connection = connections::built_in::connection(core, built_in.address, before.as_ref());
    let kept = match before {
        Some(before) if before == connection => Ok(()),
        Some(_) => core.write.edit_connection(&connection).await,
        None => core.write.add_connection(&connection).await,
    };
    if let Err(error) = kept {
        tracing::error!(%error, "the built-in connection is not kept");
    }
    known.insert(0, connection);
    known
}

/// One method per command: makes a call, hands it to the room, and lets the result leave.
macro_rules! commands {
    ($($(#[$doc:meta])* $method:ident = $name:literal ($request:ident: $type:ty) -> $reply:ty, |$core:ident, $call:ident| $room:expr;)+) => {
        impl Console { $(
            $(#[$doc])*
            pub async fn $method(&self, $request: $type) -> Result<$reply, WireError> {
                let call = Call::new($name);
                let result = { let ($core, $call) = (&self.core, &call); Box::pin($room).await };
                if let Err(error) = &result {
                    self.core.notice_damage(error).await;
                }
                call.finish(result)
            }
        )+ }
    };
}

commands! {
    /// Facts about this console itself.
    app_info = "app.info" (_none: ()) -> AppInfo, |core, _call| overview::app_info(core);
    /// Every connection and how well it is watched.
    connections = "connections.list" (_none: ()) -> Vec<ConnectionView>, |core, call| async { Ok(connections::list(core, call).await) };
    /// Adds a connection and starts watching it.
    add_connection = "connections.add" (request: AddConnection) -> ConnectionView, |core, _call| connections::add(core, request);
    /// Starts the built-in control plane here, when the process that had it is gone.
    start_plane = "connections.start_built_in" (_none: ()) -> AppInfo, |core, _call| connections::built_in::start(core);
    /// Tries a connection or an address, hop by hop.
    test_connection = "connections.test" (request: TestConnection) -> ConnectionTest, |core, call| connections::hops::test(core, call, request);
    /// Changes a connection.
    edit_connection = "connections.edit" (request: EditConnection) -> ConnectionView, |core, _call| connections::edit(core, request);
    /// Signs a person in on a connection and keeps the session as its credential.
    sign_in = "connections.sign_in" (request: SignIn) -> ConnectionView, |core, call| connections::people::sign_in(core, call, request);
    /// How people may sign in on a connection.
    ways_in = "connections.ways_in" (request: ConnectionRef) -> WaysIn, |core, call| connections::in_browser::ways_in(core, call, &request);
    /// Begins a sign-in at the identity provider of a connection, in the browser of the system.
    begin_sign_in = "connections.begin_sign_in" (request: ConnectionRef) -> BegunInBrowser, |core, call| connections::in_browser::begin(core, call, &request);
    /// Gives up a sign-in that goes on in the browser.
    give_up_sign_in = "connections.give_up_sign_in" (request: ConnectionRef) -> (), |core, _call| async { connections::in_browser::give_up(core, &request) };
    /// Ends the session of a connection if its plane answers, and forgets it in any case.
    sign_out = "connections.sign_out" (request: SignOut) -> ConnectionView, |core, call| connections::people::sign_out(core, call, &request);
    /// Forgets a connection, its credential and all that was cached of it.
    remove_connection = "connections.remove" (request: ConnectionRef) -> (), |core, _call| connections::remove(core, &request);
    /// Runs of every connection, newest first.
    runs = "runs.list" (query: RunQuery) -> RunList, |core, call| runs::list(core, call, query);
    /// One run with its steps.
    run = "runs.get" (wanted: RunRef) -> RunView, |core, call| runs::get(core, call, &wanted);
    /// Events of a run.
    run_events = "runs.events" (query: SequenceQuery) -> EventList, |core, call| runs::events(core, call, query);
    /// What the steps of a run printed.
    run_logs = "runs.logs" (query: SequenceQuery) -> LogList, |core, call| runs::logs(core, call, query);
    /// Finds text in the whole log of a run.
    find_in_log = "runs.find_in_log" (search: LogSearch) -> LogMatches, |core, call| runs::find_in_log(core, call, search);
    /// Says that a run is on screen, or no longer.
    watch_run = "runs.watch" (request: WatchRun) -> (), |core, call| runs::watch(core, call, request);
    /// What a plan would do.
    preview = "runs.preview" (request: PreviewPlan) -> Preview, |core, call| runs::act::preview(core, call, request);
    /// Starts a run.
    create_run = "runs.create" (request: CreateRun) -> RunView, |core, call| runs::act::create(core, call, request);
    /// Tries a step again that ended badly.
    retry_step = "runs.retry_step" (request: RetryStep) -> RunView, |core, call| runs::act::retry_step(core, call, request);
    /// Stops a run.
    cancel_run = "runs.cancel" (request: RunAct) -> RunView, |core, call| runs::act::cancel(core, call, request);
    /// Says yes to a gate.
    approve_gate = "gates.approve" (request: DecideGate) -> RunView, |core, call| runs::act::decide(core, call, request, Verdict::Approve);
    /// Says no to a gate.
    reject_gate = "gates.reject" (request: DecideGate) -> RunView, |core, call| runs::act::decide(core, call, request, Verdict::Reject);
    /// Stores of every connection that provisions some.
    stores = "stores.list" (_none: ()) -> StoreList, |core, _call| stores::list(core);
    /// Asks for a store to be removed.
    delete_store = "stores.delete" (request: DeleteStore) -> StoreList, |core, call| stores::delete(core, call, request);
    /// Projects of every connection that has some.
    projects = "projects.list" (_none: ()) -> ProjectList, |core, _call| projects::list(core);
    /// What belongs to a project besides its gates.
    project_work = "projects.work" (wanted: ProjectRef) -> Told<ProjectWork>, |core, call| projects::work(core, call, wanted);
    /// Does something on a project.
    act_on_project = "projects.act" (request: ActOnProject) -> Told<ProjectWork>, |core, call| projects::act(core, call, request);
    /// Teams of every connection; of one that has none, why not.
    teams = "teams.list" (_none: ()) -> Vec<Told<Vec<Team>>>, |core, call| teams::list(core, call);
    /// Who is in a team and who is invited.
    team_people = "teams.people" (wanted: TeamRef) -> Told<TeamPeople>, |core, call| teams::people(core, call, wanted);
    /// Does something about a team.
    act_on_team = "teams.act" (request: ActOnTeam) -> TeamActed, |core, call| teams::act(core, call, request);
    /// What was done and refused in a team lately, newest first.
    audit = "audit.list" (wanted: TeamRef) -> Told<Vec<AuditEntry>>, |core, call| audit::list(core, call, wanted);
    /// Lets a plane check that nothing in its audit was changed.
    verify_audit = "audit.verify" (wanted: ConnectionRef) -> AuditState, |core, call| audit::verify(core, call, wanted);
    /// API keys of every connection; of one that has none, why not.
    api_keys = "api_keys.list" (_none: ()) -> Vec<Told<Vec<ApiKey>>>, |core, call| api_keys::list(core, call);
    /// Makes an API key and keeps it as the credential of its connection.
    create_api_key = "api_keys.create" (request: CreateApiKey) -> ApiKeyMade, |core, call| api_keys::create(core, call, request);
    /// Makes a plane accept an API key no longer.
    revoke_api_key = "api_keys.revoke" (request: RevokeApiKey) -> Told<Vec<ApiKey>>, |core, call| api_keys::revoke(core, call, request);
    /// The queue of every connection; of one that shows none, why not.
    queues = "queues.list" (_none: ()) -> Vec<Told<Queue>>, |core, call| queues::list(core, call);
    /// Puts dead letters back into the queue.
    requeue_dead_letters = "queues.requeue" (request: RequeueDeadLetters) -> Told<Queue>, |core, call| queues::requeue(core, call, request);
    /// What a connection charges a team, or our account; of one that charges nothing, why not.
    billing = "billing.get" (wanted: BillRef) -> Told<Billing>, |core, call| billing::get(core, call, wanted);
    /// Does something about a subscription.
    act_on_billing = "billing.act" (request: ActOnBilling) -> BillingActed, |core, call| billing::act(core, call, request);
    /// Breakers of this console and of every plane that shows its own.
    breakers = "breakers.list" (_none: ()) -> Vec<BreakerView>, |core, call| breakers::list(core, call);
    /// Does something to a breaker.
    act_on_breaker = "breakers.act" (request: ActOnBreaker) -> BreakerView, |core, call| breakers::act(core, call, request);
    /// What happened lately to a breaker of a plane, newest first.
    breaker_history = "breakers.history" (wanted: BreakerRef) -> Told<Vec<BreakerEvent>>, |core, call| breakers::history(core, call, wanted);
    /// What is wrong now, and what went on in the time before.
    triage = "triage.get" (query: TriageQuery) -> Triage, |core, _call| triage::get(core, query);
    /// Takes a problem in hand, or gives it back.
    acknowledge_problem = "triage.acknowledge" (request: AcknowledgeProblem) -> Triage, |core, call| triage::acknowledge(core, call, request);
    /// What a breaker of a plane did to runs, does to them, and is about to do.
    blast_radius = "breakers.blast_radius" (wanted: BlastQuery) -> BlastRadius, |core, _call| breakers::blast::radius(core, &wanted);
    /// The score and what it is made of, as last probed.
    readiness = "readiness.get" (query: ReadinessQuery) -> Readiness, |core, _call| readiness::get(core, query);
    /// Probes now.
    run_checks = "readiness.run" (request: RunChecks) -> Readiness, |core, call| readiness::run(core, call, request);
    /// How far the probes have come that are run now.
    readiness_status = "readiness.status" (query: ReadinessQuery) -> ReadinessStatus, |core, _call| std::future::ready(readiness::status(core, &query));
    /// Ends the probes that are run now; what they found up to then is kept.
    cancel_checks = "readiness.cancel" (query: ReadinessQuery) -> ReadinessStatus, |core, _call| std::future::ready(readiness::cancel(core, &query));
    /// How the score and what checks found changed, newest first.
    readiness_history = "readiness.history" (query: ReadinessHistoryQuery) -> ReadinessHistory, |core, _call| readiness::history(core, query);
    /// Readiness with all its evidence, as one file.
    readiness_report = "readiness.report" (query: ReadinessReportQuery) -> ReadinessReport, |core, _call| readiness::report(core, query);
    /// Templates of a plane.
    templates = "templates.list" (query: TemplatesQuery) -> Vec<Template>, |core, call| templates::list(core, call, query);
    /// The plan that a template makes, and what it would do.
    fill_template = "templates.fill" (request: FillTemplate) -> FilledTemplate, |core, call| templates::fill(core, call, request);
    /// When each connection was watched.
    coverage = "coverage.get" (query: CoverageQuery) -> Vec<Coverage>, |core, _call| overview::coverage(core, query);
    /// Finds text anywhere in the cache.
    search = "search" (query: SearchQuery) -> Vec<SearchHit>, |core, _call| overview::search(core, query);
    /// Folders below a path, to choose one from.
    folders = "folders.list" (query: FolderQuery) -> Vec<FolderEntry>, |core, _call| folders::list(query, core.home_dir.clone());
    /// Every preference.
    preferences = "preferences.get" (_none: ()) -> Preferences, |core, _call| preferences::all(core);
    /// Keeps or forgets a preference.
    set_preference = "preferences.set" (preference: Preference) -> Preferences, |core, _call| preferences::set(core, preference);
    /// What operators did from this console, newest first, at most 200.
    acts = "acts.list" (_none: ()) -> Vec<ActRecord>, |core, _call| acts::list(core);
    /// What can be rehearsed.
    drill_scenarios = "drill.scenarios" (_none: ()) -> Vec<DrillScenario>, |core, _call| drill::scenarios(core);
    /// Begins a drill.
    start_drill = "drill.start" (request: StartDrill) -> Drill, |core, _call| drill::start(core, request);
    /// How a drill goes, if one does.
    drill_status = "drill.status" (_none: ()) -> DrillStatus, |core, _call| drill::status(core);
    /// Ends the drill that goes, and answers what it came to.
    stop_drill = "drill.stop" (_none: ()) -> Drill, |core, _call| drill::stop(core);
    /// What drills came to, newest first, at most 50.
    drill_results = "drill.results" (_none: ()) -> Vec<Drill>, |core, _call| drill::results(core);
    /// What an operator was told, and what they want to be told.
    notices = "notices.list" (_none: ()) -> Notices, |core, _call| notices::list(core);
    /// Keeps what an operator wants to be told.
    set_notices = "notices.set" (settings: NoticeSettings) -> Notices, |core, _call| notices::set(core, settings);
    /// Says what a page shows that somebody looks at.
    looking = "notices.looking" (looking: Looking) -> (), |core, _call| notices::looking(core, looking);
}

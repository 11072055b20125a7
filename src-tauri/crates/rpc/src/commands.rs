//! The list of commands.

/// Hands the list to a macro: `kind "name" method(Request) -> Reply, tags`. A `query` provides its tags; an `act` makes
/// them stale.
macro_rules! with_commands {
    ($use_list:ident) => {
        $use_list! {
            /// Facts about this console itself.
            query "app.info" app_info(()) -> AppInfo, [App];
            /// Every connection and how well it is watched.
            query "connections.list" connections(()) -> Vec<ConnectionView>, [Connections];
            /// Adds a connection and starts watching it.
            act "connections.add" add_connection(AddConnection) -> ConnectionView, [Connections, App];
            /// Starts the built-in control plane here, when the process that had it is gone.
            act "connections.start_built_in" start_plane(()) -> AppInfo, [App, Connections];
            /// Tries a connection or an address, hop by hop.
            query "connections.test" test_connection(TestConnection) -> ConnectionTest, [];
            /// Changes a connection.
            act "connections.edit" edit_connection(EditConnection) -> ConnectionView, [Connections];
            /// How people may sign in on a connection.
            query "connections.ways_in" ways_in(ConnectionRef) -> WaysIn, [];
            /// Begins a sign-in at the identity provider of a connection: tells the page to open in the browser of the system.
            query "connections.begin_sign_in" begin_sign_in(ConnectionRef) -> BegunInBrowser, [];
            /// Gives up a sign-in that goes on in the browser; whoever waits for it is told.
            query "connections.give_up_sign_in" give_up_sign_in(ConnectionRef) -> (), [];
            /// Signs a person in on a connection and keeps the session as its credential.
            act "connections.sign_in" sign_in(SignIn) -> ConnectionView, [Connections, Teams, Acts];
            /// Ends the session of a connection if its plane answers, and forgets it in any case.
            act "connections.sign_out" sign_out(SignOut) -> ConnectionView, [Connections, Teams, Acts];
            /// Forgets a connection, its credential and all that was cached of it.
            act "connections.remove" remove_connection(ConnectionRef) -> (), [Connections, Runs, App];
            /// Runs of every connection, newest first.
            query "runs.list" runs(RunQuery) -> RunList, [Runs];
            /// One run with its steps.
            query "runs.get" run(RunRef) -> RunView, [Run];
            /// Events of a run.
            query "runs.events" run_events(SequenceQuery) -> EventList, [Run];
            /// What the steps of a run printed.
            query "runs.logs" run_logs(SequenceQuery) -> LogList, [Run];
            /// Finds text in the whole log of a run.
            query "runs.find_in_log" find_in_log(LogSearch) -> LogMatches, [Run];
            /// Says that a run is on screen, or no longer.
            query "runs.watch" watch_run(WatchRun) -> (), [];
            /// What a plan would do.
            query "runs.preview" preview(PreviewPlan) -> Preview, [];
            /// Starts a run.
            act "runs.create" create_run(CreateRun) -> RunView, [Runs, App];
            /// Tries a step again that ended badly.
            act "runs.retry_step" retry_step(RetryStep) -> RunView, [Runs, Run, Acts];
            /// Stops a run.
            act "runs.cancel" cancel_run(RunAct) -> RunView, [Runs, Run, Acts];
            /// Says yes to a gate.
            act "gates.approve" approve_gate(DecideGate) -> RunView, [Runs, Run, Acts];
            /// Says no to a gate.
            act "gates.reject" reject_gate(DecideGate) -> RunView, [Runs, Run, Acts];
            /// Stores of every connection that provisions some.
            query "stores.list" stores(()) -> StoreList, [Runs, Connections];
            /// Asks for a store to be removed.
            act "stores.delete" delete_store(DeleteStore) -> StoreList, [Runs, Acts];
            /// Projects of every connection that has some.
            query "projects.list" projects(()) -> ProjectList, [Runs, Projects, Connections];
            /// What belongs to a project besides its gates.
            query "projects.work" project_work(ProjectRef) -> Told<ProjectWork>, [Projects];
            /// Does something on a project.
            act "projects.act" act_on_project(ActOnProject) -> Told<ProjectWork>, [Projects, Runs, Acts];
            /// Teams of every connection; of one that has none, why not.
            query "teams.list" teams(()) -> Vec<Told<Vec<Team>>>, [Teams, Connections];
            /// Who is in a team and who is invited.
            query "teams.people" team_people(TeamRef) -> Told<TeamPeople>, [Teams];
            /// Does something about a team.
            act "teams.act" act_on_team(ActOnTeam) -> TeamActed, [Teams, Audit, Acts];
            /// What was done and refused in a team lately, newest first.
            query "audit.list" audit(TeamRef) -> Told<Vec<AuditEntry>>, [Audit, Connections];
            /// Lets a plane check that nothing in its audit was changed.
            query "audit.verify" verify_audit(ConnectionRef) -> AuditState, [];
            /// API keys of every connection; of one that has none, why not.
            query "api_keys.list" api_keys(()) -> Vec<Told<Vec<ApiKey>>>, [ApiKeys, Connections];
            /// Makes an API key and keeps it as the credential of its connection.
            act "api_keys.create" create_api_key(CreateApiKey) -> ApiKeyMade, [ApiKeys, Audit, Acts, Connections];
            /// Makes a plane accept an API key no longer.
            act "api_keys.revoke" revoke_api_key(RevokeApiKey) -> Told<Vec<ApiKey>>, [ApiKeys, Audit, Acts];
            /// The queue of every connection; of one that shows none, why not.
            query "queues.list" queues(()) -> Vec<Told<Queue>>, [Queues, Connections];
            /// Puts dead letters back into the queue.
            act "queues.requeue" requeue_dead_letters(RequeueDeadLetters) -> Told<Queue>, [Queues, Runs, Acts];
            /// What a connection charges a team, or our account; of one that charges nothing, why not.
            query "billing.get" billing(BillRef) -> Told<Billing>, [Billing, Connections];
            /// Does something about a subscription.
            act "billing.act" act_on_billing(ActOnBilling) -> BillingActed, [Billing, Acts];
            /// What is wrong now, and what went on in the time before.
            query "triage.get" triage(TriageQuery) -> Triage, [Runs, Breakers, Connections, Readiness, Acts];
            /// Takes a problem in hand, or gives it back.
            act "triage.acknowledge" acknowledge_problem(AcknowledgeProblem) -> Triage, [Acts];
            /// Breakers of this console and of every plane that shows its own.
            query "breakers.list" breakers(()) -> Vec<BreakerView>, [Breakers];
            /// What happened lately to a breaker, newest first.
            query "breakers.history" breaker_history(BreakerRef) -> Told<Vec<BreakerEvent>>, [Breakers];
            /// What a breaker of a plane did to runs, does to them, and is about to do.
            query "breakers.blast_radius" blast_radius(BlastQuery) -> BlastRadius, [Breakers, Runs];
            /// Does something to a breaker.
            act "breakers.act" act_on_breaker(ActOnBreaker) -> BreakerView, [Breakers, Acts];
            /// The score and what it is made of, as last probed.
            query "readiness.get" readiness(ReadinessQuery) -> Readiness, [Readiness];
            /// Probes now.
            act "readiness.run" run_checks(RunChecks) -> Readiness, [Readiness];
            /// How the score and what checks found changed, newest first.
            query "readiness.history" readiness_history(ReadinessHistoryQuery) -> ReadinessHistory, [Readiness];
            /// How far the probes have come that are run now.
            query "readiness.status" readiness_status(ReadinessQuery) -> ReadinessStatus, [];
            /// Ends the probes that are run now; what they found up to then is kept.
            act "readiness.cancel" cancel_checks(ReadinessQuery) -> ReadinessStatus, [Readiness];
            /// Readiness with all its evidence, as one file.
            query "readiness.report" readiness_report(ReadinessReportQuery) -> ReadinessReport, [];
            /// Templates of a plane.
            query "templates.list" templates(TemplatesQuery) -> Vec<Template>, [Templates];
            /// The plan that a template makes, and what it would do.
            query "templates.fill" fill_template(FillTemplate) -> FilledTemplate, [];
            /// When each connection was watched.
            query "coverage.get" coverage(CoverageQuery) -> Vec<Coverage>, [Coverage];
            /// Finds text anywhere in the cache.
            query "search" search(SearchQuery) -> Vec<SearchHit>, [Runs];
            /// Folders below a path, to choose one from.
            query "folders.list" folders(FolderQuery) -> Vec<FolderEntry>, [];
            /// Every preference.
            query "preferences.get" preferences(()) -> Preferences, [Preferences];
            /// Keeps or forgets a preference.
            act "preferences.set" set_preference(Preference) -> Preferences, [Preferences];
            /// What operators did from this console, newest first, at most 200.
            query "acts.list" acts(()) -> Vec<ActRecord>, [Acts];
            /// What can be rehearsed.
            query "drill.scenarios" drill_scenarios(()) -> Vec<DrillScenario>, [];
            /// Begins a drill.
            act "drill.start" start_drill(StartDrill) -> Drill, [Drill, Connections, App];
            /// How a drill goes, if one does.
            query "drill.status" drill_status(()) -> DrillStatus, [Drill];
            /// Ends the drill that goes, and answers what it came to.
            act "drill.stop" stop_drill(()) -> Drill, [Drill, Connections, Runs, App];
            /// What drills came to, newest first, at most 50.
            query "drill.results" drill_results(()) -> Vec<Drill>, [Drill];
            /// What an operator was told, and what they want to be told.
            query "notices.list" notices(()) -> Notices, [Notices, Acts];
            /// Keeps what an operator wants to be told.
            act "notices.set" set_notices(NoticeSettings) -> Notices, [Notices];
            /// Says what a page shows that somebody looks at.
            query "notices.looking" looking(Looking) -> (), [];
        }
    };
}
pub(crate) use with_commands;

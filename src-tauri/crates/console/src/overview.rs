//! What does not belong to one noun: facts about this console, search, coverage.

use crate::{
    core::Core,
    error::Error,
    keychain,
    parts::SyncMode,
    view::{AppInfo, BuiltInPlane, CoverageQuery, KeychainView, SearchHit, SearchQuery},
};
use cache::Opened;
use credentials::KeychainStatus;
use domain::Coverage;

/// Hits when nothing is asked for.
const HITS: u32 = 20;
/// Hits looked at when only those of one connection are wanted; the cache gives no more at once.
const LOOKED_AT: u32 = 200;
/// Hits at most.
const HITS_MAX: u32 = 100;

/// Facts about this console itself.
pub(crate) async fn app_info(core: &Core) -> Result<AppInfo, Error> {
    let keychain = match core.credentials.status().await {
        KeychainStatus::Available => KeychainView { available: true, reason: None, remedy: None },
        KeychainStatus::Unavailable { reason, remedy } => {
            let remedy = keychain::remedy(core.mode, Some(&remedy));
            KeychainView { available: false, reason: Some(reason), remedy: Some(remedy) }
        }
    };
    let only_built_in = core.links().iter().all(|link| link.connection().built_in);
    let any_run = core.read.runs(&cache::RunQuery { limit: 1, ..cache::RunQuery::default() }).await?.total > 0;
    Ok(AppInfo {
        version: core.version.clone(),
        data_dir: core.data_dir.to_string_lossy().into_owned(),
        keychain,
        cache_notice: match core.cache.origin() {
            Opened::File => None,
            Opened::Rebuilt { reason } | Opened::Memory { reason } => Some(reason.clone()),
        },
        built_in_plane: match &*core.built_in.read() {
            _ if core.mode == SyncMode::CacheOnly => BuiltInPlane::NotContacted,
            Some(built_in) => built_in.how,
            None => BuiltInPlane::NotRunning,
        },
        first_run: only_built_in && !any_run,
        updates_configured: core.updates_configured,
        now: core.now(),
    })
}

/// Finds text anywhere in the cache.
pub(crate) async fn search(core: &Core, query: SearchQuery) -> Result<Vec<SearchHit>, Error> {
    let limit = query.limit.unwrap_or(HITS);
    if !(1..=HITS_MAX).contains(&limit) {
        return Err(Error::invalid("limit", "range", "a search has 1 to 100 hits", "Ask for at most 100."));
    }
    if query.text.chars().count() > 1_000 {
        return Err(Error::invalid(
            "text",
            "length",
            "a text to be found has at most 1000 characters",
            "Write fewer words.",
        ));
    }
    let connection = query.connection.as_ref().map(|named| core.link(named)).transpose()?;
    // The cache looks through every connection, so of one there may be fewer than asked for among the newest.
    let looked_at = if connection.is_some() { LOOKED_AT } else { limit };
    let hits = core.read.search(&query.text, looked_at).await?;
    Ok(hits
        .into_iter()
        .filter(|hit| connection.as_ref().is_none_or(|link| link.id == hit.connection))
        .take(limit as usize)
        .map(|hit| SearchHit {
            connection: hit.connection,
            run: hit.run_id,
            goal: hit.goal,
            found_in: hit.what.as_str().to_owned(),
            step: hit.step,
            seq: hit.seq,
            snippet: hit.snippet,
        })
        .collect())
}

/// When each connection was watched.
pub(crate) async fn coverage(core: &Core, query: CoverageQuery) -> Result<Vec<Coverage>, Error> {
    let mut all = Vec::new();
    for link in core.links() {
        all.push(core.read.coverage(&link.id, query.since).await?);
    }
    Ok(all)
}

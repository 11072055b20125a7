//! `breakwater audit`: through the running control plane if there is one, through the engine itself otherwise.

use crate::{data_dir::DataDir, plane, socket, start_error::StartError, user};
use cli::{AuditVerb, Exit, Screen};
use client_breakwater::{BreakwaterClient, Limits};
use control_plane::CallContext;
use domain::{AuditEntry, AuditLink, AuditState, CorrelationId};
use engine::{
    Engine,
    accounts::{Caller, Scope},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    time::Duration,
};
use uuid::Uuid;

/// Entries that are asked for at once in an export.
const PIECE: u32 = 10_000;
/// Until the plane has read and checked a long audit.
const PATIENCE: Duration = Duration::from_mins(5);
/// Most bytes of a piece.
const PIECE_BYTES: usize = 64 * 1024 * 1024;

/// Carries out one verb on the audit.
pub(crate) async fn run(dir: &DataDir, verb: &AuditVerb, screen: &mut Screen<'_>) -> Result<Exit, StartError> {
    let source = Source::open(dir).await?;
    let answered = match verb {
        AuditVerb::Ls { team, limit } => {
            source.newest(team.as_deref(), *limit).await.map(|entries| screen.audit_entries(&entries))
        }
        AuditVerb::Verify { expect } => source.verify(expect.as_ref()).await.map(|state| screen.audit_state(&state)),
        AuditVerb::Export { after, file: None } => source.print(*after, screen).await,
        AuditVerb::Export { after, file: Some(file) } => source.save(*after, file).await.map(|()| Exit::Done),
    };
    if let Source::Engine(engine) = source {
        engine.shutdown(Duration::from_secs(1)).await;
    }
    answered
}

/// Whoever has the audit.
enum Source {
    Plane(Box<BreakwaterClient>, CallContext),
    Engine(Engine),
}

impl Source {
    async fn open(dir: &DataDir) -> Result<Self, StartError> {
        if !socket::is_served(&dir.socket()).await {
            return Ok(Self::Engine(plane::open_idle_engine(dir).await?));
        }
        let limits = Limits { read: PATIENCE, call: PATIENCE, body: PIECE_BYTES, ..Limits::default() };
        let context = CallContext::new(CorrelationId::new(Uuid::now_v7().to_string()));
        Ok(Self::Plane(Box::new(socket::client(&dir.socket(), limits)?), context))
    }

    async fn newest(&self, team: Option<&str>, limit: u32) -> Result<Vec<AuditEntry>, StartError> {
        match self {
            Self::Plane(client, context) => {
                client.newest_of_audit(context, team, limit).await.map_err(StartError::Plane)
            }
            Self::Engine(engine) => {
                let scope = match team {
                    None => Scope::Everywhere,
                    Some(team) => one_team(engine, team).await?,
                };
                Ok(engine.audit(&scope, None, limit).await?.items)
            }
        }
    }

    async fn verify(&self, expected: Option<&AuditLink>) -> Result<AuditState, StartError> {
        match self {
            Self::Plane(client, context) => client.check_audit(context, expected).await.map_err(StartError::Plane),
            Self::Engine(engine) => Ok(engine.verify_audit(expected).await?),
        }
    }

    async fn piece(&self, after: u64) -> Result<Vec<AuditEntry>, StartError> {
        match self {
            Self::Plane(client, context) => client.export_audit(context, after, PIECE).await.map_err(StartError::Plane),
            Self::Engine(engine) => Ok(engine.audit_after(after, PIECE).await?),
        }
    }

    async fn print(&self, mut after: u64, screen: &mut Screen<'_>) -> Result<Exit, StartError> {
        loop {
            let entries = self.piece(after).await?;
            let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(Exit::Done) };
            let exit = screen.audit_exported(&entries);
            if exit != Exit::Done {
                return Ok(exit);
            }
            after = last;
        }
    }

    /// Part of an audit must not be taken for the whole, so a file that was not finished is removed.
    async fn save(&self, after: u64, path: &Path) -> Result<(), StartError> {
        let mut file = new_private(path)?;
        let saved = self.write(after, &mut file, path).await;
        if saved.is_err() {
            let _ = fs::remove_file(path);
        }
        saved
    }

    async fn write(&self, mut after: u64, file: &mut File, path: &Path) -> Result<(), StartError> {
        loop {
            let entries = self.piece(after).await?;
            let Some(last) = entries.last().map(|entry| entry.seq) else {
                return file.sync_all().map_err(|source| not_written(path, source));
            };
            append(file, &entries).map_err(|source| not_written(path, source))?;
            after = last;
        }
    }
}

/// The team alone, if there is such a team.
async fn one_team(engine: &Engine, team: &str) -> Result<Scope, StartError> {
    let teams = engine.teams(&Caller::Operator { name: user::name() }).await?;
    if teams.iter().any(|known| known.id == team) {
        return Ok(Scope::Teams(vec![team.into()]));
    }
    Err(engine::Error::NotFound { what: format!("team {team}") }.into())
}

fn not_written(path: &Path, source: io::Error) -> StartError {
    StartError::Export { path: path.to_owned(), source }
}

fn append(file: &mut File, entries: &[AuditEntry]) -> io::Result<()> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)
}

/// A file that was not there before, for this user alone.
fn new_private(path: &Path) -> Result<File, StartError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StartError::Exists { path: path.to_owned() },
        _ => not_written(path, error),
    })
}

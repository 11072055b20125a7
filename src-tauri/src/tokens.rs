//! `breakwater token`: through the running control plane if there is one, through the engine itself otherwise.

use crate::{data_dir::DataDir, plane, socket, start_error::StartError, user};
use cli::{Exit, Screen, TokenVerb};
use client_breakwater::Limits;
use control_plane::{CallContext, ControlPlane as _};
use domain::{ApiKey, CorrelationId, MadeApiKey, NewApiKey, Permission};
use engine::{
    Act, Engine,
    accounts::{Caller, Scope},
};
use std::time::Duration;
use uuid::Uuid;

/// Carries out one verb on tokens.
pub(crate) async fn run(dir: &DataDir, verb: &TokenVerb, screen: &mut Screen<'_>) -> Result<Exit, StartError> {
    let answered = if socket::is_served(&dir.socket()).await {
        through_plane(dir, verb).await?
    } else {
        let engine = plane::open_idle_engine(dir).await?;
        let answered = through_engine(&engine, verb).await;
        engine.shutdown(Duration::from_secs(1)).await;
        answered?
    };
    Ok(match answered {
        Answer::Made(made) => screen.new_token(&made.key.id, made.secret.expose()),
        Answer::Valid(keys) => {
            let rows: Vec<_> = keys.into_iter().filter_map(|key| Some((key.id, key.name, key.created_at?))).collect();
            screen.tokens(&rows)
        }
    })
}

enum Answer {
    Made(MadeApiKey),
    Valid(Vec<ApiKey>),
}

async fn through_plane(dir: &DataDir, verb: &TokenVerb) -> Result<Answer, StartError> {
    let context = CallContext::new(CorrelationId::new(Uuid::now_v7().to_string()));
    let client = socket::client(&dir.socket(), Limits::default())?;
    let carried_out = async {
        match verb {
            TokenVerb::Create { name } => return client.create_api_key(&context, &new(name)).await.map(Answer::Made),
            TokenVerb::Ls => {}
            TokenVerb::Revoke { id } => client.revoke_api_key(&context, id).await?,
        }
        client.api_keys(&context).await.map(Answer::Valid)
    };
    carried_out.await.map_err(StartError::Plane)
}

async fn through_engine(engine: &Engine, verb: &TokenVerb) -> Result<Answer, StartError> {
    let act = Act {
        caller: Caller::Operator { name: user::name() },
        correlation_id: CorrelationId::new(Uuid::now_v7().to_string()),
        idempotency_key: None,
    };
    match verb {
        TokenVerb::Create { name } => {
            return Ok(Answer::Made(engine.create_api_key(&new(name), None, &act).await?));
        }
        TokenVerb::Ls => {}
        TokenVerb::Revoke { id } => engine.revoke_api_key(id, None, &act).await?,
    }
    Ok(Answer::Valid(engine.api_keys(&Scope::Everywhere).await?))
}

/// A key of the operator, which works for every team and may everything that a key may.
fn new(name: &str) -> NewApiKey {
    NewApiKey { name: name.to_owned(), team: None, permissions: Permission::ALL.to_vec(), expires_at: None }
}

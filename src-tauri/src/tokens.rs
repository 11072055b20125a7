//! `breakwater token`: through the running control plane if there is one, through the engine itself otherwise.

use crate::{data_dir::DataDir, plane, socket, start_error::StartError};
use cli::{Exit, Screen, TokenVerb};
use client_breakwater::{BreakwaterClient, Limits};
use control_plane::{CallContext, Error};
use control_plane_api::request::{NewTokenReply, TokenReply};
use domain::CorrelationId;
use engine::{Engine, TokenInfo};
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
        Answer::Made(made) => screen.new_token(&made.token.id, &made.secret),
        Answer::Valid(tokens) => {
            let rows: Vec<_> = tokens.into_iter().map(|token| (token.id, token.name, token.created_at)).collect();
            screen.tokens(&rows)
        }
    })
}

enum Answer {
    Made(NewTokenReply),
    Valid(Vec<TokenReply>),
}

async fn through_plane(dir: &DataDir, verb: &TokenVerb) -> Result<Answer, StartError> {
    let context = CallContext { correlation_id: CorrelationId::new(Uuid::now_v7().to_string()) };
    let unusable = |detail: String| StartError::Plane(Error::Unreachable { detail });
    #[cfg(unix)]
    let client =
        BreakwaterClient::unix(dir.socket(), Limits::default()).map_err(|error| unusable(error.to_string()))?;
    #[cfg(not(unix))]
    let client = return Err(unusable("there are no sockets on this system".to_owned()));
    let answered = match verb {
        TokenVerb::Create { name } => client.create_token(&context, name).await.map(Answer::Made),
        TokenVerb::Ls => client.tokens(&context).await.map(Answer::Valid),
        TokenVerb::Revoke { id } => client.revoke_token(&context, id).await.map(Answer::Valid),
    };
    answered.map_err(StartError::Plane)
}

async fn through_engine(engine: &Engine, verb: &TokenVerb) -> Result<Answer, StartError> {
    match verb {
        TokenVerb::Create { name } => {
            let (secret, token) = engine.create_token(name).await?;
            return Ok(Answer::Made(NewTokenReply { token: told(token), secret: secret.expose().to_owned() }));
        }
        TokenVerb::Ls => {}
        TokenVerb::Revoke { id } => engine.revoke_token(id).await?,
    }
    Ok(Answer::Valid(engine.tokens().into_iter().map(told).collect()))
}

fn told(token: TokenInfo) -> TokenReply {
    TokenReply { id: token.id, name: token.name, created_at: token.created_at }
}

//! API keys of planes. A key that is made for this console becomes the credential of its connection, in the keychain, and is
//! shown to nobody; one for another program is handed to the face this once.
//!
//! Deliberately absent: any way for a key to reach the cache or the log.

use crate::{
    acts::{Deed, record},
    call::Call,
    connections,
    core::Core,
    error::Error,
    guard::Guarded,
    runs::act::reason,
    told::{self, Topic},
    view::{ApiKeyMade, CreateApiKey, KeyPurpose, RevokeApiKey, Told},
};
use cache::Noun;
use domain::{Action, ApiKey, NewApiKey};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

const KEYS: Topic = Topic { noun: Noun::ApiKeys, subject: String::new(), needs: Action::ApiKeys };

fn ask(port: Arc<Guarded>, call: Call, _: String) -> BoxFuture<'static, Result<Vec<ApiKey>, Error>> {
    async move { port.api_keys(call.context()).await }.boxed()
}

/// Keys of every connection; of one that has none, why not.
pub(crate) async fn list(core: &Arc<Core>, call: &Call) -> Result<Vec<Told<Vec<ApiKey>>>, Error> {
    told::everywhere(core, call, &KEYS, ask).await
}

/// Makes a key: as the credential of its connection, or for another program.
pub(crate) async fn create(core: &Arc<Core>, call: &Call, request: CreateApiKey) -> Result<ApiKeyMade, Error> {
    let reason = reason(&request.reason)?;
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        let rule = "the name of a key has 1 to 100 characters";
        return Err(Error::invalid("name", "length", rule, "Say in a few words what it is for."));
    }
    if request.permissions.is_empty() {
        let rule = "a key is for something";
        return Err(Error::invalid("permissions", "required", rule, "Name at least one permission."));
    }
    let link = core.link(&request.connection)?;
    let because = call.because(&reason);
    let deed = Deed::new("create_api_key", &link, name.clone(), Some(reason));
    let secret = record(core, call, &link, deed, async |deed| {
        let port = link.port(core).await?;
        let CreateApiKey { team, permissions, expires_at, .. } = request;
        let new = NewApiKey { name, team, permissions, expires_at };
        let made = port.create_api_key(because.context(), &new).await?;
        deed.target.clone_from(&made.key.id);
        if request.purpose == KeyPurpose::AnotherProgram {
            return Ok(Some(made.secret.expose().to_owned()));
        }
        if let Err(error) = connections::take_token(core, &link, made.secret).await {
            // Nobody has the key, so nobody shall be able to use it.
            let _ = port.revoke_api_key(call.context(), &made.key.id).await;
            return Err(error);
        }
        Ok(None)
    })
    .await?;
    let keys = told::after_act(core, call, &link, KEYS, ask).await?;
    Ok(ApiKeyMade { keys, secret })
}

/// Makes a plane accept a key no longer.
pub(crate) async fn revoke(core: &Arc<Core>, call: &Call, request: RevokeApiKey) -> Result<Told<Vec<ApiKey>>, Error> {
    let reason = reason(&request.reason)?;
    let link = core.link(&request.connection)?;
    let because = call.because(&reason);
    let deed = Deed::new("revoke_api_key", &link, request.key.clone(), Some(reason));
    record(core, call, &link, deed, async |_| {
        link.port(core).await?.revoke_api_key(because.context(), &request.key).await
    })
    .await?;
    told::after_act(core, call, &link, KEYS, ask).await
}

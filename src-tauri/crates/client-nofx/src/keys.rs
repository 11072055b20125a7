//! API keys of the user whom NOFX takes us for.

use crate::{NofxClient, judge, reading, wire::is_id};
use client_http::{Call, plain};
use control_plane::{CallContext, Error};
use domain::{ApiKey, MadeApiKey, NewApiKey};
use serde_json::json;

impl NofxClient {
    pub(crate) async fn read_keys(&self, context: &CallContext) -> Result<Vec<ApiKey>, Error> {
        let call = Call::get(&["auth", "api-keys"]);
        reading::api_keys(&self.wire.try_asking(context, call, "the API keys").await?)
    }

    pub(crate) async fn make_key(&self, context: &CallContext, new: &NewApiKey) -> Result<MadeApiKey, Error> {
        let body = json!({ "name": judge::key(new)?, "permissions": new.permissions });
        let call = Call::post(&["auth", "api-keys"]).json(&body)?;
        reading::made_key(&self.wire.try_asking(context, call, "the new API key").await?)
    }

    pub(crate) async fn delete_key(&self, context: &CallContext, key: &str) -> Result<(), Error> {
        let subject = format!("API key {}", plain(key));
        if !is_id(key) {
            return Err(Error::NotFound { what: subject });
        }
        let call = Call::delete(&["auth", "api-keys", key]);
        reading::done(&self.wire.try_asking(context, call, &subject).await?)
    }
}

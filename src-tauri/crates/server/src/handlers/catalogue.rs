//! What plans are made of: templates and tools.

use crate::{
    body::Json,
    reply::{Answer, Reply},
    serve::Server,
};
use axum::extract::{Path, State};
use control_plane_api::request::{FillBody, ToolReply};
use domain::Template;
use serde_json::Value;

pub(crate) async fn templates(State(server): State<Server>) -> Reply<Vec<Template>> {
    Reply(server.engine().templates())
}

pub(crate) async fn fill(
    State(server): State<Server>,
    Path(template): Path<String>,
    Json(body): Json<FillBody>,
) -> Answer<Value> {
    Ok(Reply(server.engine().fill_template(&template, &body.values).await?))
}

pub(crate) async fn tools(State(server): State<Server>) -> Reply<Vec<ToolReply>> {
    let tools = server.engine().tools().into_iter();
    Reply(tools.map(|tool| ToolReply { name: tool.name, summary: tool.summary }).collect())
}

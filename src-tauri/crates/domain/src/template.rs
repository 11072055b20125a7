//! Templates: plans with blanks.

use serde::{Deserialize, Serialize};

/// A plan with blanks to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct Template {
    /// Stable, e.g. `verify-repository`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it does, one sentence.
    pub summary: String,
    /// What must be filled in.
    pub fields: Vec<TemplateField>,
}

/// One blank of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
pub struct TemplateField {
    /// Its key in the values.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What belongs into it: `folder`, `url` or `text`.
    pub kind: String,
    /// What it is when left empty; `None` means that it must be filled in.
    pub default: Option<String>,
}

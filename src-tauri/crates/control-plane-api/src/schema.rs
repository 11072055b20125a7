//! Schemas of the document: each noun once under its name, referred to from everywhere else.

use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type},
    },
};

/// Collects the named schemas while the document is written.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Refers to a noun, and keeps its schema and those of its parts.
    pub(crate) fn of<T: ToSchema + PartialSchema>(&mut self) -> RefOr<Schema> {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        self.0.extend(parts);
        self.0.insert(T::name().into_owned(), T::schema());
        RefOr::Ref(Ref::from_schema_name(T::name()))
    }

    /// A list of a noun.
    pub(crate) fn list<T: ToSchema + PartialSchema>(&mut self) -> RefOr<Schema> {
        let items = self.of::<T>();
        RefOr::T(ArrayBuilder::new().items(items).into())
    }

    /// A page of a noun.
    pub(crate) fn page<T: ToSchema + PartialSchema>(&mut self) -> RefOr<Schema> {
        let items = self.list::<T>();
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Give this as `after` to get the next page; null on the last."));
        RefOr::T(
            ObjectBuilder::new()
                .property("items", items)
                .required("items")
                .property("next", next)
                .required("next")
                .into(),
        )
    }

    /// Everything that was collected.
    pub(crate) fn into_inner(self) -> BTreeMap<String, RefOr<Schema>> {
        self.0
    }
}

/// Text without further structure.
pub(crate) fn text() -> RefOr<Schema> {
    RefOr::T(ObjectBuilder::new().schema_type(Type::String).into())
}

/// A whole number within bounds.
pub(crate) fn whole(least: i64, most: Option<i64>, default: i64) -> RefOr<Schema> {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .maximum(most)
        .default(Some(default.into()));
    RefOr::T(schema.into())
}

/// Any JSON object.
pub(crate) fn object() -> RefOr<Schema> {
    RefOr::T(ObjectBuilder::new().schema_type(Type::Object).into())
}

//! The committed TypeScript schema is the one that the list of commands makes.

use std::{fs, path::Path};

#[test]
fn committed_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/rpc/schema.ts");
    let fresh = rpc::schema::typescript();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == fresh, "ui/src/rpc/schema.ts is stale; run: cargo xtask codegen");
}

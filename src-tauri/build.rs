//! Runs the Tauri build step with this repository's layout.
//!
//! Everything Tauri writes goes below `src-tauri/gen`, and a page stands in for the UI when it has not been built yet,
//! so that `cargo check` needs no Node.

use std::{fs, io, path::Path};

const UNBUILT_UI: &str = "<!doctype html><title>Breakwater</title><p>The UI is not built yet. Run: cargo xtask run</p>";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    ensure_page(Path::new("ui/dist"))?;
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml"));
    tauri_build::try_build(attributes)?;
    // tauri-build always writes ./gen/schemas beside Cargo.toml.
    let (from, to) = (Path::new("gen"), Path::new("src-tauri/gen"));
    if from.is_dir() {
        if to.is_dir() {
            fs::remove_dir_all(to)?;
        }
        fs::rename(from, to)?;
    }
    Ok(())
}

fn ensure_page(dist: &Path) -> io::Result<()> {
    let page = dist.join("index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(page, UNBUILT_UI)
}

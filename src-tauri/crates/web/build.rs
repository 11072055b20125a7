//! Sees to it that there is a page to embed, so that this compiles without Node, and that a new page is embedded anew.

use std::{fs, io, path::Path};

const UNBUILT_UI: &str = "<!doctype html><title>Breakwater</title><p>The UI is not built yet. Run: cargo xtask run</p>";

fn main() -> io::Result<()> {
    let dist = Path::new("../../../ui/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(dist)?;
        fs::write(page, UNBUILT_UI)?;
    }
    println!("cargo:rerun-if-changed=../../../ui/dist");
    Ok(())
}

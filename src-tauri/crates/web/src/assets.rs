//! The page, as it was built into the executable.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use std::path::Path;

#[derive(RustEmbed)]
#[folder = "../../../ui/dist"]
struct Page;

/// Names of files below this folder contain a hash of their content.
const HASHED: &str = "assets/";

/// A file of the page. Whatever looks like a place within the page, and not like a file, is the page itself.
pub(crate) fn file(path: &str) -> Response {
    let name = path.trim_start_matches('/');
    let is_place = !name.starts_with('.') && Path::new(name).extension().is_none();
    let name = if is_place { "index.html" } else { name };
    match Page::get(name).filter(|_| !name.starts_with('.')) {
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
        Some(file) => {
            let caching = if name.starts_with(HASHED) { "private, max-age=31536000, immutable" } else { "no-store" };
            let headers = [(header::CONTENT_TYPE, media_type(name)), (header::CACHE_CONTROL, caching)];
            (headers, file.data.into_owned()).into_response()
        }
    }
}

fn media_type(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::file;
    use axum::http::{StatusCode, header};

    #[test]
    fn places_are_the_page_and_files_are_files() {
        for place in ["/", "/runs/run_1", "/settings"] {
            let response = file(place);
            assert_eq!(response.status(), StatusCode::OK, "{place} opens the page");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "the page itself is never kept");
        }
        for missing in ["/assets/none.js", "/../Cargo.toml", "/.stamp", "/..%2fCargo.toml"] {
            assert_eq!(file(missing).status(), StatusCode::NOT_FOUND, "{missing} is nothing of the page");
        }
    }
}

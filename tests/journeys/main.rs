//! One user's story, told through each face over real processes: create, watch, fail, retry, approve, succeed, stop the
//! plane, and read it all again from the cache.
//!
//! The window tells the same story in `tests/window`, since it needs a display.

#![expect(clippy::expect_used, clippy::panic, reason = "set-up that fails is a failed test")]

mod custody;
mod drill;
mod foreign;
mod plane;
mod story;
mod terminal;
mod web;

use plane::Plane;

#[test]
fn the_terminal_tells_the_whole_story() {
    let plane = Plane::start();
    let face = terminal::Terminal::over(plane.data());
    story::tell(&face, plane);
}

#[test]
fn the_web_face_tells_the_whole_story() {
    let plane = Plane::start();
    let face = web::Web::over(plane.data());
    story::tell(&face, plane);
}

#[test]
fn a_face_takes_over_the_control_plane_of_a_killed_process_when_a_person_asks() {
    custody::tell();
}

#[test]
fn a_store_platform_is_found_out_used_and_read_again_without_it() {
    foreign::tell();
}

#[test]
fn a_drill_in_the_terminal_sends_nothing_anywhere_and_leaves_nothing() {
    drill::tell();
}

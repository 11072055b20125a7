//! Against a real session bus, with a notification server that notes what it is told.

use super::{Bus, escaped};
use console::view::Banner;
use futures::StreamExt as _;
use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};
use testkit::NotificationServer;
use zbus::{Connection, connection::Builder, zvariant::OwnedValue};

/// A bus of its own for each test, ended with it.
struct Daemon {
    child: Child,
    address: String,
}

impl Daemon {
    fn start() -> Self {
        let mut child = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon starts; on Debian it is in the package dbus-daemon");
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    async fn join(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn banner(cause: &str, title: &str, sound: bool) -> Banner {
    Banner {
        cause: cause.to_owned(),
        title: title.to_owned(),
        text: "On <flow-eu> & elsewhere.".to_owned(),
        route: format!("#/{cause}"),
        sound,
    }
}

#[tokio::test]
async fn a_cause_has_one_banner_and_a_click_leads_to_it() {
    let daemon = Daemon::start();
    let server = NotificationServer::on(daemon.join().await).await.unwrap();
    let mut bus = Bus::over(daemon.join().await).await.unwrap();
    bus.show(&banner("breaker", "opened", true)).await.unwrap();
    bus.show(&banner("run", "failed", false)).await.unwrap();
    bus.show(&banner("breaker", "closed", true)).await.unwrap();
    let shown = server.shown();
    let titles: Vec<_> = shown.iter().map(|shown| (shown.title.as_str(), shown.replaces)).collect();
    assert_eq!(titles, [("opened", 0), ("failed", 0), ("closed", 1)], "what is said of a cause takes its place");
    assert_eq!(shown[0].body, "On &lt;flow-eu&gt; &amp; elsewhere.", "a name is no markup");
    assert_eq!(shown[0].actions[0], "default", "a click on the banner itself counts");
    assert!(shown[0].hints.iter().any(|hint| hint == "sound-name"), "what is to be heard has a sound");
    assert!(shown[1].hints.iter().any(|hint| hint == "suppress-sound"), "and what is not has none");

    server.click(99).await.unwrap();
    server.click(2).await.unwrap();
    assert_eq!(bus.clicked().await.as_deref(), Some("#/run"), "another program's banner is passed over");
    bus.take_away("breaker").await.unwrap();
    bus.take_away("unknown").await.unwrap();
    assert_eq!(server.closed(), [1], "only what is there is taken away");
    bus.show(&banner("run", "failed again", false)).await.unwrap();
    bus.leave().await;
    assert!(server.closed().len() > 1, "nothing is left behind that leads nowhere");
}

#[tokio::test]
async fn the_launcher_is_told_of_the_number_and_of_its_end() {
    let daemon = Daemon::start();
    let launcher = daemon.join().await;
    let server = NotificationServer::on(daemon.join().await).await.unwrap();
    let bus = Bus::over(daemon.join().await).await.unwrap();
    let rule = zbus::MatchRule::builder().interface("com.canonical.Unity.LauncherEntry").unwrap().build();
    let mut told = zbus::MessageStream::for_match_rule(rule, &launcher, None).await.unwrap();
    for (count, visible) in [(3_u32, true), (0, false)] {
        bus.badge(count.into()).await.unwrap();
        let message = told.next().await.unwrap().unwrap();
        let (launcher, properties): (String, HashMap<String, OwnedValue>) = message.body().deserialize().unwrap();
        assert_eq!(launcher, "application://Breakwater.desktop");
        assert_eq!(properties["count-visible"], OwnedValue::from(visible), "{count}");
        assert_eq!(properties["count"], OwnedValue::from(i64::from(count)), "{count}");
    }
    assert!(server.shown().is_empty(), "a number is no banner");
    assert_eq!(escaped("plain"), "plain");
}

#[tokio::test]
async fn without_a_server_there_is_an_error_and_no_waiting() {
    let daemon = Daemon::start();
    assert!(Bus::over(daemon.join().await).await.is_err(), "nobody shows banners on this bus");
}

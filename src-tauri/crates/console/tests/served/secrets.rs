//! Where a password or a token never is: in a file, in the log, in a reply, in what is shown of a value.

use crate::desk::{Desk, NAME, PASSWORD, signed_in};
use console::{SyncMode, view::SignIn};
use serde_json::json;
use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// The log of this process.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() { files(&path) } else { vec![(path.display().to_string(), fs::read(&path).unwrap())] }
        })
        .collect()
}

/// The secrets of the session as it is now.
async fn tokens(desk: &Desk) -> Vec<String> {
    let kept = desk.kept().await.unwrap();
    ["access", "refresh"].map(|name| kept[name].as_str().unwrap().to_owned()).to_vec()
}

#[tokio::test]
async fn no_secret_is_where_it_could_be_read() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || writer.clone()).init();
    let (plane, desk) = signed_in(SyncMode::Live).await;
    let mut secrets = vec![PASSWORD.to_owned()];
    secrets.extend(tokens(&desk).await);
    let refused = desk.sign_in("canary-wrong-55d0", false).await.unwrap_err();
    secrets.push("canary-wrong-55d0".to_owned());
    plane.clock.advance(Duration::from_mins(15));
    desk.start_run("go").await.unwrap();
    secrets.extend(tokens(&desk).await);
    let request = json!({ "connection": NAME, "by": { "password": { "email": "a@b", "password": PASSWORD } } });
    let request: SignIn = serde_json::from_value(request).unwrap();
    let replies = [
        serde_json::to_string(&desk.view().await).unwrap(),
        serde_json::to_string(&desk.sign_in(PASSWORD, false).await.unwrap()).unwrap(),
        serde_json::to_string(&desk.console.acts(()).await.unwrap()).unwrap(),
        serde_json::to_string(&refused).unwrap(),
        format!("{:?} {:?} {:?} {request:?} {:?}", desk.console, desk.keychain, desk.view().await, request.by),
    ];
    secrets.extend(tokens(&desk).await);
    desk.sign_out(false).await.unwrap();
    desk.console.shutdown().await;
    let written = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(holds(&written, "not carried out"), "the log is looked at");
    let mut places = files(desk.dir.path());
    assert!(places.iter().any(|(_, bytes)| holds(bytes, NAME)), "the files are looked at");
    places.extend(files(&plane.folder()));
    places.push(("the log".to_owned(), written));
    places.extend(replies.into_iter().map(|reply| ("a reply".to_owned(), reply.into_bytes())));
    for secret in &secrets {
        assert!(secret.len() > 10, "a secret is long enough to be looked for");
        let found: Vec<_> = places.iter().filter(|(_, bytes)| holds(bytes, secret)).map(|(place, _)| place).collect();
        assert!(found.is_empty(), "{}… is in {found:?}", &secret[..6]);
    }
}

//! Writes what was recorded as first input for a fuzz target: `sow TARGET FOLDER`.

use std::{env, fs, io, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [target, folder] = arguments.as_slice() else {
        eprintln!("usage: sow TARGET FOLDER");
        return ExitCode::from(2);
    };
    match sow(target, &PathBuf::from(folder)) {
        Ok(count) => {
            println!("{count} recorded inputs for {target}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{target}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn sow(target: &str, folder: &PathBuf) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    match target {
        "store_platform" => fuzz::STORE_PLATFORM.sow(folder),
        "nofx" => fuzz::NOFX.sow(folder),
        "nofx_history" => fuzz::sow_histories(folder),
        "fuzzyllama" => fuzz::FUZZYLLAMA.sow(folder),
        "fuzzyllama_socket" => fuzz::sow_news(folder),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "there is no such target")),
    }
}

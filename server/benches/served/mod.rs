//! A server in the process of the benchmark, in a world whose clock can be set.

use server::config::{Config, Demo, Log, Voice};
use server::http::Application;
use std::net::SocketAddr;
use std::path::Path;

/// A configuration with a clock that starts at a time (RFC 3339) and runs as time does.
pub fn config(database: &str, directory: &Path, starts: &str) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        database: database.to_owned(),
        blobs: directory.join("blobs"),
        objects: None,
        keys: directory.join("keys"),
        key_command: Vec::new(),
        tls: None,
        log: Log::default(),
        voice: Voice::default(),
        demo: Some(Demo {
            clock_socket: directory.join("clock"),
            clock_start: starts.to_owned(),
            clock_rate: 1,
            entropy: None,
        }),
    }
}

/// Serves on a thread that ends with the program.
pub fn serve(application: Application) -> SocketAddr {
    let address = application.address();
    std::thread::spawn(move || actix_web::rt::System::new().block_on(application.run_until_stopped()));
    address
}

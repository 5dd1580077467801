//! Takes the face detector's model out of the package of `rustface`, where its authors put it: a file of 1.2 MB that is
//! neither copied into this repository nor fetched from anywhere else.

use std::path::{Path, PathBuf};
use std::process::Command;

const MODEL: &str = "model/seeta_fd_frontal_v1.0.bin";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("faces.bin");
    let copied =
        package().ok_or_else(|| "cargo metadata does not name rustface".to_owned()).and_then(|dir| {
            let model = dir.join(MODEL);
            std::fs::copy(&model, &out).map_err(|error| format!("{}: {error}", model.display()))
        });
    if let Err(why) = copied {
        println!("cargo::error=the model of the face detector is not there: {why}");
    }
}

/// Where the package of `rustface` lies: in cargo's registry, or where a vendored copy was put.
fn package() -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO")?;
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform"])
        .arg(std::env::var_os("TARGET")?)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    // "manifest_path":"…/rustface-0.1.7/Cargo.toml"
    let paths = text.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let of_rustface = |path: &&Path| {
        let dir = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        dir.is_some_and(|name| name == "rustface" || name.starts_with("rustface-"))
    };
    paths.map(Path::new).find(of_rustface).and_then(Path::parent).map(Path::to_owned)
}

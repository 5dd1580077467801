//! Set-up as somebody who may not install: the line to type and status 2, and nothing is tried.

#![expect(clippy::unwrap_used, reason = "what a test calls may fail as the test itself may")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Somebody without rights, on any Debian.
const NOBODY: &str = "65534";

fn program(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    open_to_all(&path);
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn who_may_not_install_is_told_the_one_line_that_does_and_nothing_is_tried() {
    // A machine on which nothing is installed, and where calling apt-get would be seen.
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    open_to_all(here);
    program(here, "dpkg-query", "#!/bin/sh\nexit 1\n");
    program(here, "python3", "#!/bin/sh\nexit 1\n");
    let tried = here.join("tried");
    program(here, "apt-get", &format!("#!/bin/sh\n: > {}\n", tried.display()));
    program(here, "id", "#!/bin/sh\nexec /usr/bin/id \"$@\"\n");
    // Where we are built may be closed to others.
    let xtask = here.join("xtask");
    std::fs::copy(env!("CARGO_BIN_EXE_xtask"), &xtask).unwrap();
    open_to_all(&xtask);
    let root = Command::new("/usr/bin/id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if root { Command::new("/usr/bin/setpriv") } else { Command::new(&xtask) };
    if root {
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(&xtask);
    }
    let output = command.args(["setup", "build"]).env("PATH", here).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for part in
        ["gcc: compiles the embedded SQLite", "sudo sh -c 'apt-get update && apt-get install -y", "libpq-dev"]
    {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
    assert!(!tried.exists());
}

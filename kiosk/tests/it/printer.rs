//! A real IPP printer: CUPS's own `ippeveprinter`, on a D-Bus of its own, and a finisher script by which a test says how
//! each job goes on.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running printer.
pub struct Printer {
    dir: tempfile::TempDir,
    port: u16,
    bus: Child,
    printer: Option<Child>,
    address: String,
}

/// A port that nothing listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Printer {
    /// Starts one; `None`, and it is said, where the program is not installed.
    pub fn start() -> Option<Self> {
        for program in ["ippeveprinter", "dbus-daemon"] {
            if Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_err()
            {
                println!("skipped: {program} is not installed");
                return None;
            }
        }
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        fs::create_dir(dir.path().join("spool")).unwrap();
        assert!(Command::new("mkfifo").arg(at("go")).status().unwrap().success());
        let script = format!(
            "#!/bin/sh\n[ -f {0} ] || exit 0\ncat {0} >&2\nread -r word < {1}\necho \"STATE: -media-empty,media-jam\" >&2\n\
             [ \"$word\" = ok ]\n",
            at("hold"),
            at("go")
        );
        let path = dir.path().join("finish");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let address = address.trim().to_owned();
        let mut printer = Self { dir, port: free_port(), bus, printer: None, address };
        printer.switch_on();
        Some(printer)
    }

    /// Starts the program and waits until it listens.
    pub fn switch_on(&mut self) {
        let at = |name: &str| self.dir.path().join(name).display().to_string();
        let child = Command::new("ippeveprinter")
            .args(["-p", &self.port.to_string(), "-r", "off", "-k", "-d", &at("spool"), "-c", &at("finish")])
            .args(["-f", "application/pdf", "-n", "localhost", "Certificates"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        self.printer = Some(child);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.printer.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the printer did not start: {ended:?}");
        }
    }

    /// As a power cut would end it, with whatever it was doing.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.printer.take() {
            let group = format!("-{}", child.id());
            assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
            child.wait().unwrap();
        }
    }

    /// From now on a job waits in the middle, and the printer says this of itself (`STATE: …`, see ippeveprinter(1)).
    pub fn hold(&self, says: &str) {
        fs::write(self.dir.path().join("hold"), format!("{says}\n")).unwrap();
    }

    /// Lets the job go on that waits: it comes out, or the printer gives it up. Later ones do not wait.
    pub fn go_on(&self, comes_out: bool) {
        fs::remove_file(self.dir.path().join("hold")).unwrap();
        let mut fifo = fs::OpenOptions::new().write(true).open(self.dir.path().join("go")).unwrap();
        writeln!(fifo, "{}", if comes_out { "ok" } else { "no" }).unwrap();
    }

    /// What the printer kept of all jobs.
    pub fn kept(&self) -> Vec<Vec<u8>> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.dir.path().join("spool")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "pdf"));
        files.sort();
        files.iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// Where it is.
    pub fn uri(&self) -> String {
        format!("ipp://localhost:{}/ipp/print", self.port)
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.kill();
        // It may have ended already.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

// A real IPP printer for browser tests: CUPS's `ippeveprinter` on a D-Bus of its own, with a finisher script by which the
// test says how each job goes on.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(() => resolve(true)));
    socket.on("error", () => resolve(false));
  });

/** Starts a printer; nothing, where the program is not installed. */
export const startPrinter = async () => {
  const places = ["/usr/bin/ippeveprinter", "/usr/sbin/ippeveprinter"];
  const program = places.find((place) => existsSync(place));
  if (!program) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "kaodian-printer-"));
  const at = (name) => join(directory, name);
  mkdirSync(at("spool"));
  execFileSync("mkfifo", [at("go")]);
  writeFileSync(
    at("finish"),
    `#!/bin/sh\n[ -f ${at("hold")} ] || exit 0\ncat ${at("hold")} >&2\nread -r word < ${at("go")}\n` +
      'echo "STATE: -media-empty,media-jam" >&2\n[ "$word" = ok ]\n',
  );
  chmodSync(at("finish"), 0o755);
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address=1"], { stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((resolve) => bus.stdout.once("data", (data) => resolve(String(data).trim())));
  const port = await freePort();
  const child = spawn(
    program,
    ["-p", port, "-r", "off", "-k", "-d", at("spool"), "-c", at("finish"), "-f", "application/pdf", "-n", "localhost", "Certificates"],
    { stdio: "ignore", detached: true, env: { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: address } },
  );
  while (!(await listens(port)));
  return {
    uri: `ipp://localhost:${port}/ipp/print`,
    /** From now on a job waits in the middle, and the printer says this of itself. */
    hold: (says) => writeFileSync(at("hold"), `${says}\n`),
    /** Lets the job go on that waits. */
    goOn: (comesOut) => {
      rmSync(at("hold"));
      execFileSync("sh", ["-c", `echo ${comesOut ? "ok" : "no"} > ${at("go")}`]);
    },
    stop: () => {
      process.kill(-child.pid, "SIGKILL");
      bus.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

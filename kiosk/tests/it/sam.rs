//! A reader of identity cards, emulated at its wire: the other end of a pseudo-terminal.

use kiosk::device::sam::frame::{Order, framed};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// How the line spoils what the reader says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Clean,
    /// In pieces of a few bytes.
    InPieces,
    /// Rubbish before every reply, with the beginning of a frame in it.
    Rubbish,
    /// Every reply twice.
    Doubled,
    /// The first reply to each order is cut in the middle.
    CutOnce,
    /// The first reply to each order has a changed byte.
    CorruptedOnce,
    /// The first reply to each order comes after the next order, together with the second.
    DelayedOnce,
    /// Nothing is answered.
    Dumb,
}

/// What is on the reader, and how the line is.
pub struct Bench {
    pub card: Option<Vec<u8>>,
    pub line: Line,
    /// Whether a card that was read is not found again until it is laid anew, as with most readers.
    pub once: bool,
    read: bool,
}

/// An emulated reader, plugged in at a path that stays the same.
pub struct Emulator {
    bench: Arc<Mutex<Bench>>,
    path: PathBuf,
    plugged: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

/// Data of the reply to "read" for these fields.
pub fn card(name: &str, number: &str, until: &str) -> Vec<u8> {
    let mut data = vec![1, 0, 4, 0];
    let fields = [
        (name, 30),
        ("1", 2),
        ("01", 4),
        ("19900517", 16),
        ("北京市朝阳区某街道一号", 70),
        (number, 36),
        ("北京市公安局朝阳分局", 30),
        ("20200102", 16),
        (until, 16),
        ("", 36),
    ];
    for (text, bytes) in fields {
        let mut field: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        while field.len() < bytes {
            field.extend(u16::to_le_bytes(0x20));
        }
        data.extend(field);
    }
    data.resize(4 + 256 + 1024, 0x5A);
    data
}

impl Emulator {
    /// Plugs a reader in.
    pub fn new(path: &Path) -> Self {
        let bench = Bench { card: None, line: Line::Clean, once: false, read: false };
        let mut emulator = Self { bench: Arc::new(Mutex::new(bench)), path: path.to_owned(), plugged: None };
        emulator.plug();
        emulator
    }

    pub fn set(&self, change: impl FnOnce(&mut Bench)) {
        let mut bench = self.bench.lock().unwrap();
        change(&mut bench);
        bench.read = false;
    }

    pub fn plug(&mut self) {
        let (master, slave, name) = pair();
        let _ = std::fs::remove_file(&self.path);
        std::os::unix::fs::symlink(name, &self.path).unwrap();
        let (bench, pulled) = (Arc::clone(&self.bench), Arc::new(AtomicBool::new(false)));
        let stop = Arc::clone(&pulled);
        let thread = std::thread::spawn(move || {
            // Held open, so that the line is not closed whenever the kiosk is not there.
            let _slave = slave;
            let mut talk = Talk { master, bench, heard: Vec::new(), late: Vec::new(), asked: Vec::new() };
            while !stop.load(Ordering::SeqCst) {
                talk.listen();
            }
        });
        self.plugged = Some((pulled, thread));
    }

    /// Pulls the reader out: its device file is gone and its line is dead.
    pub fn pull(&mut self) {
        if let Some((pulled, thread)) = self.plugged.take() {
            pulled.store(true, Ordering::SeqCst);
            thread.join().unwrap();
            std::fs::remove_file(&self.path).unwrap();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.pull();
    }
}

/// Two ends of a line in the raw, and the device file of the second.
pub fn pair() -> (File, OwnedFd, PathBuf) {
    let line = openpty(None, None).unwrap();
    let mut settings = tcgetattr(&line.slave).unwrap();
    cfmakeraw(&mut settings);
    tcsetattr(&line.slave, SetArg::TCSANOW, &settings).unwrap();
    let name = std::fs::read_link(format!("/proc/self/fd/{}", line.slave.as_raw_fd())).unwrap();
    (File::from(line.master), line.slave, name)
}

struct Talk {
    master: File,
    bench: Arc<Mutex<Bench>>,
    heard: Vec<u8>,
    late: Vec<u8>,
    /// Orders that were spoiled once.
    asked: Vec<Order>,
}

impl Talk {
    fn listen(&mut self) {
        let mut piece = [0; 64];
        let mut wanted = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
        if poll(&mut wanted, PollTimeout::from(20u8)).unwrap() == 0 {
            return;
        }
        if let Ok(read) = self.master.read(&mut piece) {
            self.heard.extend_from_slice(&piece[..read]);
        }
        for order in [Order::Find, Order::Select, Order::Read] {
            let frame = order.frame();
            if let Some(at) = self.heard.windows(frame.len()).position(|window| window == frame) {
                self.heard.drain(..at + frame.len());
                self.answer(order);
            }
        }
    }

    fn answer(&mut self, order: Order) {
        let (line, reply) = {
            let mut bench = self.bench.lock().unwrap();
            (bench.line, bench.reply(order))
        };
        let first = !self.asked.contains(&order);
        let once = [Line::CutOnce, Line::CorruptedOnce, Line::DelayedOnce].contains(&line);
        if once && first {
            self.asked.push(order);
        } else if !once {
            self.asked.clear();
        }
        let said = match line {
            Line::Dumb => Vec::new(),
            Line::Rubbish => [b"\xAA\xAA\xAA\x96\x69\x03\x00noise\xAA".to_vec(), reply].concat(),
            Line::Doubled => [reply.clone(), reply].concat(),
            Line::CutOnce if first => reply[..reply.len() / 2].to_vec(),
            Line::CorruptedOnce if first => {
                let mut reply = reply;
                let middle = reply.len() / 2 + 2;
                reply[middle] ^= 0x10;
                reply
            }
            Line::DelayedOnce if first => {
                self.late = reply;
                Vec::new()
            }
            _ => [std::mem::take(&mut self.late), reply].concat(),
        };
        let size = if line == Line::InPieces { 7 } else { 64 };
        for piece in said.chunks(size) {
            // The kiosk may have closed its end.
            let _ = self.master.write_all(piece);
        }
    }
}

impl Bench {
    fn reply(&mut self, order: Order) -> Vec<u8> {
        let hidden = self.once && self.read;
        match (order, self.card.as_ref().filter(|_| !hidden)) {
            (_, None) => framed(&[0, 0, 0x80]),
            (Order::Find, Some(_)) => framed(&[0, 0, 0x9F, 0, 0, 0, 0]),
            (Order::Select, Some(_)) => framed(&[0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0]),
            (Order::Read, Some(card)) if card.is_empty() => framed(&[0, 0, 0x41]),
            (Order::Read, Some(card)) => {
                self.read = true;
                framed(&[&[0, 0, 0x90], card.as_slice()].concat())
            }
        }
    }
}

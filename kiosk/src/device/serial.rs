//! A serial line: 8 data bits, no parity, 1 stop bit.

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{self, BaudRate, ControlFlags, FlushArg, SetArg};
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

/// An open port. Reading and writing end with [`ErrorKind::TimedOut`] when the line does nothing for as long as the port's
/// patience; a line that hung up is [`ErrorKind::UnexpectedEof`].
pub struct Port {
    file: File,
    patience: PollTimeout,
}

impl Port {
    /// Opens a device file at so many bits a second ([`is_rate`]).
    ///
    /// # Errors
    /// What the system says; [`ErrorKind::InvalidInput`] for a speed that no port has.
    pub fn open(path: &str, baud: u32, patience: Duration) -> Result<Self> {
        let invalid = || Error::from(ErrorKind::InvalidInput);
        let rate = rate(baud).ok_or_else(invalid)?;
        let patience = PollTimeout::try_from(patience).map_err(|_| invalid())?;
        // Without these a port whose line says "no carrier" would never open, and a hang-up would end the program.
        let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags.bits()).open(path)?;
        let mut settings = termios::tcgetattr(&file)?;
        termios::cfmakeraw(&mut settings);
        settings.control_flags |= ControlFlags::CLOCAL | ControlFlags::CREAD;
        settings.control_flags &= !(ControlFlags::CSTOPB | ControlFlags::CRTSCTS);
        termios::cfsetspeed(&mut settings, rate)?;
        termios::tcsetattr(&file, SetArg::TCSANOW, &settings)?;
        Ok(Self { file, patience })
    }

    /// Forgets what came in and was not read.
    ///
    /// # Errors
    /// What the system says.
    pub fn forget_input(&self) -> Result<()> {
        Ok(termios::tcflush(&self.file, FlushArg::TCIFLUSH)?)
    }

    fn wait_for(&self, what: PollFlags) -> Result<()> {
        match poll(&mut [PollFd::new(self.file.as_fd(), what)], self.patience) {
            Ok(0) | Err(Errno::EINTR) => Err(ErrorKind::TimedOut.into()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Port {
    fn read(&mut self, piece: &mut [u8]) -> Result<usize> {
        self.wait_for(PollFlags::POLLIN)?;
        match self.file.read(piece) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            other => other.map_err(late),
        }
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.wait_for(PollFlags::POLLOUT)?;
        self.file.write(bytes).map_err(late)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

/// What would have to be waited for once more is late.
fn late(error: Error) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::Interrupted => ErrorKind::TimedOut.into(),
        _ => error,
    }
}

/// Whether a port can be set to so many bits a second.
#[must_use]
pub fn is_rate(baud: u32) -> bool {
    rate(baud).is_some()
}

const fn rate(baud: u32) -> Option<BaudRate> {
    Some(match baud {
        1_200 => BaudRate::B1200,
        2_400 => BaudRate::B2400,
        4_800 => BaudRate::B4800,
        9_600 => BaudRate::B9600,
        19_200 => BaudRate::B19200,
        38_400 => BaudRate::B38400,
        57_600 => BaudRate::B57600,
        115_200 => BaudRate::B115200,
        230_400 => BaudRate::B230400,
        _ => return None,
    })
}

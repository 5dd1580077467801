//! A camera that shows pictures of a folder one after another, for machines without a camera and for exercises.

use super::portrait::picture_file;
use super::{Camera, DeviceError, Finding};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Names that end like this are pictures.
const ENDINGS: [&str; 3] = ["jpg", "jpeg", "png"];

/// Takes the pictures of a folder in the order of their names, again and again. The folder is read anew at every turn,
/// so that pictures may come and go.
pub struct SequenceCamera {
    dir: PathBuf,
    interval: Duration,
    turn: std::vec::IntoIter<PathBuf>,
    due: Option<Instant>,
}

impl SequenceCamera {
    /// A camera with so many pictures a second.
    #[must_use]
    pub fn new(dir: &Path, frames_per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / frames_per_second.max(1);
        Self { dir: dir.to_owned(), interval, turn: Vec::new().into_iter(), due: None }
    }

    fn next(&mut self) -> Option<PathBuf> {
        if self.turn.len() == 0 {
            self.turn = pictures(&self.dir).ok()?.into_iter();
        }
        self.turn.next()
    }
}

/// The pictures of a folder in the order of their names.
fn pictures(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let ending = |path: &Path| path.extension().map(|end| end.to_string_lossy().to_lowercase());
    let mut pictures: Vec<_> = std::fs::read_dir(dir)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| ending(path).is_some_and(|end| ENDINGS.contains(&end.as_str())))
        .collect();
    pictures.sort();
    Ok(pictures)
}

impl Camera for SequenceCamera {
    fn picture(&mut self) -> Result<Vec<u8>, DeviceError> {
        let now = Instant::now();
        let due = self.due.unwrap_or(now);
        std::thread::park_timeout(due.saturating_duration_since(now));
        self.due = Some(due.max(now) + self.interval);
        let path = self.next().ok_or(DeviceError::Broken)?;
        picture_file(&path)
    }

    fn probe(&mut self) -> Finding {
        let shown = self.dir.display();
        match pictures(&self.dir) {
            Ok(found) if !found.is_empty() => Finding::usable(format!("{} pictures in {shown}", found.len())),
            Ok(_) => Finding::unusable(format!("no picture in {shown}"), "kiosk-doctor-mend-camera-files"),
            Err(error) => Finding::unusable(format!("{shown}: {error}"), "kiosk-doctor-mend-camera-files"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::portrait::{jpeg, portrait};
    use super::*;

    #[test]
    fn pictures_come_in_the_order_of_their_names_again_and_again_and_a_missing_folder_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("pictures");
        let mut camera = SequenceCamera::new(&folder, 60);
        assert_eq!(camera.picture(), Err(DeviceError::Broken));
        assert!(!camera.probe().usable);
        std::fs::create_dir(&folder).unwrap();
        let (one, two) = (jpeg(&portrait("one")).unwrap(), jpeg(&portrait("two")).unwrap());
        std::fs::write(folder.join("b.JPG"), &two).unwrap();
        std::fs::write(folder.join("a.jpg"), &one).unwrap();
        std::fs::write(folder.join("notes.txt"), "no picture").unwrap();
        std::fs::write(folder.join("c.png"), "no picture").unwrap();
        let turn = [Ok(one), Ok(two), Err(DeviceError::NoPicture)];
        for expected in turn.iter().chain(&turn) {
            assert_eq!(&camera.picture(), expected);
        }
        assert!(camera.probe().usable);
    }
}

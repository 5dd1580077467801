//! A real camera.

use super::portrait::jpeg;
use super::{Camera, DeviceError, Finding};
use nokhwa::pixel_format::RgbFormat;
use nokhwa::utils::{ApiBackend, CameraIndex, RequestedFormat, RequestedFormatType};
use std::time::{Duration, Instant};

/// Frames that a camera needs before exposure and white balance have settled.
const WARM_UP: u32 = 5;
/// A frame that comes sooner than this was waiting in the driver and is of a while ago.
const WAITED_FOR: Duration = Duration::from_millis(8);
/// Frames that a driver keeps at most.
const KEPT: u32 = 8;

/// A camera of the system. It is opened for the first picture, and again after every failure.
pub struct NokhwaCamera {
    index: u32,
    open: Option<nokhwa::Camera>,
}

impl NokhwaCamera {
    /// The camera with this number.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        Self { index, open: None }
    }

    fn opened(&mut self) -> Result<nokhwa::Camera, nokhwa::NokhwaError> {
        if let Some(camera) = self.open.take() {
            return Ok(camera);
        }
        let format = RequestedFormat::new::<RgbFormat>(RequestedFormatType::AbsoluteHighestResolution);
        let mut camera = nokhwa::Camera::new(CameraIndex::Index(self.index), format)?;
        camera.open_stream()?;
        for _ in 0..WARM_UP {
            camera.frame()?;
        }
        Ok(camera)
    }
}

/// The frame that the camera takes now, past those that the driver has kept.
fn latest(camera: &mut nokhwa::Camera) -> Result<nokhwa::Buffer, nokhwa::NokhwaError> {
    let mut frame = camera.frame()?;
    for _ in 0..KEPT {
        let asked = Instant::now();
        frame = camera.frame()?;
        if asked.elapsed() > WAITED_FOR {
            break;
        }
    }
    Ok(frame)
}

impl Camera for NokhwaCamera {
    fn picture(&mut self) -> Result<Vec<u8>, DeviceError> {
        let broken = |error: nokhwa::NokhwaError| {
            tracing::warn!(%error, "the camera gave no picture");
            DeviceError::Broken
        };
        let mut camera = self.opened().map_err(broken)?;
        let frame = latest(&mut camera).map_err(broken)?;
        let picture = frame.decode_image::<RgbFormat>().map_err(broken)?;
        // Kept open only while it works: after a failure the next picture opens it anew.
        self.open = Some(camera);
        jpeg(&picture).ok_or(DeviceError::NoPicture)
    }

    fn probe(&mut self) -> Finding {
        let found = nokhwa::query(ApiBackend::Auto).unwrap_or_default();
        let names: Vec<_> = found.iter().map(nokhwa::utils::CameraInfo::human_name).collect();
        let ours = usize::try_from(self.index).ok().and_then(|index| names.get(index));
        match ours {
            Some(name) => Finding::usable(format!("camera {}: {name}", self.index)),
            None => Finding::unusable(
                format!("no camera {}; found: [{}]", self.index, names.join(", ")),
                "kiosk-doctor-mend-camera",
            ),
        }
    }
}

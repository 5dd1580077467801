//! Kiosks as the system administrator sees them, and the settings.

use crate::harness::{Kiosk, assert_rebuilds, code, on_both, person};
use server::app::devices::{self, DeviceState};
use server::app::{kiosks, settings};

fn state(app: &crate::harness::TestApp, id: &str) -> DeviceState {
    let all = devices::list(app).unwrap();
    let mut found = all.points.into_iter().flat_map(|p| p.kiosks).filter(|d| d.id == id);
    found.next().unwrap().state
}

#[test]
fn a_kiosk_is_announced_comes_into_contact_falls_silent_and_is_shut_out() {
    on_both(|app| {
        let sysadmin = person(app, "sysadmin");
        let announced = kiosks::announce(app, &sysadmin, "P01", None).unwrap();
        assert_eq!(state(app, &announced.kiosk), DeviceState::Announced);
        let late = kiosks::announce(app, &sysadmin, "P02", None).unwrap();
        let kiosk = Kiosk::enrolled(app, &announced.code, 7);
        assert_eq!(kiosk.get(app, "/api/v1/kiosk/journal").status, 200);
        assert_eq!(state(app, &announced.kiosk), DeviceState::Near);
        app.after_minutes(6);
        assert_eq!(state(app, &announced.kiosk), DeviceState::Silent);
        app.after_minutes(25 * 60);
        assert_eq!(state(app, &late.kiosk), DeviceState::Expired);
        let revoke = |id: &str, reason: &str| code(&devices::revoke(app, &sysadmin, id, reason, None));
        assert_eq!(revoke("P01-K99", "lost"), "device-unknown");
        assert_eq!(revoke(&announced.kiosk, " "), "reason-needed");
        assert_eq!(revoke(&announced.kiosk, "lost"), "ok");
        assert_eq!(revoke(&announced.kiosk, "lost"), "device-revoked");
        assert_eq!(state(app, &announced.kiosk), DeviceState::Revoked);
        assert_eq!(kiosk.get(app, "/api/v1/kiosk/journal").problem(), (401, "kiosk-unknown".to_owned()));
        assert_rebuilds(app);
    });
}

#[test]
fn the_settings_name_every_key_and_nothing_secret() {
    on_both(|app| {
        let shown = settings::show(app);
        assert_eq!(shown.keys.len(), 7);
        assert!(shown.keys.iter().all(|key| key.in_use && key.made_at.is_some()));
        let all = format!("{shown:?}");
        assert!(!all.contains(&app.config.database), "{all}");
        assert!(!all.contains(&app.config.keys.to_string_lossy().into_owned()), "{all}");
    });
}

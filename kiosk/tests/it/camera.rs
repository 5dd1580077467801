//! The camera: a sequence of pictures as its source, the live view, judged photographs, and a camera that freezes.

use super::centre::Centre;
use super::site::{Running, Site};
use super::world;
use image::codecs::jpeg::JpegEncoder;
use kiosk::device::portrait::portrait;
use serde_json::{Value, json};
use shared::wire::v1::journal::KioskFact;

/// A site whose camera shows the pictures of a folder.
fn site_with_pictures(centre: &Centre, rate: u32) -> Site {
    let site = Site::new(centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let dir = site.path("pictures");
    std::fs::create_dir(&dir).unwrap();
    let files = format!(
        "[camera]\nkind = \"files\"\ndir = \"{}\"\nframes_per_second = {rate}\nfaces = false\n",
        dir.display()
    );
    std::fs::write(site.path("kiosk.toml"), config.replace("[camera]\nkind = \"sim\"\n", &files)).unwrap();
    site
}

/// A drawn portrait, darker by this factor, as a JPEG.
fn picture(seed: &str, light: f32) -> Vec<u8> {
    let mut drawn = portrait(seed);
    drawn.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| (f32::from(value) * light) as u8));
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 90).encode_image(&drawn).unwrap();
    file
}

fn ready(site: &Site) -> Running {
    let kiosk = site.start();
    kiosk.sync();
    kiosk
}

fn flaws(answer: &Value) -> &Value {
    &answer["person"]["photo_flaws"]
}

#[test]
fn after_three_poor_pictures_the_best_is_taken_and_the_desk_decides() {
    let centre = Centre::with_day(1);
    let site = site_with_pictures(&centre, 60);
    let kiosk = ready(&site);
    let shows = |light| std::fs::write(site.path("pictures/now.jpg"), picture("one", light)).unwrap();
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(1)}));
    let photo = || kiosk.does("/api/photo", json!({"ticket": "T0001"}));
    let mut taken = Vec::new();
    for light in [0.05, 0.2, 0.1] {
        shows(light);
        taken.push(photo());
        assert_eq!(flaws(taken.last().unwrap()), &json!(["too_dark"]));
    }
    assert_eq!(taken[1]["person"]["photo_settled"], false);
    assert_eq!(taken[2]["person"]["photo_settled"], true);
    // Of equal flaws the sharpest: more light, more contrast.
    assert_eq!(taken[2]["blob"], taken[1]["blob"], "{taken:?}");
    assert!(kiosk.get("/desk").1.contains("光线太暗"), "staff see why");
    shows(1.0);
    let good = photo();
    assert_eq!(flaws(&good), &json!([]));
    assert_ne!(good["blob"], taken[1]["blob"]);
    kiosk.does("/api/compare", json!({"ticket": "T0001", "verdict": "same", "staff": world::STAFF}));
    let status = kiosk.sync();
    assert_eq!(status["pictures_unsent"], 0, "{status}");
}

#[test]
fn an_entry_of_before_pictures_were_judged_reads_and_writes_as_it_was() {
    let old = r#"{"kind":"photographed","ticket":"T0001","blob":"ab"}"#;
    let fact: KioskFact = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&fact).unwrap(), old);
}

#[test]
fn the_live_view_is_there_only_while_somebody_is_being_photographed() {
    let centre = Centre::with_day(2);
    let site = site_with_pictures(&centre, 60);
    std::fs::write(site.path("pictures/now.jpg"), picture("one", 1.0)).unwrap();
    let kiosk = ready(&site);
    let view = || kiosk.get_bytes("/preview?ticket=T0001");
    assert_eq!(view().0, 404, "not checked in");
    kiosk.does("/api/check-in", json!({"id_number": world::id_number(1)}));
    let live = loop {
        match view() {
            (200, live) => break live,
            (status, _) => assert_eq!(status, 204),
        }
    };
    let live = image::load_from_memory(&live).unwrap();
    assert!(live.height() <= 480, "{}", live.height());
    assert_eq!(kiosk.state()["journal"], 1, "nothing is kept of it");
    kiosk.does("/api/photo", json!({"ticket": "T0001"}));
    assert_ne!(view().0, 404, "it may be taken again");
    kiosk.does("/api/compare", json!({"ticket": "T0001", "verdict": "same", "staff": world::STAFF}));
    assert_eq!(view().0, 404, "compared");
    assert_eq!(kiosk.get("/preview?ticket=T0009").0, 404);
}

#[test]
fn a_camera_that_freezes_or_is_pulled_out_blocks_nothing_and_works_again_by_itself() {
    let centre = Centre::with_day(2);
    let site = Site::new(&centre);
    let config = std::fs::read_to_string(site.path("kiosk.toml")).unwrap();
    let hasty =
        config.replace("[camera]\nkind = \"sim\"\n", "[camera]\nkind = \"sim\"\ndeadline_seconds = 1\n");
    std::fs::write(site.path("kiosk.toml"), hasty).unwrap();
    let kiosk = ready(&site);
    for (candidate, fault) in [(1, "silent"), (2, "broken")] {
        let ticket = json!({"ticket": world::ticket(candidate)});
        kiosk.does("/api/check-in", json!({"id_number": world::id_number(candidate)}));
        kiosk.scenario(json!({"camera": fault}));
        std::thread::scope(|scope| {
            let photo = scope.spawn(|| kiosk.post("/api/photo", ticket.clone()));
            assert_eq!(kiosk.state()["counts"]["expected"], 2, "{fault}: the rest works meanwhile");
            let (status, problem) = photo.join().unwrap();
            assert_eq!((status, &problem["code"]), (503, &json!("camera_failed")), "{fault}");
        });
        kiosk.scenario(json!({"camera": "ok"}));
        kiosk.does("/api/photo", ticket);
    }
}

#[test]
fn a_ticket_held_before_the_camera_checks_its_holder_in_once() {
    let centre = Centre::with_day(2);
    let site = site_with_pictures(&centre, 60);
    std::fs::write(site.path("pictures/now.jpg"), picture("nobody", 1.0)).unwrap();
    let kiosk = ready(&site);
    let scan = || kiosk.post("/part/scan?lang=zh", json!({}));
    assert_eq!(scan().0, 204, "nobody holds a ticket");
    let code = qrcode::QrCode::new(world::secret(2)).unwrap();
    let dark = code.to_colors();
    let (width, module) = (code.width(), 8);
    let ticket = image::GrayImage::from_fn(640, 480, |x, y| {
        let (x, y) = ((x as usize / module).wrapping_sub(8), (y as usize / module).wrapping_sub(8));
        let is_dark = x < width && y < width && dark[y * width + x] == qrcode::Color::Dark;
        image::Luma([if is_dark { 20 } else { 240 }])
    });
    ticket.save(site.path("pictures/now.png")).unwrap();
    std::fs::remove_file(site.path("pictures/now.jpg")).unwrap();
    let (_, page) = loop {
        let (status, page) = scan();
        if status != 204 {
            break (status, page);
        }
    };
    assert!(page.as_str().unwrap().contains("签到成功"), "{page}");
    assert_eq!(kiosk.state()["counts"]["checked_in"], 1);
}

//! How pages look to a person: the language, and light or dark, with more contrast or without.

use super::page::{add, cookie, lang_cookie, local, see};
use crate::http::problem::Problem;
use crate::text::Lang;
use actix_web::cookie::time::Duration;
use actix_web::web::{self, Path, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

/// Cookie with the chosen look.
const COOKIE: &str = "kd_theme";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.route("/lang/{lang}", web::get().to(language)).route("/theme/{theme}", web::get().to(theme));
}

/// Light or dark, and the contrast, as a person chose them; the system decides what nobody has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// `light` or `dark`; as the system has it where there is none.
    pub theme: Option<&'static str>,
    /// High contrast.
    pub contrast: bool,
}

/// A choice in the menu of the page head.
pub struct Choice {
    /// Part of the message's id.
    pub id: &'static str,
    /// Part of the address by which it is chosen.
    pub word: &'static str,
    /// Whether it holds.
    pub on: bool,
}

#[derive(Deserialize)]
struct Back {
    back: Option<String>,
}

impl Look {
    /// The look that a request asks for.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let cookie = request.cookie(COOKIE);
        cookie.map_or_else(Self::default, |c| c.value().split('-').fold(Self::default(), Self::with))
    }

    /// The look with one thing chosen; a word that is none changes nothing.
    #[must_use]
    pub fn with(self, word: &str) -> Self {
        match word {
            "system" => Self { theme: None, ..self },
            "light" => Self { theme: Some("light"), ..self },
            "dark" => Self { theme: Some("dark"), ..self },
            "more" => Self { contrast: true, ..self },
            "normal" => Self { contrast: false, ..self },
            _ => self,
        }
    }

    /// As the cookie has it.
    #[must_use]
    pub fn word(self) -> String {
        format!("{}-{}", self.theme.unwrap_or("system"), if self.contrast { "more" } else { "normal" })
    }

    /// What can be chosen: light or dark, then the contrast, which goes back by the same choice.
    #[must_use]
    pub fn choices(self) -> [Choice; 4] {
        let theme = |word, theme| Choice { id: word, word, on: self.theme == theme };
        let back = if self.contrast { "normal" } else { "more" };
        let contrast = Choice { id: "contrast", word: back, on: self.contrast };
        [theme("system", None), theme("light", Some("light")), theme("dark", Some("dark")), contrast]
    }
}

async fn language(
    request: HttpRequest,
    lang: Path<String>,
    query: Query<Back>,
) -> Result<HttpResponse, Problem> {
    if Lang::from_word(&lang).is_none() {
        return Err(Problem::new("not-found", None));
    }
    // Letters only, so that nothing else gets into the cookie.
    let word = if lang.starts_with("en") { "en" } else { "zh" };
    let mut response = see(local(query.back.as_deref().unwrap_or("/")));
    add(&mut response, &lang_cookie(&request, word));
    Ok(response)
}

async fn theme(
    request: HttpRequest,
    word: Path<String>,
    query: Query<Back>,
) -> Result<HttpResponse, Problem> {
    if !["system", "light", "dark", "more", "normal"].contains(&word.as_str()) {
        return Err(Problem::new("not-found", None));
    }
    let look = Look::of(&request).with(&word);
    let mut response = see(local(query.back.as_deref().unwrap_or("/")));
    add(&mut response, &cookie(&request, COOKIE, look.word()).max_age(Duration::days(365)).finish());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    #[test]
    fn a_look_comes_back_from_its_cookie_and_nothing_else_does() {
        let read = |value: String| {
            Look::of(&TestRequest::get().cookie(Cookie::new(COOKIE, value)).to_http_request())
        };
        for theme in ["system", "light", "dark"] {
            for contrast in ["more", "normal"] {
                let look = Look::default().with(theme).with(contrast);
                assert_eq!(read(look.word()), look, "{theme} {contrast}");
            }
        }
        assert_eq!(read("\"><script>".to_owned()), Look::default());
    }
}

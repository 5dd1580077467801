//! Forms with a file (`multipart/form-data`) of our own pages.

use crate::http::problem::Problem;
use crate::http::secure::sent_by_own_page;
use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

/// Largest file in bytes; what is beyond is read, so that the browser gets its answer, and dropped.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Beyond so many bytes the connection is ended instead.
pub(super) const MOST_READ: usize = 64 * 1024 * 1024;

/// Longest text of a field in bytes, and most fields.
const MOST_TEXT: usize = 16 * 1024;
const MOST_FIELDS: usize = 64;

/// What a person filled in and sent together with one file.
#[derive(Debug, Default)]
pub struct Upload {
    fields: BTreeMap<String, String>,
    /// Name of the file's field.
    pub field: String,
    /// Name of the file as the browser says it; empty if none was chosen.
    pub name: String,
    /// Content of the file.
    pub content: Vec<u8>,
    /// Whether the file was too large; its content is not here then.
    pub too_large: bool,
}

impl Upload {
    /// The text of a field; empty if it was not sent.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// All texts of a form, in the order of their names.
    pub fn texts(self) -> impl Iterator<Item = (String, String)> {
        self.fields.into_iter()
    }

    /// The same form without the content of its file, which is read and dropped.
    ///
    /// # Errors
    /// `body-unreadable`, `body-too-large`.
    pub async fn without_content(request: &HttpRequest, body: Payload) -> Result<Self, Problem> {
        Self::read(Multipart::new(request.headers(), body), 0).await
    }

    async fn read(mut parts: Multipart, most: usize) -> Result<Self, Problem> {
        let mut upload = Self::default();
        while let Some(field) = parts.next().await {
            let mut field = field.map_err(unreadable)?;
            let about = field.content_disposition();
            let name = about.and_then(|a| a.get_name()).unwrap_or_default().to_owned();
            match about.and_then(|a| a.get_filename()).map(str::to_owned) {
                Some(file) => upload.take_file(&mut field, (name, file), most).await?,
                None => upload.take_text(&mut field, name).await?,
            }
        }
        Ok(upload)
    }

    async fn take_text(&mut self, field: &mut Field, name: String) -> Result<(), Problem> {
        let mut bytes = Vec::new();
        while let Some(chunk) = field.next().await {
            bytes.extend_from_slice(&chunk.map_err(unreadable)?);
            if bytes.len() > MOST_TEXT || self.fields.len() >= MOST_FIELDS {
                return Err(Problem::new("body-too-large", None));
            }
        }
        let text = String::from_utf8(bytes).map_err(unreadable)?;
        if text.contains('\0') || name.contains('\0') {
            return Err(unreadable("a text holds the character U+0000"));
        }
        self.fields.insert(name, text);
        Ok(())
    }

    async fn take_file(
        &mut self,
        field: &mut Field,
        (of, name): (String, String),
        most: usize,
    ) -> Result<(), Problem> {
        let mut read = 0_usize;
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(unreadable)?;
            read = read.saturating_add(chunk.len());
            if read > MOST_READ {
                return Err(Problem::new("body-too-large", None));
            }
            if read > most {
                self.too_large = true;
                self.content.clear();
            } else {
                self.content.extend_from_slice(&chunk);
            }
        }
        (self.field, self.name) = (of.replace('\0', ""), name.replace('\0', ""));
        Ok(())
    }
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let own = sent_by_own_page(request);
        let parts = Multipart::from_request(request, payload);
        Box::pin(async move {
            if !own {
                return Err(Problem::new("csrf", None));
            }
            Self::read(parts.await.map_err(unreadable)?, MOST_BYTES).await
        })
    }
}

fn unreadable(error: impl Display) -> Problem {
    Problem::new("body-unreadable", Some(error.to_string()))
}

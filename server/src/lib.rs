//! The examination centre's server.
//!
//! `http` and `web` translate and call one use case of `app`; `app` loads, decides with the pure rules of `shared`
//! and stores through `db`. Time comes from [`clock::Clock`], secrets from [`entropy::Entropy`].

pub mod app;
pub mod bankfile;
pub mod blobs;
pub mod builtin;
pub mod certificate_json;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod entropy;
pub mod event;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod pdf;
pub mod poolfile;
pub mod portrait;
pub mod qr;
pub mod seal;
pub mod text;
pub mod tiles;
pub mod voice;
pub mod web;

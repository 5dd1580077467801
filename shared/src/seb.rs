//! Safe Exam Browser: the settings under which a session is sat, their Config Key, and what the browser sends to show that it
//! runs under them. All as its developer documentation describes it ("Config Key", safeexambrowser.org/developer).

use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Header with the Config Key, hashed with the address that is asked for.
pub const CONFIG_HEADER: &str = "x-safeexambrowser-configkeyhash";
/// Header with the Browser Exam Key, hashed with the address that is asked for.
pub const EXAM_HEADER: &str = "x-safeexambrowser-requesthash";

/// Says who wrote the settings; the Config Key leaves it out.
const ORIGINATOR: &str = "originatorVersion";

/// A value of a property list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Values in their order.
    List(Vec<Self>),
    /// Values by name.
    Dict(Settings),
}

/// Name of a setting; ordered whatever its case, as the documentation asks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name(String);

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let folded = self.0.to_lowercase().cmp(&other.0.to_lowercase());
        folded.then_with(|| other.0.cmp(&self.0))
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Settings by their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings(BTreeMap<Name, Value>);

impl Settings {
    /// With one more; a name that is there is replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(Name(name.to_owned()), value);
        self
    }

    /// The settings of a session whose seats are at `site` (`https://host`, without a slash at the end): its seat page and
    /// nothing else. What the page keeps on the disk stays there over a restart. `quit` is the SHA-256 of the password that
    /// ends the browser, hexadecimal; empty: anybody ends it.
    #[must_use]
    pub fn of_session(site: &str, session: &str, quit: &str) -> Self {
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        let rule = Self::default()
            .with("action", Value::Integer(1))
            .with("active", Value::Bool(true))
            .with("expression", Value::Text(format!("{host}/*")))
            .with("regex", Value::Bool(false));
        let mut all = Self::default()
            .with(ORIGINATOR, Value::Text("Kaodian_1".to_owned()))
            .with("startURL", Value::Text(format!("{site}/seat?session={session}")))
            .with("hashedQuitPassword", Value::Text(quit.to_owned()))
            .with("URLFilterRules", Value::List(vec![Value::Dict(rule)]))
            // 0: for an examination, not for setting up the client.
            .with("sebConfigPurpose", Value::Integer(0))
            // 3: the engine in which pages can ask for the keys.
            .with("browserWindowWebView", Value::Integer(3))
            // 0: no second window.
            .with("newBrowserWindowByLinkPolicy", Value::Integer(0))
            .with("newBrowserWindowByScriptPolicy", Value::Integer(0));
        for (name, on) in SWITCHES {
            all = all.with(name, Value::Bool(on));
        }
        all
    }

    /// The Config Key: SHA-256 over the settings in their order, hexadecimal.
    #[must_use]
    pub fn config_key(&self) -> String {
        hex::encode(Sha256::digest(self.json()))
    }

    /// The settings as a file that opens the browser: a property list.
    #[must_use]
    pub fn file(&self) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n",
        );
        self.list(&mut text);
        text.push_str("\n</plist>\n");
        text
    }

    /// Without white space and without any escaping; no empty dictionary and no originator.
    fn json(&self) -> String {
        let shown = self.0.iter().filter(|(name, value)| name.0 != ORIGINATOR && !value.is_empty_dict());
        let all: Vec<String> =
            shown.map(|(name, value)| format!("\"{}\":{}", name.0, value.json())).collect();
        format!("{{{}}}", all.join(","))
    }

    fn list(&self, text: &mut String) {
        text.push_str("<dict>");
        for (name, value) in &self.0 {
            let _ = write!(text, "<key>{}</key>", escaped(&name.0));
            value.list(text);
        }
        text.push_str("</dict>");
    }
}

impl Value {
    fn is_empty_dict(&self) -> bool {
        matches!(self, Self::Dict(all) if all.0.is_empty())
    }

    fn json(&self) -> String {
        match self {
            Self::Bool(on) => on.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            Self::List(all) => format!("[{}]", all.iter().map(Self::json).collect::<Vec<_>>().join(",")),
            Self::Dict(all) => all.json(),
        }
    }

    fn list(&self, text: &mut String) {
        let _ = match self {
            Self::Bool(true) => write!(text, "<true/>"),
            Self::Bool(false) => write!(text, "<false/>"),
            Self::Integer(number) => write!(text, "<integer>{number}</integer>"),
            Self::Text(words) => write!(text, "<string>{}</string>", escaped(words)),
            Self::List(all) => {
                text.push_str("<array>");
                all.iter().for_each(|one| one.list(text));
                write!(text, "</array>")
            }
            Self::Dict(all) => {
                all.list(text);
                Ok(())
            }
        };
    }
}

/// What is on and what is off.
const SWITCHES: [(&str, bool); 24] = [
    ("sendBrowserExamKey", true),
    ("allowQuit", true),
    ("URLFilterEnable", true),
    ("URLFilterEnableContentFilter", false),
    ("allowPreferencesWindow", false),
    ("allowSpellCheck", false),
    ("allowDictionaryLookup", false),
    ("allowDictation", false),
    ("allowScreenSharing", false),
    ("allowSiri", false),
    ("allowVirtualMachine", false),
    ("allowDownUploads", false),
    ("enablePrivateClipboard", true),
    ("enablePrintScreen", false),
    ("enableRightMouse", false),
    ("enableZoomPage", true),
    ("browserWindowAllowReload", true),
    ("showReloadButton", true),
    ("showReloadWarning", false),
    ("showTaskBar", true),
    ("showTime", true),
    ("showInputLanguage", true),
    ("removeLocalStorage", false),
    ("removeBrowserProfile", false),
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the browser sends for a key with an address: SHA-256 over the address without its fragment and the key, hexadecimal.
#[must_use]
pub fn sent(address: &str, key: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    hex::encode(Sha256::new().chain_update(address).chain_update(key).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Settings of a JSON document, in whatever order it has them.
    fn settings(document: &serde_json::Value) -> Settings {
        let mut all = Settings::default();
        for (name, value) in document.as_object().unwrap().iter().rev() {
            all = all.with(name, value_of(value));
        }
        all
    }

    fn value_of(value: &serde_json::Value) -> Value {
        match value {
            serde_json::Value::Bool(on) => Value::Bool(*on),
            serde_json::Value::Number(number) => Value::Integer(number.as_i64().unwrap()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(all) => Value::List(all.iter().map(value_of).collect()),
            other => Value::Dict(settings(other)),
        }
    }

    #[test]
    fn settings_are_written_as_the_documentation_says() {
        let table = [
            ("nothing", json!({}), "{}"),
            (
                "names in order, whatever their case",
                json!({ "allowWlan": false, "allowFlashFullscreen": false, "allowedDisplaysMaxNumber": 1 }),
                r#"{"allowedDisplaysMaxNumber":1,"allowFlashFullscreen":false,"allowWlan":false}"#,
            ),
            (
                "numbers in a name by their digits",
                json!({ "enableF2": true, "enableF10": true, "enableF1": true }),
                r#"{"enableF1":true,"enableF10":true,"enableF2":true}"#,
            ),
            (
                "what is inside, too",
                json!({ "URLFilterRules": [{ "regex": false, "active": true, "Action": 1 }] }),
                r#"{"URLFilterRules":[{"Action":1,"active":true,"regex":false}]}"#,
            ),
            (
                "no escaping",
                json!({ "browserMessagingSocket": "ws:\\localhost:8706", "a": "/&<>\"" }),
                "{\"a\":\"/&<>\"\",\"browserMessagingSocket\":\"ws:\\localhost:8706\"}",
            ),
            ("no empty dictionary", json!({ "proxies": {}, "zoomMode": 0 }), r#"{"zoomMode":0}"#),
            ("an empty list stays", json!({ "prohibitedProcesses": [] }), r#"{"prohibitedProcesses":[]}"#),
            ("not who wrote them", json!({ "originatorVersion": "SEB_Win_2.1.1" }), "{}"),
        ];
        for (what, document, expected) in table {
            assert_eq!(settings(&document).json(), expected, "{what}");
        }
    }

    #[test]
    fn the_config_key_of_settings_that_the_browser_itself_has_written_is_its_own() {
        // Settings of SEB for macOS 2.1.4 with the key that it computed for them.
        let document: serde_json::Value = serde_json::from_str(include_str!("seb_vector.json")).unwrap();
        assert_eq!(
            settings(&document).config_key(),
            "4fa9af8ec8759eb7c680752ef4ee5eaf1a860628608fccae2715d519849f9292"
        );
    }

    #[test]
    fn what_is_sent_depends_on_the_address_without_its_fragment_and_on_the_key() {
        let key = Settings::of_session("https://exam.example", "S1", "").config_key();
        let there = sent("https://exam.example/seat", &key);
        // `printf 'https://exam.example/seat%s' KEY | sha256sum` says the same.
        assert_eq!(there, hex::encode(Sha256::digest(format!("https://exam.example/seat{key}"))));
        assert_eq!(there, sent("https://exam.example/seat#question-3", &key));
        assert_ne!(there, sent("https://exam.example/seat?room=R01", &key));
        assert_ne!(there, sent("https://exam.example/seat", &key.replacen('a', "b", 1)));
    }

    #[test]
    fn each_session_site_and_password_has_a_key_of_its_own_and_the_file_holds_them() {
        let all = [
            Settings::of_session("https://exam.example", "S1", ""),
            Settings::of_session("https://exam.example", "S2", ""),
            Settings::of_session("https://other.example", "S1", ""),
            Settings::of_session("https://exam.example", "S1", "5e88"),
        ];
        let mut keys: Vec<String> = all.iter().map(Settings::config_key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all.len());
        let file = all[0].file();
        for part in [
            "<key>startURL</key><string>https://exam.example/seat?session=S1</string>",
            "<key>expression</key><string>exam.example/*</string>",
            "<key>sendBrowserExamKey</key><true/>",
            "<key>browserWindowWebView</key><integer>3</integer>",
        ] {
            assert!(file.contains(part), "{part} in {file}");
        }
    }
}

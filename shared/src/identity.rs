//! How a person shows who he is at the exam point.
//!
//! The identity card is the rule. Whoever has forgotten it, or whose card has expired, may be let in with another
//! document where the rule set names it; two members of staff look at it and sign.

/// What a rule set says of documents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdentityRules {
    /// Documents that are accepted in place of a valid identity card; none unless the place says so.
    pub substitutes: Vec<Substitute>,
}

/// A document in place of the identity card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Substitute {
    /// 临时居民身份证.
    TemporaryCard,
    /// A police certificate of identity with a photograph, 公安机关出具的身份证明.
    PoliceCertificate,
    /// 护照.
    Passport,
    /// 社会保障卡 with a photograph.
    SocialSecurityCard,
    /// 机动车驾驶证.
    DrivingLicence,
}

crate::trade::words!(Substitute {
    TemporaryCard = "temporary_card",
    PoliceCertificate = "police_certificate",
    Passport = "passport",
    SocialSecurityCard = "social_security_card",
    DrivingLicence = "driving_licence",
});

impl IdentityRules {
    /// Whether a document is accepted in place of a valid identity card.
    #[must_use]
    pub fn accepts(&self, document: Substitute) -> bool {
        self.substitutes.contains(&document)
    }
}
